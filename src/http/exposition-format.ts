import { mediaRanges, type MediaRange } from './accept.js';

/** `text` is Prometheus' text format 0.0.4, `openmetrics` is OpenMetrics 1.0.0. */
export type ExpositionFormat = 'text' | 'openmetrics';

/**
 * The format that an Accept header prefers; text where it prefers none, or admits neither, or cannot be read.
 *
 * OpenMetrics is given for 1.0.0 and where no version is named, which stands for 1.0.0 in its specification. Its
 * draft 0.0.1, which Prometheus asks for beside 1.0.0, is another matter: a scraper that knows no more gets text if
 * it admits text, as from Prometheus' own client for Python. If it names nothing but the draft it gets 1.0.0, which
 * Prometheus reads with the parser that it has for 0.0.1. Of text/plain the version 1.0.0, with its names in quotes,
 * is never written here. Parameters other than `version` and `q` do not count.
 *
 * Never throws; takes time in proportion to the length of the header.
 *
 * Source: RFC 9110 §12.5.1.
 */
export function negotiateFormat(accept: string | undefined): ExpositionFormat {
  if (accept === undefined) return 'text';
  const ranges = mediaRanges(accept);
  const text = weightOf(ranges, 'text', 'plain', '0.0.4');
  const openMetrics = weightOf(ranges, 'application', 'openmetrics-text', '1.0.0');
  if (openMetrics > text) return 'openmetrics';
  if (text > 0) return 'text';
  return weightOf(ranges, 'application', 'openmetrics-text', '0.0.1') > 0 ? 'openmetrics' : 'text';
}

/** The weight of the most specific range that has this media type in it; 0 if none has. */
function weightOf(ranges: readonly MediaRange[], type: string, subtype: string, version: string): number {
  let best = { specificity: -1, weight: 0 };
  for (const range of ranges) {
    const specificity = specificityOf(range, type, subtype, version);
    if (specificity < 0 || specificity < best.specificity) continue;
    // Of two that say as much, the larger weight.
    const isMore = specificity > best.specificity || range.weight > best.weight;
    if (isMore) best = { specificity, weight: range.weight };
  }
  return best.weight;
}

/** How exactly a range names a media type; negative if it does not have it. */
function specificityOf(range: MediaRange, type: string, subtype: string, version: string): number {
  if (range.version !== undefined && range.version !== version) return -1;
  if (range.type === type && range.subtype === subtype) return range.version === undefined ? 2 : 3;
  if (range.subtype !== '*') return -1;
  if (range.type === type) return 1;
  return range.type === '*' ? 0 : -1;
}
