import { context, ROOT_CONTEXT, trace } from '@opentelemetry/api';
import { DropLog } from '../../../src/diagnostics/drop-log.js';
import { DEFAULT_LOG_LIMITS, logLimits } from '../../../src/pipeline/logs/log-limits.js';
import { writeLogs } from '../../../src/pipeline/logs/log-messages.js';
import type { KeptLogRecord } from '../../../src/pipeline/logs/log-record.js';
import { NativeLoggerProvider } from '../../../src/pipeline/logs/native-logger-provider.js';
import { ProtobufWriter } from '../../../src/pipeline/otlp/protobuf-writer.js';
import { installRedaction } from '../../../src/diagnostics/redaction.js';
import { decodeLogsRequest } from '../../support/otlp-decode.js';

function recorded(limits = DEFAULT_LOG_LIMITS) {
  const kept: KeptLogRecord[] = [];
  const counted: Record<string, number> = {};
  const drops = new DropLog({ warnOnce: () => {}, say: () => {} } as never);
  drops.countInto((signal, reason, count) => {
    counted[`${signal}/${reason}`] = (counted[`${signal}/${reason}`] ?? 0) + count;
  });
  const provider = new NativeLoggerProvider({
    sink: { emitted: (record) => void kept.push(record) },
    limits,
    drops,
  });
  const sent = () => {
    const writer = new ProtobufWriter();
    writeLogs(writer, { attributes: { 'service.name': 't' }, schemaUrl: 'https://r.example' }, kept);
    return decodeLogsRequest(writer.finish());
  };
  return { provider, logger: provider.getLogger('host', '1'), kept, counted, sent };
}

const SPAN = { traceId: '0af7651916cd43dd8448eb211c80319c', spanId: 'b7ad6b7169203331', traceFlags: 0 };

describe('a log record', () => {
  afterEach(() => jest.restoreAllMocks());

  it('is of the span of its context, which need not be sampled', () => {
    const { logger, sent } = recorded();
    logger.emit({ body: 'x', context: trace.setSpanContext(ROOT_CONTEXT, SPAN) });
    logger.emit({ body: 'x', context: ROOT_CONTEXT });
    expect(sent().map(({ traceId, spanId, flags }) => [traceId, spanId, flags])).toEqual([
      [SPAN.traceId, SPAN.spanId, 0],
      [undefined, undefined, 0],
    ]);
  });

  it('is of no span where the context manager of the host fails', () => {
    const { logger, sent } = recorded();
    jest.spyOn(context, 'active').mockImplementation(() => {
      throw new Error('ill');
    });
    logger.emit({ body: 'x' });
    expect(sent()).toMatchObject([{ body: 'x', traceId: undefined }]);
  });

  it('keeps what attributes hold, within its limits', () => {
    const { logger, sent } = recorded({ attributes: 3, attributeLength: 4 });
    const attributes = {
      long: 'abcdefgh',
      list: ['abcdef', 1, null],
      map: { key: 'abcdef' },
      more: 1,
      most: 2,
    };
    logger.emit({ body: { text: 'abcdefgh' }, attributes });
    expect(sent()).toMatchObject([
      {
        body: { text: 'abcdefgh' },
        attributes: { long: 'abcd', list: ['abcd', 1, undefined], map: { key: 'abcd' } },
        droppedAttributesCount: 2,
      },
    ]);
  });

  it('is not changed by what its host does later', () => {
    const { logger, sent } = recorded();
    const attributes = { list: ['a'], bytes: Uint8Array.of(1) };
    logger.emit({ attributes });
    attributes.list.push('b');
    attributes.bytes[0] = 9;
    expect(sent()[0]?.attributes).toEqual({ list: ['a'], bytes: Buffer.of(1) });
  });

  it('shows an exception beside its attributes, which win', () => {
    const { logger, sent } = recorded();
    logger.emit({ attributes: { 'exception.type': 'Mine' }, exception: new RangeError('far off') });
    expect(sent()[0]?.attributes).toMatchObject({ 'exception.type': 'Mine', 'exception.message': 'far off' });
  });

  it('says at least the bytes that it takes', () => {
    const { logger, kept } = recorded();
    const attributes = { text: 'ä'.repeat(500), list: Array.from({ length: 50 }, () => 'item'), on: true };
    logger.emit({ eventName: 'e', severityText: 'INFO', body: 'b'.repeat(300), attributes });
    const writer = new ProtobufWriter();
    writeLogs(writer, { attributes: {} }, kept);
    expect(kept[0]?.bytes).toBeGreaterThanOrEqual(writer.finish().length);
  });

  it.each<[string, unknown]>([
    ['nothing', undefined],
    [
      'a proxy that refuses',
      new Proxy(
        {},
        {
          get: () => {
            throw new Error('no');
          },
        },
      ),
    ],
  ])('that is %s is counted, and throws nothing', (_, record) => {
    const { logger, kept, counted } = recorded();
    logger.emit(record as never);
    expect(kept).toEqual([]);
    expect(counted).toEqual({ 'logs/invalid_value': 1 });
  });

  it.each<[string, object, object]>([
    ['a name that is no text', { eventName: 7 }, { eventName: '' }],
    [
      'a severity that is none',
      { severityNumber: 99, severityText: {} },
      { severityNumber: 0, severityText: '' },
    ],
    ['attributes that are none', { attributes: 'abc' }, { attributes: {} }],
    ['a context that is none', { context: {} }, { traceId: undefined }],
    ['a function for a body', { body: () => 1 }, { body: undefined }],
    [
      'functions and empty keys',
      { attributes: { f: () => 1, '': 1, u: undefined, n: null } },
      { attributes: { n: undefined } },
    ],
    ['a time that is none', { timestamp: 'soon' }, { eventName: '' }],
  ])('with %s is sent without', (_, record, expected) => {
    const { logger, sent, counted } = recorded();
    logger.emit(record);
    expect(sent()).toMatchObject([expected]);
    expect(counted).toEqual({});
  });

  it('that holds itself ends where it is deep, and one that refuses is left out', () => {
    const { logger, sent } = recorded();
    const body: Record<string, unknown> = { name: 'loop' };
    body['self'] = body;
    body['twice'] = [body, body];
    const refusing = new Proxy([], {
      getPrototypeOf: () => {
        throw new Error('no');
      },
    });
    logger.emit({ body: body as never, attributes: { refusing: refusing as never } });
    expect(sent()[0]?.body).toMatchObject({ name: 'loop', self: { name: 'loop' } });
    expect(sent()[0]?.attributes).toEqual({});
  });

  it('is sent without what looks like a credential in its body, and as the host wants its texts', () => {
    const { logger, sent } = recorded();
    const takeBack = installRedaction({ exceptions: 'type', redact: (text) => text.replace('Ann', '***') });
    logger.emit({ body: ['password=hunter22'], attributes: { who: 'Ann', all: ['Ann', { of: 'Ann' }] } });
    const [record] = sent();
    takeBack();
    expect(JSON.stringify(record?.body)).not.toContain('hunter22');
    expect(record?.attributes).toEqual({ who: '***', all: ['***', { of: '***' }] });
  });

  describe('of a prompt or an answer', () => {
    const call = { id: 'call-1', type: 'function', function: { name: 'pay', arguments: { id: 7 } } };
    const message = { role: 'assistant', content: [{ type: 'text', text: 'said' }], tool_calls: [call] };
    const choice = { index: 0, finish_reason: 'stop', message, toolName: 'pay' };
    const emitAll = ({ logger }: ReturnType<typeof recorded>) => {
      logger.emit({ eventName: 'gen_ai.choice', body: choice });
      logger.emit({
        attributes: { 'event.name': 'gen_ai.user.message', content: 'said', id: '7' },
        body: 'said',
      });
      logger.emit({
        eventName: 'gen_ai.client.inference.operation.details',
        attributes: { 'gen_ai.input.messages': [{ parts: ['said', 7] }], 'gen_ai.request.model': 'm' },
      });
      logger.emit({ eventName: 'of.the.host', body: { content: 'said' } });
    };

    it('is sent without what was said, by whichever way the event is named', () => {
      const bench = recorded();
      emitAll(bench);
      const hidden = { id: 'call-1', type: 'function', function: '***' };
      const told = { role: 'assistant', content: '***', tool_calls: [hidden] };
      expect(bench.sent().map(({ body, attributes }) => [body, attributes])).toEqual([
        [{ index: 0, finish_reason: 'stop', message: told, toolName: '***' }, {}],
        ['***', { 'event.name': 'gen_ai.user.message', content: '***', id: '7' }],
        [undefined, { 'gen_ai.input.messages': '***', 'gen_ai.request.model': 'm' }],
        [{ content: 'said' }, {}],
      ]);
    });

    it('is sent as it is where content is captured', () => {
      const bench = recorded();
      const takeBack = installRedaction({ exceptions: 'type', captureContent: true });
      emitAll(bench);
      const [one, other, details] = bench.sent();
      takeBack();
      expect([one?.body, other?.body]).toEqual([choice, 'said']);
      expect(details?.attributes['gen_ai.input.messages']).toEqual([{ parts: ['said', 7] }]);
    });
  });
});

describe('a logger', () => {
  it('is one for each scope, and scopes are apart', () => {
    const { provider, sent } = recorded();
    expect(provider.getLogger('a', '1')).toBe(provider.getLogger('a', '1'));
    expect(provider.getLogger('a', '1')).not.toBe(provider.getLogger('a', '1', { schemaUrl: 'https://s' }));
    provider.getLogger('b', '2', { attributes: { team: 'x' } }).emit({ body: 1 });
    provider.getLogger(undefined as never).emit({ body: 2 });
    provider
      .getLogger(
        'c',
        '3',
        new Proxy(
          {},
          {
            get: () => {
              throw new Error('no');
            },
          },
        ),
      )
      .emit({ body: 3 });
    expect(sent().map(({ scope, body }) => [scope.name, scope.version, scope.attributes, body])).toEqual([
      ['b', '2', { team: 'x' }, 1],
      ['', '', {}, 2],
      ['c', '3', {}, 3],
    ]);
  });

  it('past the most that are kept works alike', () => {
    const { provider, sent } = recorded();
    for (let index = 0; index < 1000; index++) provider.getLogger(`l${index}`);
    provider.getLogger('last').emit({ body: 'x' });
    expect(provider.getLogger('last')).not.toBe(provider.getLogger('last'));
    expect(sent()[0]?.scope.name).toBe('last');
  });

  it('says whether anybody takes its records', () => {
    const { logger } = recorded();
    const nobody = new NativeLoggerProvider({ sink: undefined, drops: new DropLog() }).getLogger('x');
    nobody.emit({ body: 'x' });
    expect([logger.enabled(), nobody.enabled()]).toEqual([true, false]);
  });
});

test('limits are those of log records, else of all, and what cannot be used is said', () => {
  const said: string[] = [];
  const read = (env: Record<string, string>) => logLimits(env, (name) => said.push(name));
  expect(read({})).toEqual(DEFAULT_LOG_LIMITS);
  expect(read({ OTEL_ATTRIBUTE_COUNT_LIMIT: '5', OTEL_ATTRIBUTE_VALUE_LENGTH_LIMIT: '6' })).toEqual({
    attributes: 5,
    attributeLength: 6,
  });
  const own = { OTEL_LOGRECORD_ATTRIBUTE_COUNT_LIMIT: '7', OTEL_LOGRECORD_ATTRIBUTE_VALUE_LENGTH_LIMIT: '8' };
  expect(read({ ...own, OTEL_ATTRIBUTE_COUNT_LIMIT: '5' })).toEqual({ attributes: 7, attributeLength: 8 });
  expect(said).toEqual([]);
  read({ OTEL_LOGRECORD_ATTRIBUTE_VALUE_LENGTH_LIMIT: 'many' });
  expect(said).toEqual(['OTEL_LOGRECORD_ATTRIBUTE_VALUE_LENGTH_LIMIT']);
});
