import type { Exemplar, ExposedStream, HistogramCells, NumberCells } from '../exposition/exposed-family.js';
import { mergedHistograms, mergedNumbers } from '../exposition/merged-series.js';
import {
  type Report,
  type StreamAbout,
  toWire,
  type WireExemplar,
  type WireRow,
  type WireStream,
} from './messages.js';

/** About how long a report may be, in characters: it is one message. */
const REPORT_LENGTH = 48 * 1024;
/** Rows that are looked at before the event loop has its turn. */
const ROWS_PER_TURN = 2000;

/** A series as it was last reported. */
interface Sent {
  value: number;
  count: number;
  /** The look at which it was last seen. */
  look: number;
}

interface SentStream {
  readonly number: number;
  readonly series: Map<string, Sent>;
  look: number;
}

/** A series as it is. */
interface Seen {
  readonly labels: string;
  /** What tells whether it has changed: the value, or the sum and the number of measurements. */
  readonly value: number;
  readonly count: number;
  row(stream: number): WireRow;
}

/** What has changed of the series of this process since the last look, for one reader of its reports. */
export class ChangeReports {
  private readonly streams = new Map<string, SentStream>();
  private looks = 0;
  private looking = false;
  /** Whether the full report has ended. */
  private ended = false;

  /** Whether a look has ended before its time, so that not all it saw is in a report. */
  get isBroken(): boolean {
    return this.looking;
  }

  /**
   * The changes as reports. `undefined` is a pause: others may have their turn. To be read to its end, before the next
   * look. The first looks, to the first complete one, are a full report.
   *
   * @param complete - whether all streams are there; one that is missing is no more
   */
  *look(streams: readonly ExposedStream[], complete: boolean): Generator<Report | undefined> {
    this.looking = true;
    const first = this.looks === 0;
    const look = ++this.looks;
    let report = new ReportBuilder(first);
    let rows = 0;
    for (const [key, stream] of keyed(streams)) {
      const sent = this.sentOf(key, stream, report);
      sent.look = look;
      for (const row of stream.cells.rows()) {
        stream.texts.of(row); // all of them, before it can be said whether two are equal
        if (++rows % ROWS_PER_TURN === 0) yield undefined;
      }
      for (const seen of seriesOf(stream)) {
        if (hasChanged(sent.series, seen, look)) {
          report.add(seen.row(sent.number));
          if (report.isFull) {
            yield report.take(false);
            report = new ReportBuilder(false);
          }
        }
        if (++rows % ROWS_PER_TURN === 0) yield undefined;
      }
      removeUnseen(sent, look, report);
    }
    if (complete)
      for (const sent of this.streams.values()) if (sent.look !== look) removeUnseen(sent, look, report);
    this.looking = false;
    const ends = complete && !this.ended;
    this.ended ||= complete;
    if (first || ends || !report.isEmpty) yield report.take(ends);
  }

  private sentOf(key: string, stream: ExposedStream, report: ReportBuilder): SentStream {
    const known = this.streams.get(key);
    if (known !== undefined) return known;
    const sent = { number: this.streams.size, series: new Map<string, Sent>(), look: 0 };
    this.streams.set(key, sent);
    report.declare([sent.number, key, aboutOf(stream), boundariesOf(stream)]);
    return sent;
  }
}

class ReportBuilder {
  private readonly streams: WireStream[] = [];
  private readonly rows: WireRow[] = [];
  private readonly removed: [number, string][] = [];
  private length = 0;

  constructor(private readonly begin: boolean) {}

  get isEmpty(): boolean {
    return this.rows.length === 0 && this.streams.length === 0 && this.removed.length === 0;
  }

  get isFull(): boolean {
    return this.length > REPORT_LENGTH;
  }

  declare(stream: WireStream): void {
    this.streams.push(stream);
    this.length += 200 + stream[2].description.length;
  }

  add(row: WireRow): void {
    this.rows.push(row);
    this.length += row[1].length + 20 * (row[3].length + 1) + 100 * (row[4]?.length ?? 0);
  }

  remove(stream: number, labels: string): void {
    this.removed.push([stream, labels]);
    this.length += labels.length;
  }

  take(end: boolean): Report {
    const { begin, streams, rows, removed } = this;
    return {
      ...(begin && { begin }),
      ...(streams.length > 0 && { streams }),
      ...(rows.length > 0 && { rows }),
      ...(removed.length > 0 && { removed }),
      ...(end && { end }),
    };
  }
}

function hasChanged(series: Map<string, Sent>, { labels, value, count }: Seen, look: number): boolean {
  const sent = series.get(labels);
  if (sent === undefined) {
    series.set(labels, { value, count, look });
    return true;
  }
  sent.look = look;
  if (Object.is(sent.value, value) && sent.count === count) return false;
  sent.value = value;
  sent.count = count;
  return true;
}

function removeUnseen({ number, series }: SentStream, look: number, report: ReportBuilder): void {
  for (const [labels, sent] of series) {
    if (sent.look === look) continue;
    series.delete(labels);
    report.remove(number, labels);
  }
}

/** Streams with what they are told apart by, over processes too: all but their texts, and their place among equals. */
function* keyed(streams: readonly ExposedStream[]): Iterable<[string, ExposedStream]> {
  const equals = new Map<string, number>();
  for (const stream of streams) {
    const key = keys.get(stream.texts) ?? keyOf(stream);
    keys.set(stream.texts, key);
    const before = equals.get(key) ?? 0;
    equals.set(key, before + 1);
    yield [before === 0 ? key : `${key}#${before}`, stream];
  }
}

/** Kept, since they are asked for at each look. */
const keys = new WeakMap<ExposedStream['texts'], string>();

function keyOf(stream: ExposedStream): string {
  return JSON.stringify([{ ...aboutOf(stream), description: '', unit: '' }, boundariesOf(stream)]);
}

function aboutOf(stream: ExposedStream): StreamAbout {
  const about = Object.entries(stream).filter(([name]) => name !== 'cells' && name !== 'texts');
  return Object.fromEntries(about) as unknown as StreamAbout;
}

function boundariesOf(stream: ExposedStream): readonly number[] | null {
  return stream.type === 'histogram' ? stream.cells.boundaries : null;
}

/** Each series once, as the page of this process alone would show it. */
function* seriesOf(stream: ExposedStream): Iterable<Seen> {
  const { texts } = stream;
  if (stream.type === 'histogram') {
    if (texts.collides()) {
      for (const { labels, counts, sum, startMillis, exemplars } of mergedHistograms(alone(stream), 'otel'))
        yield histogramSeen(labels, startMillis, sum, counts, exemplars);
    } else yield* histogramsOf(stream.cells, texts);
  } else if (texts.collides()) {
    for (const { labels, value, startMillis, exemplar } of mergedNumbers(alone(stream), 'otel', () => {}))
      yield numberSeen(labels, startMillis, value, exemplar);
  } else yield* numbersOf(stream.cells, texts);
}

function alone(stream: ExposedStream) {
  return { name: stream.name, type: stream.type, streams: [stream] as const };
}

function* numbersOf(cells: NumberCells, texts: ExposedStream['texts']): Iterable<Seen> {
  for (const row of cells.rows()) {
    const value = cells.valueAt(row);
    const labels = texts.of(row);
    yield {
      labels,
      value,
      count: 0,
      row: (stream) => numberSeen(labels, cells.startAt(row), value, cells.exemplarAt(row)).row(stream),
    };
  }
}

function* histogramsOf(cells: HistogramCells, texts: ExposedStream['texts']): Iterable<Seen> {
  const buckets = cells.boundaries.length + 1;
  for (const row of cells.rows()) {
    const labels = texts.of(row);
    let count = 0;
    for (let bucket = 0; bucket < buckets; bucket++) count += cells.countAt(row, bucket);
    yield {
      labels,
      value: cells.sumAt(row),
      count,
      row: (stream) => {
        const counts = Array.from({ length: buckets }, (_, bucket) => cells.countAt(row, bucket));
        const exemplars = counts.map((_, bucket) => cells.exemplarAt(row, bucket));
        return histogramSeen(labels, cells.startAt(row), cells.sumAt(row), counts, exemplars).row(stream);
      },
    };
  }
}

function numberSeen(labels: string, start: number, value: number, exemplar: Exemplar | undefined): Seen {
  const exemplars = exemplar === undefined ? [] : [wireExemplar(0, exemplar)];
  return {
    labels,
    value,
    count: 0,
    row: (stream) => withExemplars([stream, labels, start, [toWire(value)]], exemplars),
  };
}

function histogramSeen(
  labels: string,
  start: number,
  sum: number,
  counts: readonly number[],
  exemplars: readonly (Exemplar | undefined)[],
): Seen {
  return {
    labels,
    value: sum,
    count: counts.reduce((total, count) => total + count, 0),
    row: (stream) => {
      const kept = exemplars.flatMap((exemplar, bucket) =>
        exemplar ? [wireExemplar(bucket, exemplar)] : [],
      );
      return withExemplars([stream, labels, start, [toWire(sum), ...counts]], kept);
    },
  };
}

function withExemplars(row: WireRow, exemplars: readonly WireExemplar[]): WireRow {
  return exemplars.length === 0 ? row : [row[0], row[1], row[2], row[3], exemplars];
}

function wireExemplar(slot: number, { value, timeMillis, traceId, spanId }: Exemplar): WireExemplar {
  return [slot, toWire(value), timeMillis, traceId, spanId];
}
