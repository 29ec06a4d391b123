import {
  AggregationTemporality,
  InMemoryMetricExporter,
  MeterProvider,
  PeriodicExportingMetricReader,
} from '@opentelemetry/sdk-metrics';
import {
  BasicTracerProvider,
  InMemorySpanExporter,
  SimpleSpanProcessor,
} from '@opentelemetry/sdk-trace-base';
import { initObservability } from 'agent-os-observability';

// The host runs OpenTelemetry already: its readers, exporters and processors stay in charge.
const metricExporter = new InMemoryMetricExporter(AggregationTemporality.CUMULATIVE);
const meterProvider = new MeterProvider({
  readers: [new PeriodicExportingMetricReader({ exporter: metricExporter })],
});
const spanExporter = new InMemorySpanExporter();
const tracerProvider = new BasicTracerProvider({ spanProcessors: [new SimpleSpanProcessor(spanExporter)] });

const obs = initObservability({ serviceName: 'agent-os-kernel', meterProvider, tracerProvider });

const request = { agentId: 'support-1', action: 'read_file' };
obs.execute(request, () => obs.policyCheck({ ...request, policy: 'data-access' }, () => true));

await meterProvider.forceFlush();
const [collected] = metricExporter.getMetrics();
const names = collected?.scopeMetrics.flatMap(({ metrics }) =>
  metrics.map(({ descriptor }) => descriptor.name),
);
console.log(`metrics: ${names?.filter((name) => name.includes('request')).join(', ')}`);
console.log(
  `spans: ${spanExporter
    .getFinishedSpans()
    .map(({ name }) => name)
    .join(', ')}`,
);

await obs.shutdown(); // leaves the host's providers running
await Promise.all([meterProvider.shutdown(), tracerProvider.shutdown()]);
