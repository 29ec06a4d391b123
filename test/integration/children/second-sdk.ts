// Registers providers twice: NodeSDK after us, or two others beside us, by the argument.
import { metrics, trace } from '@opentelemetry/api';
import { MeterProvider } from '@opentelemetry/sdk-metrics';
import { NodeSDK } from '@opentelemetry/sdk-node';
import { InMemorySpanExporter, SimpleSpanProcessor } from '@opentelemetry/sdk-trace-base';
import { initObservability } from '../../../src/index.js';

const others = process.argv[2] === 'others';
if (others) metrics.setGlobalMeterProvider(new MeterProvider());
const obs = initObservability({ serviceName: 't', prometheus: false, otlp: false, diagnostics: 'warn' });
if (!others) {
  const spanProcessors = [new SimpleSpanProcessor(new InMemorySpanExporter())];
  new NodeSDK({ spanProcessors, autoDetectResources: false }).start();
}
metrics.setGlobalMeterProvider(new MeterProvider());
await new Promise((resolve) => setImmediate(resolve));
trace.setGlobalTracerProvider(trace.getTracerProvider());
await obs.shutdown();
