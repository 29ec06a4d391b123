import { SpanStatusCode, TraceFlags, type Link, type Span, type Tracer } from '@opentelemetry/api';
import type { Observability } from '../../src/index.js';
import { seriesOf } from '../../src/testing/samples.js';
import { startOtlpReceiver, type OtlpReceiver } from '../support/otlp-receiver.js';
import { exposed, observed } from './support.js';

// One span whose name or status was no text made its whole batch fail: all the others in it were lost with it.

let receiver: OtlpReceiver;
let obs: Observability;
let tracer: Tracer;
beforeEach(async () => {
  receiver = await startOtlpReceiver();
  obs = observed({ otlp: { endpoint: receiver.url } });
  tracer = obs.tracerProvider.getTracer('host');
});
afterEach(() => receiver.close());

/** Ends a span between two others and gives the three as they arrive. */
const between = async (odd: () => Span) => {
  tracer.startSpan('before').end();
  odd().end();
  tracer.startSpan('after').end();
  await obs.forceFlush();
  return [...receiver.spans];
};
const lost = async () =>
  seriesOf(await exposed(obs), 'agent_os_telemetry_dropped_total')
    .filter(({ labels }) => labels['signal'] === 'traces')
    .reduce((sum, { value }) => sum + value, 0);
const context = { traceId: '1'.repeat(32), spanId: '2'.repeat(16), traceFlags: TraceFlags.SAMPLED };

test.each([
  [42, '42'],
  [true, 'true'],
  [7n, '7'],
  [undefined, 'unknown'],
  [null, 'unknown'],
  [{}, 'unknown'],
  [Symbol('name'), 'unknown'],
])('a span named %p arrives as %s beside the others', async (name, shown) => {
  const spans = await between(() => tracer.startSpan('odd').updateName(name as never));
  expect(spans.map((span) => span.name)).toEqual(['before', shown, 'after']);
  expect(await lost()).toBe(0);
});

test.each<[string, unknown, string, string]>([
  ['a code that is text', { code: 'ERROR', message: 'm' }, 'unset', ''],
  ['a code out of range', { code: 99 }, 'unset', ''],
  ['a code that is no integer', { code: 1.5 }, 'unset', ''],
  ['no code', {}, 'unset', ''],
  ['a message that is an object', { code: SpanStatusCode.ERROR, message: {} }, 'error', ''],
])('a span with a status of %s arrives beside the others', async (_, status, code, message) => {
  const spans = await between(() => tracer.startSpan('odd').setStatus(status as never));
  expect(spans.map((span) => span.name)).toEqual(['before', 'odd', 'after']);
  expect(spans[1]!.status).toMatchObject({ code, message });
  expect(await lost()).toBe(0);
});

test('an event whose name is no text arrives with one', async () => {
  const spans = await between(() => tracer.startSpan('odd').addEvent(5 as never));
  expect(spans[1]!.events.map((event) => event.name)).toEqual(['5']);
});

test.each<[string, unknown]>([
  ['no ids', {}],
  ['ids that are numbers', { traceId: 1, spanId: 2 }],
  ['ids that are too short', { ...context, traceId: 'ab' }],
  ['a trace state that fails', { ...context, traceState: { serialize: () => undefined!['x'] } }],
  ['a trace state that is no text', { ...context, traceState: { serialize: () => 5 } }],
])('a link with %s is left out, and a sound one stays', async (_, odd) => {
  const links = [{ context: odd }, { context }] as Link[];
  const spans = await between(() => tracer.startSpan('odd', { links }));
  expect(spans.map((span) => span.name)).toEqual(['before', 'odd', 'after']);
  expect(spans[1]!.links).toHaveLength(1);
});

test.each([{}, 5])('a span of a tracer whose name is %p is dropped alone, and counted', async (name) => {
  const spans = await between(() => obs.tracerProvider.getTracer(name as never).startSpan('odd'));
  expect(spans.map((span) => span.name)).toEqual(['before', 'after']);
  expect(await lost()).toBe(1);
});
