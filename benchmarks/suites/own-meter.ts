import type { Counter } from '@opentelemetry/api';
import type { Suite } from '../harness/subject.js';
import { timed, type TimedOperation } from '../harness/timed.js';
import { startAgentOs } from '../peers/agent-os.js';
import { expectExposed } from '../peers/exposed-totals.js';
import { OtelSdk } from '../peers/otel-sdk.js';
import { PromClient } from '../peers/prom-client.js';
import { each, Pool } from '../workloads/random.js';
import { distinct, LABEL_NAMES, shuffledLabelSets } from '../workloads/violations.js';

const METRIC = 'shop_refusals_total';
const PEERS = ['prom-labels', 'prom-inc', 'otel'];

/** Recordings of a counter that the host made itself, attributes of any shape. */
export const ownMeter: Suite = {
  name: 'own-meter',
  title: 'Counter of the host’s own, four attributes in any order',
  about:
    'The same label sets on a counter of the host’s own meter, which may have any attributes. They are written in ' +
    'random order, as code that builds them from parts does.',
  table: 'peers',
  subjects: [
    {
      id: 'own',
      label: '`obs.meterProvider.getMeter(…)`, `add(1, attributes)`',
      comparedWith: PEERS,
      open(budget) {
        const obs = startAgentOs();
        return timed(counting(obs.meterProvider.getMeter('shop').createCounter(METRIC), obs), budget);
      },
    },
    {
      id: 'prom-labels',
      label: 'prom-client `labels(…).inc()`',
      open(budget) {
        const prom = new PromClient();
        const promCounter = prom.counter(METRIC, LABEL_NAMES);
        const pool = new Pool(shuffledLabelSets());
        return timed(
          {
            run: each(pool, ({ severity, policy, action, agent_id }) => {
              promCounter.labels(severity, policy, action, agent_id).inc();
            }),
            verify: (total) => expectExposed(prom, METRIC, { total, series: distinct(pool.items) }),
          },
          budget,
        );
      },
    },
    {
      id: 'prom-inc',
      label: 'prom-client `inc(labels)`',
      open(budget) {
        const prom = new PromClient();
        const promCounter = prom.counter(METRIC, LABEL_NAMES);
        const pool = new Pool(shuffledLabelSets());
        return timed(
          {
            run: each(pool, (labels) => promCounter.inc(labels)),
            verify: (total) => expectExposed(prom, METRIC, { total, series: distinct(pool.items) }),
          },
          budget,
        );
      },
    },
    {
      id: 'otel',
      label: 'OpenTelemetry SDK `add(1, attributes)`',
      open(budget) {
        const sdk = new OtelSdk();
        return timed(counting(sdk.meter.createCounter(METRIC), sdk), budget);
      },
    },
  ],
};

function counting(counter: Counter, source: { export(): Promise<string> }): TimedOperation {
  const pool = new Pool(shuffledLabelSets());
  return {
    run: each(pool, (labels) => counter.add(1, labels)),
    verify: (total) => expectExposed(source, METRIC, { total, series: distinct(pool.items) }),
  };
}
