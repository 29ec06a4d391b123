export { createTestObservability, type TestObservability } from './test-observability.js';
export { expectMetric, type SeriesSource } from './expect-metric.js';
export type { CollectedSeries, CollectedSpan } from '../otel-sdk/in-memory-sdk.js';
