import type { Suite } from '../harness/subject.js';
import { timed } from '../harness/timed.js';
import { startAgentOs, instrumentsOf } from '../peers/agent-os.js';
import { expectExposed } from '../peers/exposed-totals.js';
import { OtelSdk } from '../peers/otel-sdk.js';
import { PromClient } from '../peers/prom-client.js';
import { each, Pool } from '../workloads/random.js';
import { distinct, LABEL_NAMES, labelSets, violations } from '../workloads/violations.js';

const METRIC = 'agent_os_violations_total';
const PEERS = ['prom-labels', 'prom-inc', 'otel'];

/** Recordings of one counter by the same labels, from the same four call sites. */
export const counter: Suite = {
  name: 'counter',
  title: 'Counter with four labels',
  about:
    'One violation is counted by severity, policy, action and agent: 500 agents, 32 actions, 10 policies, four call ' +
    'sites that write the labels in different order. The agent ids are texts of their own, as they come out of requests.',
  table: 'peers',
  subjects: [
    {
      id: 'violation',
      label: '`kernel.recordViolation(…)`',
      comparedWith: PEERS,
      open(budget) {
        const obs = startAgentOs();
        const pool = new Pool(violations());
        return timed(
          {
            run: each(pool, (violation) => obs.kernel.recordViolation(violation)),
            verify: (total) => expectExposed(obs, METRIC, { total, series: distinct(labelSets()) }),
          },
          budget,
        );
      },
    },
    {
      id: 'typed',
      label: 'the same counter by its typed `add(1, labels)`',
      comparedWith: PEERS,
      open(budget) {
        const obs = startAgentOs();
        const typedCounter = instrumentsOf(obs).counter(METRIC);
        const pool = new Pool(labelSets());
        return timed(
          {
            run: each(pool, (labels) => typedCounter.add(1, labels)),
            verify: (total) => expectExposed(obs, METRIC, { total, series: distinct(pool.items) }),
          },
          budget,
        );
      },
    },
    {
      id: 'prom-labels',
      label: 'prom-client `labels(…).inc()`',
      open(budget) {
        const prom = new PromClient();
        const promCounter = prom.counter(METRIC, LABEL_NAMES);
        const pool = new Pool(labelSets());
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
        const pool = new Pool(labelSets());
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
        const otelCounter = sdk.meter.createCounter(METRIC);
        const pool = new Pool(labelSets());
        return timed(
          {
            run: each(pool, (labels) => otelCounter.add(1, labels)),
            verify: (total) => expectExposed(sdk, METRIC, { total, series: distinct(pool.items) }),
          },
          budget,
        );
      },
    },
  ],
};
