import { METRICS } from 'agent-os-observability/semconv';
import type { Suite } from '../harness/subject.js';
import { timed } from '../harness/timed.js';
import { startAgentOs, instrumentsOf } from '../peers/agent-os.js';
import { expectExposed } from '../peers/exposed-totals.js';
import { OtelSdk } from '../peers/otel-sdk.js';
import { PromClient } from '../peers/prom-client.js';
import { distinctChecks, policyChecks } from '../workloads/policy-checks.js';
import { each, Pool } from '../workloads/random.js';

const METRIC = 'agent_os_policy_check_duration_seconds';
const COUNT = `${METRIC}_count`;
const BUCKETS = METRICS[METRIC].buckets;
const PEERS = ['prom-labels', 'prom-observe', 'otel'];

/** Recordings of one histogram by the same labels into the same buckets. */
export const histogram: Suite = {
  name: 'histogram',
  title: 'Histogram with two labels',
  about: `One duration is recorded by policy and result into ${BUCKETS.length} buckets: 10 policies, 3 results.`,
  table: 'peers',
  subjects: [
    {
      id: 'check',
      label: '`kernel.recordPolicyCheck(…)`',
      comparedWith: PEERS,
      open(budget) {
        const obs = startAgentOs();
        const pool = new Pool(policyChecks());
        return timed(
          {
            run: each(pool, (check) => obs.kernel.recordPolicyCheck(check)),
            verify: (total) => expectExposed(obs, COUNT, { total, series: distinctChecks(pool.items) }),
          },
          budget,
        );
      },
    },
    {
      id: 'typed',
      label: 'the same histogram by its typed `record(value, labels)`',
      comparedWith: PEERS,
      open(budget) {
        const obs = startAgentOs();
        const typedHistogram = instrumentsOf(obs).histogram(METRIC);
        const pool = new Pool(policyChecks());
        return timed(
          {
            run: each(pool, ({ durationSeconds, labels }) => {
              typedHistogram.record(durationSeconds, labels);
            }),
            verify: (total) => expectExposed(obs, COUNT, { total, series: distinctChecks(pool.items) }),
          },
          budget,
        );
      },
    },
    {
      id: 'prom-labels',
      label: 'prom-client `labels(…).observe(value)`',
      open(budget) {
        const prom = new PromClient();
        const promHistogram = prom.histogram(METRIC, ['result', 'policy'], BUCKETS);
        const pool = new Pool(policyChecks());
        return timed(
          {
            run: each(pool, ({ durationSeconds, result, policy }) => {
              promHistogram.labels(result, policy).observe(durationSeconds);
            }),
            verify: (total) => expectExposed(prom, COUNT, { total, series: distinctChecks(pool.items) }),
          },
          budget,
        );
      },
    },
    {
      id: 'prom-observe',
      label: 'prom-client `observe(labels, value)`',
      open(budget) {
        const prom = new PromClient();
        const promHistogram = prom.histogram(METRIC, ['result', 'policy'], BUCKETS);
        const pool = new Pool(policyChecks());
        return timed(
          {
            run: each(pool, ({ durationSeconds, labels }) => {
              promHistogram.observe(labels, durationSeconds);
            }),
            verify: (total) => expectExposed(prom, COUNT, { total, series: distinctChecks(pool.items) }),
          },
          budget,
        );
      },
    },
    {
      id: 'otel',
      label: 'OpenTelemetry SDK `record(value, attributes)`',
      open(budget) {
        const sdk = new OtelSdk();
        const advice = { explicitBucketBoundaries: [...BUCKETS] };
        const otelHistogram = sdk.meter.createHistogram(METRIC, { advice });
        const pool = new Pool(policyChecks());
        return timed(
          {
            run: each(pool, ({ durationSeconds, labels }) => {
              otelHistogram.record(durationSeconds, labels);
            }),
            verify: (total) => expectExposed(sdk, COUNT, { total, series: distinctChecks(pool.items) }),
          },
          budget,
        );
      },
    },
  ],
};
