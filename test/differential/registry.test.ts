import { MeterProvider, type MetricReader } from '@opentelemetry/sdk-metrics';
import { DropLog } from '../../src/diagnostics/drop-log.js';
import {
  AgentMetrics,
  AmbMetrics,
  ApprovalMetrics,
  CmvkMetrics,
  ComponentMetrics,
  KernelMetrics,
  KillMetrics,
} from '../../src/instruments/index.js';
import { Instruments } from '../../src/instruments/instruments.js';
import { TelemetryMetrics } from '../../src/instruments/telemetry-metrics.js';
import { contractName, METRICS } from '../../src/semconv/metrics.js';
import { fakeClock } from '../support/clock.js';
import { recordEverything } from '../contract/everything.js';
import { comparable } from './support/comparable.js';
import {
  cumulative,
  delta,
  deltaOfMonotonic,
  nativeProvider,
  RESOURCE,
  TestReader,
  type Temporality,
} from './support/subjects.js';

type Provider = ReturnType<typeof nativeProvider>;

/** Everything that the registry has, recorded twice, and what a reader saw each time. */
async function rounds(
  temporality: Temporality,
  open: (readers: MetricReader[], now: () => number) => Provider,
) {
  const clock = fakeClock(1_700_000_000_000);
  jest.spyOn(Date, 'now').mockImplementation(clock.now);
  const reader = new TestReader(temporality);
  const meterProvider = open([reader], clock.now);
  const instruments = Instruments.of({
    meterProvider,
    clock: clock.now,
    drops: new DropLog(),
    cardinalityLimits: { slug: 1 },
  });
  new TelemetryMetrics(instruments).recordScrape(0.25);
  const recorders = {
    kernel: new KernelMetrics(instruments),
    kills: new KillMetrics(instruments),
    cmvk: new CmvkMetrics(instruments),
    agent: new AgentMetrics(instruments),
    amb: new AmbMetrics(instruments),
    component: new ComponentMetrics(instruments),
    approvals: new ApprovalMetrics(instruments),
  };
  const seen = [];
  for (let round = 0; round < 2; round++) {
    recordEverything(recorders);
    recorders.agent.recordError({ agentId: 'a-1', errorType: `one_more_${round}` }); // than may be
    clock.advance(1000);
    seen.push(comparable(await reader.collect()));
  }
  return seen;
}

beforeEach(() => jest.spyOn(Date, 'now').mockReturnValue(1_800_000_000_000));
afterEach(() => jest.restoreAllMocks());

test.each([
  ['cumulative values', cumulative],
  ['deltas', delta],
  ['deltas where values only grow', deltaOfMonotonic],
])(
  'a reader of %s collects the same metrics of the registry from our store as from the official SDK',
  async (_, temporality) => {
    const ours = await rounds(temporality, nativeProvider);
    const theirs = await rounds(temporality, (readers) => new MeterProvider({ resource: RESOURCE, readers }));
    expect(ours).toEqual(theirs);
    const names = Object.keys(ours[0]!).map((key) => contractName(key.split(' | ')[3]!));
    expect(Object.keys(METRICS).filter((name) => !names.includes(name))).toEqual([]);
  },
);
