import type { Counter } from '@opentelemetry/api';
import { OTLPMetricExporter } from '@opentelemetry/exporter-metrics-otlp-proto';
import { PeriodicExportingMetricReader } from '@opentelemetry/sdk-metrics';
import type { ObservabilityOptions } from 'agent-os-observability';
import type { Budget, Subject, Suite } from '../harness/subject.js';
import { timed } from '../harness/timed.js';
import { startAgentOs, instrumentsOf } from '../peers/agent-os.js';
import { expectExposed } from '../peers/exposed-totals.js';
import { OtelSdk } from '../peers/otel-sdk.js';
import { each, Pool } from '../workloads/random.js';
import { distinct, labelSets, shuffledLabelSets, type Labels } from '../workloads/violations.js';

const REGISTRY = 'agent_os_violations_total';
const OWN = 'shop_refusals_total';
/** Nothing listens there, and the first push is long after the end. */
const NOWHERE = 'http://127.0.0.1:9';
const NEVER_MILLIS = 24 * 3600 * 1000;
const PUSH_TOO: ObservabilityOptions = {
  otlp: { endpoint: NOWHERE },
  metrics: { otlp: true, exportIntervalMillis: NEVER_MILLIS },
};

/** What a second reader costs each recording. */
export const readers: Suite = {
  name: 'readers',
  title: 'Two readers',
  about:
    'A counter with four labels is recorded while its metrics are only scraped, and while they are pushed by OTLP too. ' +
    'The push goes nowhere, and its first is long after the measurement.',
  table: 'baseline',
  subjects: [
    { id: 'typed-one', label: 'registry counter, scraped', open: (budget) => typed({}, budget) },
    {
      id: 'typed-two',
      label: 'registry counter, scraped and pushed',
      comparedWith: ['typed-one'],
      open: (budget) => typed(PUSH_TOO, budget),
    },
    { id: 'own-one', label: 'own meter, scraped', open: (budget) => own({}, budget) },
    {
      id: 'own-two',
      label: 'own meter, scraped and pushed',
      comparedWith: ['own-one'],
      open: (budget) => own(PUSH_TOO, budget),
    },
    { id: 'otel-one', label: 'OpenTelemetry SDK, scraped', open: (budget) => stock(new OtelSdk(), budget) },
    {
      id: 'otel-two',
      label: 'OpenTelemetry SDK, scraped and pushed',
      comparedWith: ['otel-one'],
      open: (budget) => stock(new OtelSdk({ furtherReaders: [pushing()] }), budget),
    },
  ],
};

function typed(options: ObservabilityOptions, budget: Budget): Subject {
  const obs = startAgentOs(options);
  const counter = instrumentsOf(obs).counter(REGISTRY);
  const pool = new Pool(labelSets());
  return timed(
    {
      run: each(pool, (labels) => counter.add(1, labels)),
      verify: (total) => expectExposed(obs, REGISTRY, { total, series: distinct(pool.items) }),
    },
    budget,
  );
}

function own(options: ObservabilityOptions, budget: Budget): Subject {
  const obs = startAgentOs(options);
  return counting(obs.meterProvider.getMeter('shop').createCounter(OWN), obs, budget);
}

function stock(sdk: OtelSdk, budget: Budget): Subject {
  return counting(sdk.meter.createCounter(OWN), sdk, budget);
}

function counting(counter: Counter, source: { export(): Promise<string> }, budget: Budget): Subject {
  const pool = new Pool<Labels>(shuffledLabelSets());
  return timed(
    {
      run: each(pool, (labels) => counter.add(1, labels)),
      verify: (total) => expectExposed(source, OWN, { total, series: distinct(pool.items) }),
    },
    budget,
  );
}

function pushing(): PeriodicExportingMetricReader {
  return new PeriodicExportingMetricReader({
    exporter: new OTLPMetricExporter({ url: `${NOWHERE}/v1/metrics` }),
    exportIntervalMillis: NEVER_MILLIS,
    cardinalityLimits: { default: Number.MAX_SAFE_INTEGER },
  });
}
