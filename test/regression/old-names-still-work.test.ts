import { diag } from '@opentelemetry/api';
import { MeterProvider } from '@opentelemetry/sdk-metrics';
import { AgentMetrics, DEFAULT_LABEL_CAPS, KernelMetrics, type LabelCaps } from '../../src/index.js';
import { DEFAULT_CARDINALITY_LIMITS } from '../../src/instruments/index.js';
import { optionProblems, withCurrentNames } from '../../src/options/validation.js';
import { createTestObservability } from '../../src/testing/index.js';
import { seriesOf } from '../../src/testing/samples.js';
import { exposed, observed } from './support.js';

// `labelCaps` was renamed to `cardinalityLimits`, `metrics.store` and `store` of a test observability to `pipeline`, and
// hosts that had set them would not start any more.

const labelCaps: LabelCaps = { id: 1 };
let said: string[];
beforeEach(() => {
  said = [];
  const log = (message: string): void => void said.push(message);
  diag.setLogger({ error: log, warn: log, info: () => {}, debug: () => {}, verbose: () => {} });
});
afterEach(() => diag.disable());

const renames = () => said.filter((message) => message.includes('labelCaps'));

test('metrics.labelCaps sets the limits, with one warning', async () => {
  const obs = observed({ metrics: { labelCaps }, diagnostics: 'warn' });
  for (const agentId of ['a', 'b', 'c']) obs.kernel.recordBlocked({ agentId, action: 'x' });
  expect(seriesOf(await exposed(obs), 'agent_os_violations_blocked_total')).toHaveLength(2);
  expect(renames()).toEqual([
    'agent-os-observability: metrics.labelCaps is now metrics.cardinalityLimits; the old name still works.',
  ]);
});

test('both names give the same handle', () => {
  const obs = observed({ metrics: { labelCaps } });
  expect(observed({ metrics: { cardinalityLimits: labelCaps } })).toBe(obs);
});

test('both names at once are refused', () => {
  const metrics = { labelCaps, cardinalityLimits: { id: 2 } };
  expect(optionProblems({ serviceName: 'kernel', metrics }, new Map())).toEqual([
    {
      path: 'metrics.labelCaps',
      received: 'an object while metrics.cardinalityLimits is an object',
      accepted: 'nothing: it is the old name of metrics.cardinalityLimits',
      code: 'range',
    },
  ]);
});

test('a bad value is named as the host wrote it', () => {
  expect(
    optionProblems({ serviceName: 'kernel', metrics: { labelCaps: { id: 0 } } }, new Map()),
  ).toMatchObject([{ path: 'metrics.labelCaps.id', received: '0' }]);
});

test.each([
  ['fast', 'native'],
  ['stock', 'otel-sdk'],
] as const)('metrics.store: %s is pipeline: %s, with one warning', (store, pipeline) => {
  const warned: string[] = [];
  const options = { serviceName: 'kernel', metrics: { store, selfMetrics: false } };
  expect(optionProblems(options, new Map())).toEqual([]);
  expect(withCurrentNames(options, (message) => warned.push(message))).toEqual({
    serviceName: 'kernel',
    pipeline,
    metrics: { selfMetrics: false },
  });
  expect(warned).toEqual(['metrics.store is now pipeline; the old name still works.']);
  expect(options.metrics.store).toBe(store);
});

test('metrics.store beside pipeline is refused', () => {
  const options = { serviceName: 'kernel', pipeline: 'native', metrics: { store: 'stock' } };
  expect(optionProblems(options, new Map())).toEqual([
    {
      path: 'metrics.store',
      received: '"stock" while pipeline is "native"',
      accepted: 'nothing: it is the old name of pipeline',
      code: 'range',
    },
  ]);
});

test('metric classes take labelCaps, with one warning for a provider', () => {
  const meterProvider = new MeterProvider();
  new KernelMetrics({ meterProvider, labelCaps });
  new AgentMetrics({ meterProvider, labelCaps });
  expect(renames()).toEqual([expect.stringContaining('labelCaps is now cardinalityLimits')]);
});

test('a test observability takes labelCaps, with one warning', async () => {
  const obs = createTestObservability({ labelCaps });
  for (const agentId of ['a', 'b', 'c']) obs.kernel.recordBlocked({ agentId, action: 'x' });
  const blocked = (await obs.series()).filter(({ name }) => name === 'agent_os_violations_blocked_total');
  expect(blocked).toHaveLength(2);
  expect(renames()).toHaveLength(1);
  await obs.shutdown();
});

test.each([
  ['fast', 'native'],
  ['stock', 'otel-sdk'],
] as const)(
  'a test observability takes store: %s for pipeline: %s, with one warning',
  async (store, pipeline) => {
    const [old, native, official] = [{ store }, {}, { pipeline: 'otel-sdk' } as const].map(
      createTestObservability,
    );
    const providers = { native: native!.meterProvider, 'otel-sdk': official!.meterProvider };
    expect(providers.native.constructor).not.toBe(providers['otel-sdk'].constructor);
    expect(old!.meterProvider.constructor).toBe(providers[pipeline].constructor);
    expect(said).toEqual(['agent-os-observability: store is now pipeline; the old name still works.']);
    await Promise.all([old, native, official].map((obs) => obs!.shutdown()));
  },
);

test('the old default is the one of today', () => {
  expect(DEFAULT_LABEL_CAPS).toBe(DEFAULT_CARDINALITY_LIMITS);
});
