import type { SeriesTexts } from './series-texts.js';

/** The last measurement of a series, or of a bucket, that was made inside a sampled span. */
export interface Exemplar {
  value: number;
  /** When, in milliseconds since the epoch. */
  timeMillis: number;
  traceId: string;
  spanId: string;
}

export type FamilyType = 'counter' | 'gauge' | 'histogram';

/** Cells of numbers, by row. */
export interface NumberCells {
  /** SeriesIndex in the order in which they are shown. */
  rows(): Iterable<number>;
  valueAt(row: number): number;
  /** When the row began, in milliseconds since the epoch. */
  startAt(row: number): number;
  exemplarAt(row: number): Exemplar | undefined;
}

/** Cells of histograms, by row. */
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
  /** One of the registry, whose names are its own. */
  readonly registry: boolean;
  /** Equal series are added up; of others the last one stays. */
  readonly sums: boolean;
  readonly texts: SeriesTexts;
} & (
  | { readonly type: 'counter' | 'gauge'; readonly cells: NumberCells }
  | { readonly type: 'histogram'; readonly cells: HistogramCells }
);

/** All instruments whose series have one name on the page. */
export interface ExposedFamily {
  /** As it is shown; of a counter with its `_total`. */
  readonly name: string;
  readonly type: FamilyType;
  readonly streams: readonly [ExposedStream, ...ExposedStream[]];
}
