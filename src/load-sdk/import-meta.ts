import { createRequire } from 'node:module';
import type * as Loaders from './require.js';

const require = createRequire(import.meta.url);

function load<Name extends keyof typeof Loaders>(path: string): ReturnType<(typeof Loaders)[Name]> {
  return require(path) as ReturnType<(typeof Loaders)[Name]>;
}

export const loadPipelines = () => load<'loadPipelines'>('../pipelines.js');
export const loadResource = () => load<'loadResource'>('../otel-sdk/resource.js');
export const loadTraceSdk = () => load<'loadTraceSdk'>('../otel-sdk/traces/trace-sdk.js');
export const loadStockMetrics = () => load<'loadStockMetrics'>('../otel-sdk/stock-metric-store.js');
export const loadStockSdk = () => load<'loadStockSdk'>('@opentelemetry/sdk-metrics');
export const loadCore = () => load<'loadCore'>('@opentelemetry/core');
export const loadSpanExporter = () => load<'loadSpanExporter'>('@opentelemetry/exporter-trace-otlp-proto');
export const loadMetricExporter = () =>
  load<'loadMetricExporter'>('@opentelemetry/exporter-metrics-otlp-proto');
