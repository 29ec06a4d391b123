import { trace, TraceFlags } from '@opentelemetry/api';
import { METRICS } from 'agent-os-observability/semconv';
import { type Subject, type SubjectDeclaration, type Suite, fewProcesses } from '../harness/subject.js';
import { timed, type TimedOperation } from '../harness/timed.js';
import { startAgentOs, instrumentsOf } from '../peers/agent-os.js';
import { expectExposed } from '../peers/exposed-totals.js';
import { OtelSdk } from '../peers/otel-sdk.js';
import { PromClient } from '../peers/prom-client.js';
import { insideSpans } from '../workloads/active-spans.js';
import { distinctChecks, policyChecks } from '../workloads/policy-checks.js';
import { Pool } from '../workloads/random.js';
import { distinct, LABEL_NAMES, labelSets } from '../workloads/violations.js';

const COUNTER = 'agent_os_violations_total';
const HISTOGRAM = 'agent_os_policy_check_duration_seconds';
const BUCKETS = METRICS[HISTOGRAM].buckets;

type Operation = (sampled: boolean) => TimedOperation;
interface Implementation {
  readonly id: string;
  readonly label: string;
  readonly counter: Operation;
  readonly histogram: Operation;
}

const IMPLEMENTATIONS: readonly Implementation[] = [
  {
    id: 'typed',
    label: 'registry instrument',
    counter(sampled) {
      const obs = startAgentOs();
      const counter = instrumentsOf(obs).counter(COUNTER);
      const pool = new Pool(labelSets());
      const run = insideSpans(sampled, () => counter.add(1, pool.next()));
      return { run, verify: verifyCounter(obs) };
    },
    histogram(sampled) {
      const obs = startAgentOs();
      const histogram = instrumentsOf(obs).histogram(HISTOGRAM);
      const pool = new Pool(policyChecks());
      const run = insideSpans(sampled, () => {
        const { durationSeconds, labels } = pool.next();
        histogram.record(durationSeconds, labels);
      });
      return { run, verify: verifyHistogram(obs) };
    },
  },
  {
    id: 'prom-client',
    label: 'prom-client with `enableExemplars`',
    counter(sampled) {
      const prom = new PromClient({ openMetrics: true });
      const counter = prom.counter(COUNTER, LABEL_NAMES, { enableExemplars: true });
      const pool = new Pool(labelSets());
      // Its types know the form with exemplars, but not that labels have names.
      const inc = counter.inc.bind(counter) as (recording: object) => void;
      const run = insideSpans(sampled, () => inc({ labels: pool.next(), value: 1, ...ofActiveSpan() }));
      return { run, verify: verifyCounter(prom) };
    },
    histogram(sampled) {
      const prom = new PromClient({ openMetrics: true });
      const histogram = prom.histogram(HISTOGRAM, ['result', 'policy'], BUCKETS, { enableExemplars: true });
      const pool = new Pool(policyChecks());
      const observe = histogram.observe.bind(histogram) as (recording: object) => void;
      const run = insideSpans(sampled, () => {
        const { durationSeconds, labels } = pool.next();
        observe({ labels, value: durationSeconds, ...ofActiveSpan() });
      });
      return { run, verify: verifyHistogram(prom) };
    },
  },
  {
    id: 'otel',
    label: 'OpenTelemetry SDK',
    counter(sampled) {
      const sdk = new OtelSdk();
      const counter = sdk.meter.createCounter(COUNTER);
      const pool = new Pool(labelSets());
      const run = insideSpans(sampled, () => counter.add(1, pool.next()));
      return { run, verify: verifyCounter(sdk) };
    },
    histogram(sampled) {
      const sdk = new OtelSdk();
      const advice = { explicitBucketBoundaries: [...BUCKETS] };
      const histogram = sdk.meter.createHistogram(HISTOGRAM, { advice });
      const pool = new Pool(policyChecks());
      const run = insideSpans(sampled, () => {
        const { durationSeconds, labels } = pool.next();
        histogram.record(durationSeconds, labels);
      });
      return { run, verify: verifyHistogram(sdk) };
    },
  },
];

/** Recordings inside spans, whose ids an exemplar may keep. */
export const exemplars: Suite = {
  name: 'exemplars',
  title: 'Recording inside a span',
  about:
    'The same counter of four labels and histogram of two, recorded inside real spans with a context manager, 16 ' +
    'recordings in each. Whoever keeps exemplars keeps the ids of a sampled span. prom-client is handed them, as it ' +
    'knows nothing of spans; the OpenTelemetry SDK for JavaScript keeps none.',
  table: 'peers',
  repeat: fewProcesses,
  subjects: [
    ...inSpans('counter', true),
    ...inSpans('counter', false),
    ...inSpans('histogram', true),
    ...inSpans('histogram', false),
  ],
};

function inSpans(instrument: 'counter' | 'histogram', sampled: boolean): SubjectDeclaration[] {
  const what = `${instrument}-${sampled ? 'sampled' : 'unsampled'}`;
  return IMPLEMENTATIONS.map(({ id, label, ...operations }) => ({
    id: `${what}-${id}`,
    label,
    group: `A ${instrument}, the span ${sampled ? 'sampled' : 'not sampled'}`,
    ...(id === 'typed' && { comparedWith: [`${what}-prom-client`, `${what}-otel`] }),
    open: (budget): Subject => timed(operations[instrument](sampled), budget),
  }));
}

/** What a host hands to prom-client: nothing outside a sampled span. */
function ofActiveSpan(): { exemplarLabels?: { traceID: string; spanID: string } } {
  const span = trace.getActiveSpan()?.spanContext();
  if (span === undefined || (span.traceFlags & TraceFlags.SAMPLED) === 0) return {};
  return { exemplarLabels: { traceID: span.traceId, spanID: span.spanId } };
}

type Source = { export(): Promise<string> };

function verifyCounter(source: Source): (total: number) => Promise<void> {
  const series = distinct(labelSets());
  return (total) => expectExposed(source, COUNTER, { total, series });
}

function verifyHistogram(source: Source): (total: number) => Promise<void> {
  const series = distinctChecks(policyChecks());
  return (total) => expectExposed(source, `${HISTOGRAM}_count`, { total, series });
}
