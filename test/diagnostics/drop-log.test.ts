import { metrics, type Counter, type MeterProvider } from '@opentelemetry/api';
import { WarnOnce } from '../../src/diagnostics/drop-log.js';
import { DropLog, printable } from '../../src/diagnostics/drop-log.js';
import { Instruments } from '../../src/instruments/instruments.js';
import { KernelMetrics } from '../../src/instruments/index.js';
import { TelemetryMetrics } from '../../src/instruments/telemetry-metrics.js';
import { recording, stockProvider, warnings } from '../instruments/support.js';

const DROPPED = 'agent_os_telemetry_dropped_total';

test('each loss is counted, each cause warned about once', () => {
  const lines = warnings();
  const counted: unknown[] = [];
  const drops = new DropLog(new WarnOnce());
  drops.countInto((...loss) => counted.push(loss));
  drops.dropped('traces', 'queue_full', 'queue', 'full.', 5);
  drops.dropped('traces', 'queue_full', 'queue', 'full.');
  drops.dropped('metrics', 'queue_full', 'queue', 'full too.');
  expect(counted).toEqual([
    ['traces', 'queue_full', 5],
    ['traces', 'queue_full', 1],
    ['metrics', 'queue_full', 1],
  ]);
  expect(lines).toEqual(['agent-os-observability: full.', 'agent-os-observability: full too.']);
});

test('what lost nothing is said and not counted', () => {
  const lines = warnings();
  const counted: unknown[] = [];
  const drops = new DropLog();
  drops.countInto((...loss) => counted.push(loss));
  drops.warn('a', 'something.');
  drops.warn('a', 'something.');
  expect([counted, lines.length]).toEqual([[], 1]);
});

test('without a counter losses are only warned about', () => {
  const lines = warnings();
  new DropLog().dropped('metrics', 'cardinality', 'a', 'something.');
  expect(lines).toHaveLength(1);
});

test('an overflow names metric, label and cap once, and counts each recording', async () => {
  const lines = warnings();
  const { instruments, collect } = recording({ cardinalityLimits: { id: 2 } });
  const kernel = new KernelMetrics(instruments);
  for (let i = 0; i < 5; i++) kernel.recordBlocked({ agentId: `a${i}`, action: 'read' });
  const found = await collect();
  expect(found.find(DROPPED, { signal: 'metrics', reason: 'cardinality' })).toBe(3);
  const who = { metric: 'agent_os_violations_blocked_total', label: 'agent_id' };
  expect(found.find('agent_os_telemetry_overflowed_total', who)).toBe(3);
  const over = { agent_id: '__overflow__', action: 'read' };
  expect(found.find('agent_os_violations_blocked_total', over)).toBe(3);
  expect(found.total('agent_os_violations_blocked_total')).toBe(5);
  expect(lines).toHaveLength(1);
  expect(lines[0]).toMatch(/agent_os_violations_blocked_total: label agent_id reached its limit of 2 values/);
  expect(lines[0]).toMatch(/cardinalityLimits/);
});

test('the cap on series says so of the whole metric', () => {
  const lines = warnings();
  const { instruments } = recording({ cardinalityLimits: { series: 1 } });
  const requests = instruments.counter('agent_os_requests_total');
  for (const action of ['a', 'b', 'c']) requests.add(1, { action, status: 'success' });
  expect(lines).toHaveLength(1);
  expect(lines[0]).toMatch(/agent_os_requests_total: reached its limit of 1 series/);
});

test('a label outside its set is counted under unknown, said once', async () => {
  const lines = warnings();
  const { instruments, collect } = recording();
  const kernel = new KernelMetrics(instruments);
  for (let i = 0; i < 3; i++) kernel.recordRequest({ action: 'a', status: 'fine' as never });
  const found = await collect();
  expect(found.find('agent_os_requests_total', { action: 'a', status: 'unknown' })).toBe(3);
  expect(found.find(DROPPED, { signal: 'metrics', reason: 'invalid_label' })).toBe(3);
  expect(lines).toHaveLength(1);
  expect(lines[0]).toMatch(/label status/);
});

test.each([[-1], [NaN], [Infinity], ['3'], [null], [3n], [undefined]])(
  'the value %p is dropped, counted and said once',
  async (value) => {
    const lines = warnings();
    const { instruments, collect } = recording();
    const mttr = instruments.histogram('agent_os_mttr_seconds');
    const requests = instruments.counter('agent_os_requests_total');
    mttr.record(value as never, {});
    mttr.record(value as never, {});
    requests.add(value as never, { action: 'a', status: 'success' });
    const found = await collect();
    expect(found.points('agent_os_mttr_seconds')).toEqual([]);
    expect(found.points('agent_os_requests_total')).toEqual([]);
    expect(found.find(DROPPED, { signal: 'metrics', reason: 'invalid_value' })).toBe(3);
    expect(lines).toHaveLength(2);
    expect(lines[0]).toMatch(/agent_os_mttr_seconds: dropped the value .+; accepted is a finite number/);
  },
);

test('an up-down counter goes both ways and takes any finite number', async () => {
  const { instruments, collect } = recording();
  const agents = instruments.upDownCounter('agent_os_active_agents');
  agents.add(5, {});
  agents.add(-2, {});
  for (const value of [NaN, Infinity, '1', null]) agents.add(value as never, {});
  const found = await collect();
  expect(found.find('agent_os_active_agents')).toBe(3);
  expect(found.find(DROPPED, { signal: 'metrics', reason: 'invalid_value' })).toBe(4);
});

describe('instruments of the host that throw', () => {
  const fails = (): never => {
    throw new Error('the backend is gone');
  };
  /** A provider whose synchronous instruments throw once `broken` is set. */
  function breakable() {
    const state = { broken: false, calls: 0 };
    const instrument = () => ({
      add: () => (state.calls++, state.broken && fails()),
      record: () => (state.calls++, state.broken && fails()),
    });
    const meter = metrics.getMeter('noop');
    const provider: MeterProvider = {
      getMeter: () =>
        Object.assign(Object.create(meter) as typeof meter, {
          createCounter: () => instrument() as unknown as Counter,
          createUpDownCounter: () => instrument() as unknown as Counter,
          createHistogram: () => instrument() as never,
        }),
    };
    return { provider, state };
  }

  test('never reach the caller, and do not make the count of losses call itself', () => {
    const lines = warnings();
    const { provider, state } = breakable();
    const instruments = Instruments.of({ meterProvider: provider });
    new TelemetryMetrics(instruments);
    const kernel = new KernelMetrics(instruments);
    state.broken = true;
    state.calls = 0;
    kernel.recordRequest({ action: 'a', status: 'success' });
    expect(state.calls).toBe(2); // the request, and the attempt to count its loss
    expect(lines.some((line) => line.includes('agent_os_requests_total'))).toBe(true);
    kernel.recordAgentStarted();
    kernel.recordKernelLatency({ durationSeconds: 1 });
    expect(kernel.policyCheck('p', () => true)).toBe(true);
  });
});

test('a diagnostics logger that throws costs the recording nothing', async () => {
  const { collect, meterProvider } = stockProvider();
  const kernel = new KernelMetrics({ meterProvider, cardinalityLimits: { id: 0 } });
  const lines = warnings();
  lines.push = () => {
    throw new Error('the log is full');
  };
  kernel.recordBlocked({ agentId: 'a', action: 'b' });
  expect((await collect()).total('agent_os_violations_blocked_total')).toBe(1);
});

test.each<[value: unknown, text: string]>([
  [new TypeError('x'), 'TypeError: x'],
  ['text', '"text"'],
  ['x'.repeat(500), JSON.stringify('x'.repeat(80))],
  [[1], 'an array'],
  [{}, 'an object'],
  [Object.create(null), 'an object'],
  [undefined, 'undefined'],
  [null, 'null'],
  [7n, '7'],
  [Symbol('s'), 'Symbol(s)'],
])('%p is printed short', (value, text) => {
  expect(printable(value)).toBe(text);
});

test('what refuses to be looked at is printed by its type', () => {
  const refuse = () => {
    throw new Error('no');
  };
  expect(printable(new Proxy({}, { getPrototypeOf: refuse }))).toBe('a object');
});
