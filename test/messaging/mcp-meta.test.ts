import { createTestObservability } from '../../src/testing/index.js';
import { injectMcp, withMcpContext } from '../../src/index.js';
import { activeId, withContextManager } from '../tracing/support.js';

withContextManager();

const params = { name: 'get_weather', arguments: { city: 'Oslo' }, _meta: { progressToken: 7 } };

test('the active context goes with a request in _meta, beside what is there', () => {
  const obs = createTestObservability();
  const sent = obs.tracer.span('client', {}, () => injectMcp(obs, params));
  const { traceId, spanId } = obs.spans()[0]!;
  const _meta = { progressToken: 7, traceparent: `00-${traceId}-${spanId}-01` };
  expect(sent).toEqual({ ...params, _meta });
  expect(params._meta).toEqual({ progressToken: 7 });
});

test('without a context the params are the same', () => {
  const obs = createTestObservability();
  const bare = { name: 'get_weather' };
  expect(injectMcp(obs, bare)).toBe(bare);
  expect(injectMcp(obs, params)).toEqual(params);
});

test.each<[string, (sent: typeof params) => object]>([
  ['the request', (sent) => ({ method: 'tools/call', params: sent })],
  ['what a server calls extra', ({ _meta }) => ({ signal: undefined, _meta })],
  ['what a server calls ctx', ({ _meta }) => ({ mcpReq: { id: 1, _meta } })],
])('a handler runs in the context of the client, by %s', async (_, requestOf) => {
  const obs = createTestObservability();
  const sent = obs.tracer.span('client', {}, () => injectMcp(obs, params));
  const client = obs.spans()[0]!;
  await withMcpContext(obs, requestOf(JSON.parse(JSON.stringify(sent)) as typeof params), async () => {
    await Promise.resolve();
    expect(activeId()).toBe(client.spanId);
    obs.tracer.span('tool', {}, () => {});
  });
  expect(obs.spans()[1]).toMatchObject({ traceId: client.traceId, parentSpanId: client.spanId });
});

test.each([undefined, null, {}, { _meta: 7 }, { params: { _meta: { traceparent: 'nonsense' } } }])(
  'a request without a context is handled in the one that is active: %p',
  (request) => {
    const obs = createTestObservability();
    obs.tracer.span('server', {}, () => {
      const active = activeId();
      expect(withMcpContext(obs, request as never, activeId)).toBe(active);
    });
  },
);

test('what a handler throws is the host’s; what refuses to be read is not', () => {
  const obs = createTestObservability();
  const error = new Error('of the host');
  const fails = (): never => {
    throw error;
  };
  expect(() => withMcpContext(obs, {}, fails)).toThrow(error);
  const refusing = new Proxy({}, { get: fails, ownKeys: fails });
  expect(withMcpContext(obs, refusing, () => 1)).toBe(1);
  expect(injectMcp(obs, refusing)).toBe(refusing);
  expect(withMcpContext(obs, {}, undefined as never)).toBeUndefined();
});
