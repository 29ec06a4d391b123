import type { SeriesTexts } from './labels.js';

/** The last measurement of a series, or of a bucket, that was made inside a sampled span. */
export interface Exemplar {
  value: number;
  /** When, in milliseconds since the epoch. */
  timeMillis: number;
  traceId: string;
  spanId: string;
}

/** The labels of each row as text. */
export type RowTexts = Pick<SeriesTexts, 'of' | 'has' | 'length' | 'collide'>;

export type FamilyType = 'counter' | 'gauge' | 'histogram';

/** The numbers of one instrument, by row. */
export interface NumberCells {
  /** In the order in which they are shown. */
  rows(): Iterable<number>;
  valueAt(row: number): number;
  /** When the row began, in milliseconds since the epoch. */
  startAt(row: number): number;
  exemplarAt(row: number): Exemplar | undefined;
}

/** The histograms of one instrument, by row. */
export interface HistogramCells {
  readonly boundaries: readonly number[];
  rows(): Iterable<number>;
  sumAt(row: number): number;
  countAt(row: number, bucket: number): number;
  startAt(row: number): number;
  exemplarAt(row: number, bucket: number): Exemplar | undefined;
}

/** One instrument at one collection. */
export type ExposedStream = {
  /** The instrument's name. */
  readonly name: string;
  readonly description: string;
  readonly unit: string;
  /** Declared by the registry: no other instrument takes its name. */
  readonly registry: boolean;
  /** Whether equal series are added up; if not, the last one is shown. */
  readonly sums: boolean;
  /** Its values are what callbacks gave; all others are recorded. */
  readonly observed?: true;
  readonly texts: RowTexts;
} & (
  | { readonly type: 'counter' | 'gauge'; readonly cells: NumberCells }
  | { readonly type: 'histogram'; readonly cells: HistogramCells }
);

/** All instruments whose series have one name on the page. */
export interface ExposedFamily {
  /** As it is shown; a counter's ends with `_total`. */
  readonly name: string;
  readonly type: FamilyType;
  readonly streams: readonly [ExposedStream, ...ExposedStream[]];
}
