import type { CollectedSeries } from '../otel-sdk/in-memory-sdk.js';
import type { MetricLabels, MetricName } from '../semconv/metrics.js';

/** Anything that can list its series, as a TestObservability. */
export interface SeriesSource {
  series(): Promise<CollectedSeries[]>;
}

/**
 * Asserts the value of one series of a registry metric: of a counter or gauge its value, of a histogram how often it
 * was recorded. `undefined` asserts that the series does not exist.
 *
 * @throws Error naming the metric, the labels, what was found and which series there are
 */
export async function expectMetric<N extends MetricName>(
  source: SeriesSource,
  name: N,
  labels: MetricLabels<N>,
  expected: number | undefined,
): Promise<void> {
  const all = (await source.series()).filter((series) => series.name === name);
  const found = all.find((series) => sameLabels(series.labels, labels));
  const actual = found?.count ?? found?.value;
  if (actual === expected) return;
  const others = all.map((series) => `  ${JSON.stringify(series.labels)} ${series.count ?? series.value}`);
  throw new Error(
    `expected ${name}${JSON.stringify(labels)} to be ${expected}, found ${actual}; its series are:\n` +
      (others.join('\n') || '  none'),
  );
}

function sameLabels(a: Readonly<Record<string, unknown>>, b: Readonly<Record<string, unknown>>): boolean {
  const keys = Object.keys(a);
  return keys.length === Object.keys(b).length && keys.every((key) => a[key] === b[key]);
}
