import { evaluatePolicy, execute } from '../suites/agent-governance.js';
import { SIMPLE_RULES } from '../workloads/governance.js';
import { swallow } from '../harness/timed.js';
import { startAgentOs, instrumentsOf } from '../peers/agent-os.js';
import { COUNTING, WIDE_CAPS } from '../peers/counting.js';
import { startOtlpSink } from '../peers/otlp-sink.js';
import { policyChecks } from '../workloads/policy-checks.js';
import { each, Pool } from '../workloads/random.js';
import { spanAttributes } from '../workloads/spans.js';
import {
  labelsOfSeries,
  spreadLabelSets,
  labelSets,
  shuffledLabelSets,
  violations,
} from '../workloads/violations.js';

export const SERIES = 100_000;

/** A hot path: what is done again and again. */
export interface HotPath {
  readonly title: string;
  /** What one time of it is called. */
  readonly once: string;
  /** Times between two looks at the clock. */
  readonly stretch: number;
  open(): (times: number) => void | Promise<void>;
}

export const HOT_PATHS: Readonly<Record<string, HotPath>> = {
  counter: {
    title: 'Counter of the registry, four labels',
    once: 'recording',
    stretch: 10_000,
    open() {
      const obs = startAgentOs();
      const counter = instrumentsOf(obs).counter('agent_os_violations_total');
      return each(new Pool(labelSets()), (labels) => counter.add(1, labels));
    },
  },
  violation: {
    title: 'The same by `kernel.recordViolation`',
    once: 'recording',
    stretch: 10_000,
    open() {
      const { kernel } = startAgentOs();
      return each(new Pool(violations()), (violation) => kernel.recordViolation(violation));
    },
  },
  growth: {
    title: `Counter of the registry, ${SERIES.toLocaleString('en-US')} series at random`,
    once: 'recording',
    stretch: 10_000,
    open() {
      const obs = startAgentOs({ metrics: { cardinalityLimits: WIDE_CAPS } });
      const counter = instrumentsOf(obs).counter('agent_os_violations_total');
      return each(new Pool(spreadLabelSets(SERIES)), (labels) => counter.add(1, labels));
    },
  },
  'own-meter': {
    title: 'Counter of the host’s own meter, four attributes in any order',
    once: 'recording',
    stretch: 10_000,
    open() {
      const obs = startAgentOs();
      const counter = obs.meterProvider.getMeter('shop').createCounter('shop_refusals_total');
      return each(new Pool(shuffledLabelSets()), (attributes) => counter.add(1, attributes));
    },
  },
  histogram: {
    title: 'Histogram of the registry, two labels',
    once: 'recording',
    stretch: 10_000,
    open() {
      const obs = startAgentOs();
      const instruments = instrumentsOf(obs);
      const histogram = instruments.histogram('agent_os_policy_check_duration_seconds');
      return each(new Pool(policyChecks()), ({ durationSeconds, labels }) => {
        histogram.record(durationSeconds, labels);
      });
    },
  },
  'policy-check': {
    title: '`evaluatePolicy` of one rule, with metrics',
    once: 'check',
    stretch: 10_000,
    open() {
      const checks = evaluatePolicy('metrics', SIMPLE_RULES);
      return (times) => checks.run(times);
    },
  },
  request: {
    title: '`executeWithGovernance`, audit log full, with metrics and spans',
    once: 'request',
    stretch: 1000,
    open() {
      const requests = execute('spans', { auditLogFull: true });
      return (times) => requests.run(times);
    },
  },
  span: {
    title: 'Span with four attributes, ended before a queue that is full',
    once: 'span',
    stretch: 10_000,
    open() {
      const obs = startAgentOs({ otlp: { endpoint: 'http://127.0.0.1:9' }, traces: { maxQueueSize: 1 } });
      const tracer = obs.tracerProvider.getTracer('benchmark');
      let index = 0;
      return (times) => {
        for (let i = 0; i < times; i++) {
          tracer.startSpan('kernel.policy_check', { attributes: spanAttributes(index++) }).end();
        }
      };
    },
  },
  delivery: {
    title: 'The same, batched, encoded and sent over loopback',
    once: 'span',
    stretch: 1024,
    open() {
      const opened = deliveryOfSpans();
      return async (times) => (await opened)(times);
    },
  },
  scrape: {
    title: `Scrape of ${SERIES.toLocaleString('en-US')} series`,
    once: 'scrape',
    stretch: 1,
    open() {
      const { count, export: page } = registryCounter();
      for (let series = 0; series < SERIES; series++) count(labelsOfSeries(series));
      return async (times) => {
        for (let i = 0; i < times; i++) swallow(await page());
      };
    },
  },
};

async function deliveryOfSpans(): Promise<(times: number) => Promise<void>> {
  const { url } = await startOtlpSink();
  const obs = startAgentOs({ otlp: { endpoint: url } });
  const tracer = obs.tracerProvider.getTracer('benchmark');
  return async (times) => {
    for (let index = 0; index < times; index++) {
      tracer.startSpan('kernel.policy_check', { attributes: spanAttributes(index) }).end();
    }
    await obs.forceFlush();
  };
}

/** A counter of the registry that folds none of these series. */
export function registryCounter(): ReturnType<(typeof COUNTING)[number]['open']> {
  const [typed] = COUNTING;
  if (typed === undefined) throw new Error('no implementation to profile');
  return typed.open('wide');
}
