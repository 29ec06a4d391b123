import type { Answer, MeasuredSeries } from '../measure.js';

export interface NamedSeries {
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  /** Unix seconds, value. */
  readonly points: readonly (readonly [number, number])[];
}

/** The series of all queries in their order, named by their legends; buckets hold what is theirs alone. */
export const namedSeries = (answers: readonly Answer[]): NamedSeries[] =>
  answers.flatMap(({ legend, format, series }) =>
    (format === 'heatmap' ? ownCounts(series) : series).map(({ labels, points }) => ({
      name: nameOf(legend, labels),
      labels,
      points,
    })),
  );

const nameOf = (legend: string | undefined, labels: Readonly<Record<string, string>>): string =>
  legend === undefined || legend === ''
    ? JSON.stringify(labels)
    : legend.replace(/\{\{\s*(\w+)\s*\}\}/g, (_, label: string) => labels[label] ?? '');

/** Buckets of Prometheus hold those below too. */
function ownCounts(buckets: readonly MeasuredSeries[]): MeasuredSeries[] {
  const sorted = [...buckets].sort((a, b) => bound(a) - bound(b));
  return sorted.map(({ labels, points }, index) => {
    const below = new Map(sorted[index - 1]?.points);
    return { labels, points: points.map(([at, value]) => [at, Math.max(0, value - (below.get(at) ?? 0))]) };
  });
}

const bound = ({ labels }: MeasuredSeries): number =>
  labels.le === '+Inf' ? Infinity : Number(labels.le ?? NaN);

/** The last that is a number. */
export const lastOf = ({ points }: NamedSeries): number | undefined =>
  points.findLast(([, value]) => !Number.isNaN(value))?.[1];

export const maxOf = ({ points }: NamedSeries): number =>
  Math.max(...points.map(([, value]) => value).filter((value) => !Number.isNaN(value)));
