import { PrometheusExporter } from '@opentelemetry/exporter-prometheus';
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-proto';
import { NodeSDK } from '@opentelemetry/sdk-node';
import { ready } from './ready.js';

const port = Number(process.argv[2]);
const prometheus = new PrometheusExporter({ port, host: '127.0.0.1', preventServerStart: true });
const sdk = new NodeSDK({
  serviceName: 'benchmark',
  traceExporter: new OTLPTraceExporter(),
  metricReaders: [prometheus],
});
sdk.start();
if (process.env['OTEL_SDK_DISABLED'] !== 'true') await prometheus.startServer();
ready();
