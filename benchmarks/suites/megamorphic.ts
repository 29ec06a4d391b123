import type { Attributes, Counter } from '@opentelemetry/api';
import { type Budget, type Subject, type Suite, fewProcesses } from '../harness/subject.js';
import { timed } from '../harness/timed.js';
import { startAgentOs, instrumentsOf } from '../peers/agent-os.js';
import { expectExposed, exposedTotals } from '../peers/exposed-totals.js';
import { OtelSdk } from '../peers/otel-sdk.js';
import { PromClient } from '../peers/prom-client.js';
import { MIXED_COUNTERS, mixedRecordings } from '../workloads/mixed-recordings.js';
import { each, Pool } from '../workloads/random.js';
import { anyShapes, distinctAttributes, FIXED_KEYS, fixedKeysAnyShape } from '../workloads/shapes.js';

const METRIC = 'shop_requests_total';
const ANY_KEYS = 'Any keys: six key sets of three to six attributes';
const FIXED = 'One key set of four attributes';
const IN_TURN = 'Eight counters from one call site';

/** Objects of so many hidden classes, and instruments so many, that the engine can rely on none. */
export const megamorphic: Suite = {
  name: 'megamorphic',
  title: 'Attributes of every shape',
  about:
    'Attributes as hosts come by them: assigned one by one, from entries, by spread, without a prototype, instances of ' +
    'classes; keys in random order; texts, numbers and booleans. A peer with fixed label names takes part where the ' +
    'keys are fixed. From one call site eight counters of different labels are recorded in random order.',
  table: 'peers',
  repeat: fewProcesses,
  subjects: [
    {
      id: 'any-own',
      label: 'own meter, `add(1, attributes)`',
      group: ANY_KEYS,
      comparedWith: ['any-otel'],
      open: (budget) => own(anyShapes(), budget),
    },
    {
      id: 'any-otel',
      label: 'OpenTelemetry SDK `add(1, attributes)`',
      group: ANY_KEYS,
      open: (budget) => stock(anyShapes(), budget),
    },
    {
      id: 'fixed-own',
      label: 'own meter, `add(1, attributes)`',
      group: FIXED,
      comparedWith: ['fixed-prom', 'fixed-otel'],
      open: (budget) => own(fixedKeysAnyShape(), budget),
    },
    {
      id: 'fixed-prom',
      label: 'prom-client `inc(labels)`',
      group: FIXED,
      open(budget) {
        const prom = new PromClient();
        const promCounter = prom.counter(METRIC, FIXED_KEYS);
        const pool = new Pool(fixedKeysAnyShape());
        return timed(
          {
            // It takes a boolean as it takes any value, whatever its types say.
            run: each(pool, (labels) => promCounter.inc(labels as Record<string, string>)),
            verify: (total) => expectExposed(prom, METRIC, { total, series: distinctAttributes(pool.items) }),
          },
          budget,
        );
      },
    },
    {
      id: 'fixed-otel',
      label: 'OpenTelemetry SDK `add(1, attributes)`',
      group: FIXED,
      open: (budget) => stock(fixedKeysAnyShape(), budget),
    },
    {
      id: 'turn-typed',
      label: 'registry counters, `add(1, labels)`',
      group: IN_TURN,
      comparedWith: ['turn-prom', 'turn-otel'],
      open(budget) {
        const obs = startAgentOs();
        const instruments = instrumentsOf(obs);
        const counters = MIXED_COUNTERS.map(({ metric }) => instruments.counter(metric));
        return inTurn((which, labels) => (counters[which] as Counter).add(1, labels), obs, budget);
      },
    },
    {
      id: 'turn-own',
      label: 'own meter, `add(1, attributes)`',
      group: IN_TURN,
      comparedWith: ['turn-prom', 'turn-otel'],
      open(budget) {
        const obs = startAgentOs();
        const meter = obs.meterProvider.getMeter('shop');
        const counters = MIXED_COUNTERS.map(({ metric }) => meter.createCounter(ownName(metric)));
        return inTurn((which, labels) => (counters[which] as Counter).add(1, labels), obs, budget, ownName);
      },
    },
    {
      id: 'turn-prom',
      label: 'prom-client `inc(labels)`',
      group: IN_TURN,
      open(budget) {
        const prom = new PromClient();
        const counters = MIXED_COUNTERS.map(({ metric, labels }) => prom.counter<string>(metric, labels));
        return inTurn((which, labels) => counters[which]?.inc(labels), prom, budget);
      },
    },
    {
      id: 'turn-otel',
      label: 'OpenTelemetry SDK `add(1, attributes)`',
      group: IN_TURN,
      open(budget) {
        const sdk = new OtelSdk();
        const counters = MIXED_COUNTERS.map(({ metric }) => sdk.meter.createCounter(metric));
        return inTurn((which, labels) => (counters[which] as Counter).add(1, labels), sdk, budget);
      },
    },
  ],
};

type Source = { export(): Promise<string> };

const ownName = (metric: string): string => metric.replace('agent_os', 'shop');

function own(sets: Attributes[], budget: Budget): Subject {
  const obs = startAgentOs();
  return recorded(obs.meterProvider.getMeter('shop').createCounter(METRIC), sets, obs, budget);
}

function stock(sets: Attributes[], budget: Budget): Subject {
  const sdk = new OtelSdk();
  return recorded(sdk.meter.createCounter(METRIC), sets, sdk, budget);
}

function recorded(counter: Counter, sets: Attributes[], source: Source, budget: Budget): Subject {
  const pool = new Pool(sets);
  return timed(
    {
      run: each(pool, (attributes) => counter.add(1, attributes)),
      verify: (total) => expectExposed(source, METRIC, { total, series: distinctAttributes(sets) }),
    },
    budget,
  );
}

function inTurn(
  record: (which: number, labels: Readonly<Record<string, string>>) => void,
  source: Source,
  budget: Budget,
  nameOf: (metric: string) => string = (metric) => metric,
): Subject {
  return timed(
    {
      run: each(new Pool(mixedRecordings()), ({ which, labels }) => record(which, labels)),
      async verify(times) {
        const page = await source.export();
        const totals = MIXED_COUNTERS.map(({ metric }) => exposedTotals(page, nameOf(metric)).total);
        const total = totals.reduce((sum, one) => sum + one, 0);
        if (total !== times) throw new Error(`${times} recordings were made and ${total} are exposed`);
      },
    },
    budget,
  );
}
