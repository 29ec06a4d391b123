import type {
  Exemplar,
  ExposedFamily,
  ExposedStream,
  HistogramCells,
  NumberCells,
} from './exposed-family.js';

/** One line of a family of numbers. */
export interface NumberSeries {
  readonly labels: string;
  readonly value: number;
  readonly startMillis: number;
  readonly exemplar: Exemplar | undefined;
}

/** The lines of a histogram. */
export interface HistogramSeries {
  readonly labels: string;
  readonly boundaries: readonly number[];
  readonly counts: readonly number[];
  readonly sum: number;
  readonly startMillis: number;
  readonly exemplars: readonly (Exemplar | undefined)[];
}

/** Each series of the family once: equal sums are added up, and of equal gauges the last one is shown. */
export function mergedNumbers(family: ExposedFamily): Iterable<NumberSeries> {
  const series = new Map<string, NumberSeries>();
  for (const { cells, row, labels } of rowsOf<NumberCells>(family)) {
    const before = series.get(labels);
    const sum = family.streams[0].sums ? (before?.value ?? 0) : 0;
    series.set(labels, {
      labels,
      value: sum + cells.valueAt(row),
      startMillis: Math.min(before?.startMillis ?? Infinity, cells.startAt(row)),
      exemplar: cells.exemplarAt(row) ?? before?.exemplar,
    });
  }
  return series.values();
}

/**
 * Each histogram of the family once: equal ones are added up. If their buckets differ, the counts of the second go to the
 * first bucket that holds them.
 */
export function mergedHistograms(family: ExposedFamily): Iterable<HistogramSeries> {
  const series = new Map<string, HistogramSeries>();
  for (const { cells, row, labels } of rowsOf<HistogramCells>(family)) {
    const before = series.get(labels) ?? emptyHistogram(labels, cells.boundaries);
    const { boundaries } = before;
    const counts = [...before.counts];
    const exemplars = [...before.exemplars];
    for (let bucket = 0; bucket <= cells.boundaries.length; bucket++) {
      const upper = cells.boundaries[bucket] ?? Infinity;
      const at = boundaries.findIndex((boundary) => upper <= boundary);
      const slot = at === -1 ? boundaries.length : at;
      counts[slot] = (counts[slot] as number) + cells.countAt(row, bucket);
      exemplars[slot] = cells.exemplarAt(row, bucket) ?? exemplars[slot];
    }
    series.set(labels, {
      labels,
      boundaries,
      counts,
      exemplars,
      sum: before.sum + cells.sumAt(row),
      startMillis: Math.min(before.startMillis, cells.startAt(row)),
    });
  }
  return series.values();
}

function emptyHistogram(labels: string, boundaries: readonly number[]): HistogramSeries {
  const counts = new Array<number>(boundaries.length + 1).fill(0);
  return { labels, boundaries, counts, exemplars: [], sum: 0, startMillis: Infinity };
}

function* rowsOf<C extends ExposedStream['cells']>({
  streams,
}: ExposedFamily): Iterable<{ cells: C; row: number; labels: string }> {
  for (const { cells, texts } of streams) {
    for (const row of cells.rows()) yield { cells: cells as C, row, labels: texts.of(row) };
  }
}
