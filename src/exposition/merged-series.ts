import type {
  Exemplar,
  ExposedFamily,
  ExposedStream,
  HistogramCells,
  NumberCells,
} from './exposed-family.js';
import type { NameScheme } from './names.js';
import { SCOPE_LABELS, scopeLabels } from './scope-labels.js';

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

/** Told of each row of a gauge that is not shown, because another one with other attributes has its labels. */
export type Hidden = (stream: ExposedStream) => void;

/** Each series of the family once: equal sums are added up, and of equal gauges the newest is shown. */
export function mergedNumbers(
  family: ExposedFamily,
  scheme: NameScheme,
  hidden: Hidden,
): Iterable<NumberSeries> {
  const { sums } = family.streams[0];
  const series = new Map<string, NumberSeries & { readonly order: number; readonly names: string }>();
  for (const { stream, cells, row, labels } of rowsOf<NumberCells>(family, scheme)) {
    const before = series.get(labels);
    const order = cells.orderAt?.(row) ?? 0;
    const names = sums ? '' : stream.texts.namesOf(row);
    if (!sums && before !== undefined) {
      if (before.names !== names) hidden(stream);
      if (order < before.order) continue;
    }
    series.set(labels, {
      labels,
      value: (sums ? (before?.value ?? 0) : 0) + cells.valueAt(row),
      startMillis: Math.min(before?.startMillis ?? Infinity, cells.startAt(row)),
      exemplar: cells.exemplarAt(row) ?? before?.exemplar,
      order,
      names,
    });
  }
  return series.values();
}

/**
 * Each histogram of the family once: equal ones are added up. If their buckets differ, the counts of the second go to the
 * first bucket that holds them.
 */
export function mergedHistograms(family: ExposedFamily, scheme: NameScheme): Iterable<HistogramSeries> {
  const series = new Map<string, HistogramSeries>();
  for (const { cells, row, labels } of rowsOf<HistogramCells>(family, scheme)) {
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

function* rowsOf<C extends ExposedStream['cells']>(
  { type, streams }: ExposedFamily,
  scheme: NameScheme,
): Iterable<{ stream: ExposedStream; cells: C; row: number; labels: string }> {
  const isScoped = type === 'gauge' && !streams[0].sums;
  const scopes = isScoped ? scopeLabels(streams) : undefined;
  for (const [at, stream] of streams.entries()) {
    const { cells } = stream;
    const texts = scopes === undefined ? stream.texts : stream.texts.besideLabels(SCOPE_LABELS);
    const scope = scopes?.[at] ?? '';
    for (const row of cells.rows()) {
      const own = texts.of(row, scheme);
      const labels = scope === '' || own === '' ? scope + own : `${scope},${own}`;
      yield { stream, cells: cells as C, row, labels };
    }
  }
}
