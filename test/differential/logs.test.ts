import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ROOT_CONTEXT, trace, type Context } from '@opentelemetry/api';
import type { LogRecord as OfficialRecord } from '@opentelemetry/api-logs';
import { JsonLogsSerializer, ProtobufLogsSerializer } from '@opentelemetry/otlp-transformer';
import { resourceFromAttributes } from '@opentelemetry/resources';
import { LoggerProvider, type ReadableLogRecord } from '@opentelemetry/sdk-logs';
import fc from 'fast-check';
import protobuf from 'protobufjs';
import type { LoggerOptions, LogRecord } from '../../src/common/host-types.js';
import { DropLog } from '../../src/diagnostics/drop-log.js';
import { writeLogs } from '../../src/pipeline/logs/log-messages.js';
import type { KeptLogRecord } from '../../src/pipeline/logs/log-record.js';
import { NativeLoggerProvider } from '../../src/pipeline/logs/native-logger-provider.js';
import { JsonWriter } from '../../src/pipeline/otlp/json-writer.js';
import type { MessageWriter } from '../../src/pipeline/otlp/message-writer.js';
import { ProtobufWriter } from '../../src/pipeline/otlp/protobuf-writer.js';
import { rounds } from '../support/rounds.js';

fc.configureGlobal({ seed: 20_261_128 }); // the same records in every run

const RESOURCE = resourceFromAttributes({ 'service.name': 'test', list: ['a', 'b'] });
const MESSAGE = protobuf
  .parse(readFileSync(join(__dirname, '..', 'support', 'otlp.proto'), 'utf8'))
  .root.lookupType('ExportLogsServiceRequest');
const LIMITS = { attributes: 4, attributeLength: 12 };
const NOW = 1_764_300_000_123;

interface Emission {
  readonly scope: string;
  readonly options: LoggerOptions | undefined;
  readonly record: LogRecord;
}

const word = fc.string({ maxLength: 20 });
const key = fc.string({ minLength: 1, maxLength: 12 }).filter((name) => name !== '__proto__');
const scalar = fc.oneof(
  word,
  fc.integer(),
  // Of integers that 64 bits do not hold, theirs makes others.
  fc.double({ noNaN: true, noDefaultInfinity: true }).filter((n) => !Number.isInteger(n)),
  fc.boolean(),
  fc.uint8Array({ maxLength: 5 }),
);
const value = fc.letrec((again) => ({
  any: fc.oneof(
    { depthSize: 'small' },
    scalar,
    fc.array(again('any'), { maxLength: 3 }),
    fc.dictionary(fc.string({ minLength: 1, maxLength: 5 }), again('any'), { maxKeys: 3 }),
  ),
})).any as fc.Arbitrary<never>;

function hex(digits: number): fc.Arbitrary<string> {
  return fc
    .array(fc.constantFrom(...'0123456789abcdef'), { minLength: digits, maxLength: digits })
    .map((all) => all.join(''))
    .filter((id) => /[^0]/.test(id));
}
const inSpan = fc
  .record({ traceId: hex(32), spanId: hex(16), traceFlags: fc.constantFrom(0, 1) })
  .map((span): Context => trace.setSpanContext(ROOT_CONTEXT, span));

const records: fc.Arbitrary<LogRecord> = fc.record(
  {
    eventName: fc.string({ minLength: 1, maxLength: 12 }),
    severityNumber: fc.integer({ min: 1, max: 24 }),
    severityText: fc.string({ minLength: 1, maxLength: 12 }),
    timestamp: fc.oneof(fc.constant(new Date(NOW)), fc.constant<[number, number]>([1_764_300_000, 5])),
    observedTimestamp: fc.constant<[number, number]>([1_764_300_001, 999_999_999]),
    body: value,
    attributes: fc.dictionary(key, value, { maxKeys: 6 }),
    exception: fc.constantFrom<unknown>(new RangeError('far off'), 'text', { code: 'E7' }),
    context: fc.oneof(inSpan, fc.constant(ROOT_CONTEXT)),
  },
  { requiredKeys: [] },
);
const emissions: fc.Arbitrary<Emission[]> = fc.array(
  fc.record({
    scope: fc.constantFrom('a', 'b'),
    options: fc.constantFrom(undefined, { schemaUrl: 'https://s.example' }),
    record: records,
  }),
  { minLength: 1, maxLength: 5 },
);

/** What ours sends for it, by either encoding. */
function ours(all: readonly Emission[]): KeptLogRecord[] {
  const kept: KeptLogRecord[] = [];
  const provider = new NativeLoggerProvider({
    sink: { emitted: (record) => void kept.push(record) },
    limits: LIMITS,
    clock: { now: () => NOW, monotonic: () => 0 },
    drops: new DropLog(),
  });
  for (const { scope, options, record } of all) provider.getLogger(scope, '1.0', options).emit(record);
  return kept;
}

function official(all: readonly Emission[]): ReadableLogRecord[] {
  const emitted: ReadableLogRecord[] = [];
  const provider = new LoggerProvider({
    resource: RESOURCE,
    logRecordLimits: {
      attributeCountLimit: LIMITS.attributes,
      attributeValueLengthLimit: LIMITS.attributeLength,
    },
    processors: [
      {
        onEmit: (record) => void emitted.push(record),
        forceFlush: async () => {},
        shutdown: async () => {},
      },
    ],
  });
  jest.spyOn(Date, 'now').mockReturnValue(NOW);
  for (const { scope, options, record } of all)
    provider.getLogger(scope, '1.0', options as never).emit(record as OfficialRecord);
  jest.restoreAllMocks();
  return emitted;
}

function written(writer: MessageWriter, kept: readonly KeptLogRecord[]): Uint8Array {
  writeLogs(writer, RESOURCE, kept);
  return writer.finish();
}

function decoded(message: Uint8Array): unknown {
  const request = MESSAGE.toObject(MESSAGE.decode(message), { longs: String, bytes: String, defaults: true });
  return emptyBodiesLeftOut(request);
}

/** Theirs writes a body that says nothing where there is none. */
function emptyBodiesLeftOut(one: unknown): unknown {
  if (Array.isArray(one)) return one.map(emptyBodiesLeftOut);
  if (one === null || typeof one !== 'object') return one;
  return Object.fromEntries(
    Object.entries(one).map(([name, inner]) => {
      const empty = name === 'body' && inner !== null && Object.keys(inner as object).length === 0;
      return [name, empty ? null : emptyBodiesLeftOut(inner)];
    }),
  );
}

/** What a reader takes an absent field for; the stack of an exception is where each was made. */
function readJson(message: Uint8Array): unknown {
  const plain = JSON.parse(Buffer.from(message).toString(), (_, one: unknown) => one) as unknown;
  return decoded(MESSAGE.encode(MESSAGE.fromObject(idsAsBase64(plain) as object)).finish());
}

function idsAsBase64(one: unknown): unknown {
  if (Array.isArray(one)) return one.map(idsAsBase64);
  if (one === null || typeof one !== 'object') return one;
  return Object.fromEntries(
    Object.entries(one).map(([key, inner]) =>
      key === 'traceId' || key === 'spanId'
        ? [key, Buffer.from(inner as string, 'hex').toString('base64')]
        : [key, idsAsBase64(inner)],
    ),
  );
}

test('any log records are sent the same by our recorder as by the official SDK', () => {
  fc.assert(
    fc.property(emissions, (all) => {
      const [mine, theirs] = [ours(all), official(all)];
      const expected = decoded(ProtobufLogsSerializer.serializeRequest(theirs)!);
      expect(decoded(written(new ProtobufWriter(), mine))).toEqual(expected);
      expect(readJson(written(new JsonWriter(), mine))).toEqual(expected);
      expect(readJson(JsonLogsSerializer.serializeRequest(theirs)!)).toEqual(expected);
    }),
    { numRuns: rounds(300) },
  );
});
