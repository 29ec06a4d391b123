import type * as Core from '@opentelemetry/core';
import type * as MetricExporter from '@opentelemetry/exporter-metrics-otlp-proto';
import type * as SpanExporter from '@opentelemetry/exporter-trace-otlp-proto';
import type * as StockSdk from '@opentelemetry/sdk-metrics';
import type * as Sdk from '../pipelines.js';
import type * as StockMetrics from '../otel-sdk/stock-metric-store.js';
import type * as Resource from '../otel-sdk/resource.js';
import type * as TraceSdk from '../otel-sdk/traces/trace-sdk.js';

declare const require: (path: string) => unknown;

// What is loaded when it is first needed. This file is the one that is built; the other in this folder stands for it where
// the sources run as ES modules, which have no `require`. Each path is literal, so that bundlers find it.

export const loadPipelines = () => require('../pipelines.js') as typeof Sdk;
export const loadResource = () => require('../otel-sdk/resource.js') as typeof Resource;
export const loadTraceSdk = () => require('../otel-sdk/traces/trace-sdk.js') as typeof TraceSdk;
export const loadStockMetrics = () => require('../otel-sdk/stock-metric-store.js') as typeof StockMetrics;
export const loadStockSdk = () => require('@opentelemetry/sdk-metrics') as typeof StockSdk;
export const loadCore = () => require('@opentelemetry/core') as typeof Core;
export const loadSpanExporter = () =>
  require('@opentelemetry/exporter-trace-otlp-proto') as typeof SpanExporter;
export const loadMetricExporter = () =>
  require('@opentelemetry/exporter-metrics-otlp-proto') as typeof MetricExporter;
