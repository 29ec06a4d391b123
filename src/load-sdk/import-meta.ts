import { createRequire } from 'node:module';
import type * as Loaders from './require.js';

const require = createRequire(import.meta.url);

function load<Name extends keyof typeof Loaders>(path: string): ReturnType<(typeof Loaders)[Name]> {
  return require(path) as ReturnType<(typeof Loaders)[Name]>;
}

export const loadSdk = () => load<'loadSdk'>('../sdk/index.js');
export const loadResource = () => load<'loadResource'>('../sdk/resource.js');
export const loadTraceSdk = () => load<'loadTraceSdk'>('../sdk/traces/trace-sdk.js');
export const loadStockMetrics = () => load<'loadStockMetrics'>('../sdk/metrics/stock/stock-metric-store.js');
export const loadStockSdk = () => load<'loadStockSdk'>('@opentelemetry/sdk-metrics');
export const loadCore = () => load<'loadCore'>('@opentelemetry/core');
export const loadSpanExporter = () => load<'loadSpanExporter'>('@opentelemetry/exporter-trace-otlp-proto');
export const loadMetricExporter = () =>
  load<'loadMetricExporter'>('@opentelemetry/exporter-metrics-otlp-proto');
