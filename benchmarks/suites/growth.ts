import { type SubjectDeclaration, type Suite, fewProcesses } from '../harness/subject.js';
import { timed } from '../harness/timed.js';
import { startAgentOs, instrumentsOf } from '../peers/agent-os.js';
import { WIDE_CAPS } from '../peers/counting.js';
import { expectExposed } from '../peers/exposed-totals.js';
import { OtelSdk } from '../peers/otel-sdk.js';
import { PromClient } from '../peers/prom-client.js';
import { each, Pool } from '../workloads/random.js';
import { SPREAD_POOL, spreadLabelSets, LABEL_NAMES, type Labels } from '../workloads/violations.js';

const SIZES = [1, 100, 10_000, 100_000] as const;
const REGISTRY = 'agent_os_violations_total';
const OWN = 'shop_refusals_total';

interface Kind {
  readonly id: string;
  readonly label: string;
  readonly metric: string;
  /** Each has its loop in its own code, as a call site of a host is. */
  open(pool: Pool<Labels>): { run: (times: number) => void; export(): Promise<string> };
}

const KINDS: readonly Kind[] = [
  {
    id: 'typed',
    label: 'registry counter, `add(1, labels)`',
    metric: REGISTRY,
    open(pool) {
      const obs = startAgentOs({ metrics: { cardinalityLimits: WIDE_CAPS } });
      const typedCounter = instrumentsOf(obs).counter(REGISTRY);
      return { run: each(pool, (labels) => typedCounter.add(1, labels)), export: () => obs.export() };
    },
  },
  {
    id: 'own',
    label: 'own meter, `add(1, attributes)`',
    metric: OWN,
    open(pool) {
      const obs = startAgentOs({ metrics: { cardinalityLimits: WIDE_CAPS } });
      const ownCounter = obs.meterProvider.getMeter('shop').createCounter(OWN);
      return { run: each(pool, (labels) => ownCounter.add(1, labels)), export: () => obs.export() };
    },
  },
  {
    id: 'prom-labels',
    label: 'prom-client `labels(…).inc()`',
    metric: REGISTRY,
    open(pool) {
      const prom = new PromClient();
      const promCounter = prom.counter(REGISTRY, LABEL_NAMES);
      const run = each(pool, ({ severity, policy, action, agent_id }: Labels) => {
        promCounter.labels(severity, policy, action, agent_id).inc();
      });
      return { run, export: () => prom.export() };
    },
  },
  {
    id: 'prom-inc',
    label: 'prom-client `inc(labels)`',
    metric: REGISTRY,
    open(pool) {
      const prom = new PromClient();
      const promCounter = prom.counter(REGISTRY, LABEL_NAMES);
      return { run: each(pool, (labels) => promCounter.inc(labels)), export: () => prom.export() };
    },
  },
  {
    id: 'otel',
    label: 'OpenTelemetry SDK `add(1, attributes)`',
    metric: REGISTRY,
    open(pool) {
      const sdk = new OtelSdk();
      const otelCounter = sdk.meter.createCounter(REGISTRY);
      return { run: each(pool, (labels) => otelCounter.add(1, labels)), export: () => sdk.export() };
    },
  },
];

/** What a recording costs as the series become many. */
export const growth: Suite = {
  name: 'growth',
  title: 'Growth with the number of series',
  about:
    'One counter with four labels, recorded into series at random, in nanoseconds a recording. Few series are ' +
    `recorded from as many label sets as many series are (${SPREAD_POOL.toLocaleString('en-US')} objects with texts of ` +
    'their own), so that the input is as far from the processor in each column.',
  table: 'growth',
  subjects: KINDS.flatMap((kind) =>
    SIZES.map((series): SubjectDeclaration => ({
      id: `${kind.id}-${series}`,
      label: kind.label,
      ...(series > 1 && { comparedWith: [`${kind.id}-1`] }),
      open(budget) {
        const pool = new Pool(spreadLabelSets(series));
        const counter = kind.open(pool);
        counter.run(SPREAD_POOL); // every series is there
        const verify = (times: number): Promise<void> =>
          expectExposed(counter, kind.metric, { total: SPREAD_POOL + times, series });
        const subject = timed({ run: counter.run, verify }, budget);
        return {
          warmUp: () => subject.warmUp(),
          round: () => subject.round(),
          finish: async () => ({ ...(await subject.finish()), series }),
        };
      },
    })),
  ),
  repeat: fewProcesses,
  secondsPerSubject: () => 1.5,
};
