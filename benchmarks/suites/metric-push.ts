import { OTLPMetricExporter } from '@opentelemetry/exporter-metrics-otlp-proto';
import { PeriodicExportingMetricReader } from '@opentelemetry/sdk-metrics';
import { nextTurn, StallWatch } from '../harness/stall-watch.js';
import type { Sample, Subject, Suite } from '../harness/subject.js';
import { instrumentsOf, startAgentOs } from '../peers/agent-os.js';
import { WIDE_CAPS } from '../peers/counting.js';
import { OtelSdk } from '../peers/otel-sdk.js';
import { startOtlpSink } from '../peers/otlp-sink.js';
import { labelsOfSeries, type Labels } from '../workloads/violations.js';

const SERIES = 100_000;
const NEVER_MILLIS = 24 * 3600 * 1000;

/** One push of many series by OTLP. */
export const metricPush: Suite = {
  name: 'metric-push',
  title: 'Push of metrics',
  about:
    `A counter with four labels and ${SERIES.toLocaleString('en-US')} series is pushed by OTLP over loopback to a collector in ` +
    'another process. `stall` is the longest time in which no other callback of the process could run.',
  table: 'push',
  subjects: [
    {
      id: 'native',
      label: '`obs.forceFlush()`, `metrics.otlp`',
      comparedWith: ['otel'],
      async open() {
        const sink = await startOtlpSink();
        const obs = startAgentOs({
          otlp: { endpoint: sink.url, timeoutMillis: 60_000 },
          metrics: { otlp: true, exportIntervalMillis: NEVER_MILLIS, cardinalityLimits: WIDE_CAPS },
        });
        const counter = instrumentsOf(obs).counter('agent_os_violations_total');
        return new Push(
          (labels) => counter.add(1, labels),
          () => obs.forceFlush(),
        );
      },
    },
    {
      id: 'otel',
      label: '`PeriodicExportingMetricReader`, official exporter',
      async open() {
        const sink = await startOtlpSink();
        const reader = new PeriodicExportingMetricReader({
          exporter: new OTLPMetricExporter({ url: `${sink.url}/v1/metrics`, timeoutMillis: 60_000 }),
          exportIntervalMillis: NEVER_MILLIS,
          exportTimeoutMillis: 60_000,
          cardinalityLimits: { default: Number.MAX_SAFE_INTEGER },
        });
        const sdk = new OtelSdk({ furtherReaders: [reader] });
        const counter = sdk.meter.createCounter('agent_os_violations_total');
        return new Push(
          (labels) => counter.add(1, labels),
          () => reader.forceFlush(),
        );
      },
    },
  ],
  repeat: () => ({ processes: 1, rounds: 7 }),
  secondsPerSubject: () => 15,
};

class Push implements Subject {
  constructor(
    private readonly count: (labels: Labels) => void,
    private readonly push: () => Promise<void>,
  ) {}

  async warmUp(): Promise<void> {
    for (let series = 0; series < SERIES; series++) this.count(labelsOfSeries(series));
    for (let pushes = 0; pushes < 2; pushes++) await this.round();
  }

  async round(): Promise<Sample> {
    const stalls = new StallWatch();
    await nextTurn();
    const start = performance.now();
    await this.push();
    const millis = performance.now() - start;
    await nextTurn();
    return { millis, stallMillis: stalls.end() };
  }

  async finish(): Promise<Sample> {
    return {};
  }
}
