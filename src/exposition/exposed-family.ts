import type { NameScheme } from './names.js';

/** The last measurement of a series, or of a bucket, that was made inside a sampled span. */
export interface Exemplar {
  value: number;
  /** When, in milliseconds since the epoch. */
  timeMillis: number;
  traceId: string;
  spanId: string;
}

/** The labels of each row as text. */
export interface RowTexts {
  /** Rows from this one on have no text yet. */
  readonly length: number;
  has(row: number, scheme?: NameScheme): boolean;
  of(row: number, scheme?: NameScheme): string;
  /** Whether two rows have the same text, as far as texts have been asked for. */
  collides(scheme?: NameScheme): boolean;
  /** The names of a row's attributes, of those that are labels. */
  namesOf(row: number): string;
  /** The same for a page where more label names are its own. */
  besideLabels(reserved: ReadonlySet<string>): RowTexts;
}

export type FamilyType = 'counter' | 'gauge' | 'histogram';

/** The numbers of one instrument, by row. */
export interface NumberCells {
  /** In the order in which they are shown. */
  rows(): Iterable<number>;
  valueAt(row: number): number;
  /** When the row began, in milliseconds since the epoch. */
  startAt(row: number): number;
  exemplarAt(row: number): Exemplar | undefined;
  /** Of two rows of a gauge, the one that was recorded last has more; where it is not known, it is the later row. */
  orderAt?(row: number): number;
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

/** What made an instrument. */
export interface ExposedScope {
  readonly name: string;
  readonly version?: string | undefined;
  readonly schemaUrl?: string | undefined;
}

/** One instrument at one collection. */
export type ExposedStream = {
  /** The instrument's name. */
  readonly name: string;
  readonly description: string;
  readonly unit: string;
  /** Declared by the registry: no other instrument takes its name. */
  readonly registry: boolean;
  readonly scope: ExposedScope;
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
