export { createTestObservability, type TestObservability } from './test-observability.js';
export { expectMetric, type SeriesSource } from './test-observability.js';
export type { CollectedEvent } from '../pipeline/logs/in-memory-logs.js';
export type { CollectedSpan } from '../pipeline/traces/in-memory-spans.js';
export type { CollectedSeries } from '../pipeline/metrics/metric-store.js';
export { parseExposition, type Family as ExpositionFamily, type FamilyType } from './parse-exposition.js';
export {
  parseOpenMetrics,
  type Exemplar as OpenMetricsExemplar,
  type OpenMetricsFamily,
  type OpenMetricsSample,
  type OpenMetricsType,
} from './parse-openmetrics.js';
export { sampleValue, seriesOf, type Labels, type Sample, type SampleFamily } from './samples.js';
export { ExpositionError } from './text-cursor.js';
export type { EventSettings } from '../events/governance-events.js';
export type { Recorders } from '../observability.js';
export type { CardinalityLimits } from '../cardinality/cardinality-limits.js';
export type { Clock } from '../common/clock.js';
export type { MetricLabels, MetricName } from '../semconv/index.js';
