import type { MetricRule } from './rule.js';

const KINDS = new Set(['counter', 'updowncounter', 'gauge', 'histogram', 'summary', 'metric']);
/** Names of the series of histograms and summaries, in the text format and in OpenMetrics. */
const SERIES_SUFFIX = /_(bucket|count|sum|created|gcount|gsum)$/;

/** A name says what is measured, not how, and is not the name of a part of another metric. */
export const reservedNames: MetricRule = {
  rule: 'reserved-names',
  *check(name, { kind, unit }) {
    for (const word of name.split('_')) {
      if (KINDS.has(word)) yield `"${word}" in a name says what the type says`;
    }
    const suffix = SERIES_SUFFIX.exec(name);
    if (suffix) yield `${suffix[0]} is the name of a series of a histogram or summary`;
    if (name.endsWith('_info') && (kind !== 'observableGauge' || unit !== '')) {
      yield '_info belongs to a gauge of the constant 1 without a unit';
    }
  },
};
