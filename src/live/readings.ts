import type { ExposedStream } from '../exposition/exposed-family.js';
import type { PageContent } from '../exposition/page-content.js';
import type { MetricName } from '../semconv/metrics.js';
import type { Counts, LiveHistogram } from './live-messages.js';

type Labels = Readonly<Record<string, string>>;

const NO_HISTOGRAM: LiveHistogram = { bounds: [], counts: [], sum: 0, count: 0 };
const LABEL = /([A-Za-z_]\w*)="((?:[^"\\]|\\.)*)"/g;
const ESCAPES: Readonly<Record<string, string>> = { n: '\n' };

/** The series of the registry at one moment, added up by whichever label is asked for. */
export class Readings {
  private readonly streams: ReadonlyMap<string, ExposedStream>;

  constructor({ streams }: PageContent) {
    this.streams = new Map(streams.filter(({ registry }) => registry).map((stream) => [stream.name, stream]));
  }

  /** Labels and value of each series; none of a histogram. */
  *series(name: MetricName): Iterable<{ readonly labels: Labels; readonly value: number }> {
    const stream = this.streams.get(name);
    if (stream === undefined || stream.type === 'histogram') return;
    for (const row of stream.cells.rows())
      yield { labels: labelsOf(stream.texts.of(row)), value: stream.cells.valueAt(row) };
  }

  /** All series together; undefined where there is none. */
  value(name: MetricName): number | undefined {
    let sum: number | undefined;
    for (const { value } of this.series(name)) sum = (sum ?? 0) + value;
    return sum;
  }

  total(name: MetricName): number {
    return this.value(name) ?? 0;
  }

  by(label: string, name: MetricName): Counts {
    const counts: Record<string, number> = {};
    for (const { labels, value } of this.series(name)) {
      const key = labels[label] ?? '';
      counts[key] = (counts[key] ?? 0) + value;
    }
    return counts;
  }

  histogram(name: MetricName): LiveHistogram {
    return this.histogramsBy(name, () => '').get('') ?? NO_HISTOGRAM;
  }

  /** Counts of a histogram by the value of a label. */
  recordedBy(label: string, name: MetricName): Counts {
    const found = this.histogramsBy(name, (labels) => labels[label] ?? '');
    return Object.fromEntries([...found].map(([key, { count }]) => [key, count]));
  }

  private histogramsBy(name: MetricName, keyOf: (labels: Labels) => string): Map<string, LiveHistogram> {
    const found = new Map<
      string,
      { bounds: readonly number[]; counts: number[]; sum: number; count: number }
    >();
    const stream = this.streams.get(name);
    if (stream?.type !== 'histogram') return found;
    const { boundaries: bounds } = stream.cells;
    for (const row of stream.cells.rows()) {
      const key = keyOf(labelsOf(stream.texts.of(row)));
      let sums = found.get(key);
      if (sums === undefined) {
        sums = { bounds, counts: new Array<number>(bounds.length + 1).fill(0), sum: 0, count: 0 };
        found.set(key, sums);
      }
      sums.sum += stream.cells.sumAt(row);
      for (let bucket = 0; bucket <= bounds.length; bucket++) {
        const count = stream.cells.countAt(row, bucket);
        sums.counts[bucket] = (sums.counts[bucket] ?? 0) + count;
        sums.count += count;
      }
    }
    return found;
  }
}

/** The labels that stand in the text of a series, as of both formats. */
function labelsOf(text: string): Labels {
  const labels: Record<string, string> = Object.create(null) as Record<string, string>;
  for (const [, name, value] of text.matchAll(LABEL))
    labels[name as string] = (value as string).replace(
      /\\(.)/g,
      (_, escaped: string) => ESCAPES[escaped] ?? escaped,
    );
  return labels;
}
