import type { Exemplar } from '../exposition/exposed-family.js';
import { OVERFLOW } from '../semconv/values.js';
import {
  fromWire,
  type Report,
  type StreamAbout,
  toWire,
  type WireRow,
  type WireStream,
} from './messages.js';

/** One series of one process, as it was reported. */
export interface SeriesCell {
  /** When it began, in milliseconds since the epoch. */
  start: number;
  /** The value; of a histogram the sum and the counts of its buckets. Replaced, and never changed: others may hold it. */
  numbers: readonly number[];
  /** By bucket; a number has one at most. */
  exemplars: Exemplar[] | undefined;
  /** Orders the changes of all series. */
  changed: number;
  /** The full report that it was last in. */
  full: number;
}

/** One stream of one process. */
export interface StreamState {
  readonly key: string;
  readonly about: StreamAbout;
  readonly boundaries: readonly number[] | null;
  readonly cells: Map<string, SeriesCell>;
}

/** How many bytes series may take, by estimate. */
export class SeriesBudget {
  private taken = 0;

  constructor(readonly max: number) {}

  /** Whether there is room, or there must be; if so, it is taken. */
  take(bytes: number, must: boolean): boolean {
    if (!must && this.taken + bytes > this.max) return false;
    this.taken += bytes;
    return true;
  }

  give(bytes: number): void {
    this.taken -= bytes;
  }
}

/** Numbers the changes of all series. */
let changes = 0;

/** Most streams of one process. */
const MAX_STREAMS = 20_000;
/** Rows of one of several reports. */
const ROWS_PER_REPORT = 300;

/** The series of one process, or of all that have left, as they are known from reports. */
export class SeriesState {
  /** In the order in which they were first reported. */
  readonly streams = new Map<string, StreamState>();
  private numbers = new Map<number, StreamState>();
  private full = 0;
  private bytes = 0;

  /** @param share - of the budget, that it may have */
  constructor(
    private readonly budget: SeriesBudget,
    private readonly share = 1,
  ) {}

  /** Takes a report; returns how many series there was no room for. */
  apply({ begin, streams = [], rows = [], removed = [], end }: Report): number {
    if (begin) {
      this.full++;
      this.numbers = new Map();
    }
    for (const stream of streams) this.declare(stream);
    let refused = 0;
    for (const row of rows) {
      const stream = this.numbers.get(row[0]);
      if (stream === undefined || !this.set(stream, row)) refused++;
    }
    for (const [number, labels] of removed) {
      const stream = this.numbers.get(number);
      if (stream) this.remove(stream, labels);
    }
    if (end) this.removeOld();
    return refused;
  }

  /**
   * Takes over what counts of another, which is empty then: its counters and histograms. New streams past `maxStreams` are
   * left out; new series past `maxCells` of a stream, or for which there is no room, are one. Returns how many series that
   * were.
   */
  takeOver(other: SeriesState, maxStreams: number, maxCells: number): number {
    other.giveBack();
    let overflowed = 0;
    for (const { key, about, boundaries, cells } of other.streams.values()) {
      if (about.type === 'gauge') continue;
      if (!this.streams.has(key) && this.streams.size >= maxStreams) {
        overflowed += cells.size;
        continue;
      }
      const into = this.stream(key, about, boundaries);
      for (const [labels, cell] of cells) {
        const { length } = cell.numbers;
        const fits = into.cells.has(labels) || into.cells.size < maxCells;
        const own = fits ? this.open(into, labels, length, false) : undefined;
        if (own === undefined) overflowed++;
        addCell(own ?? this.open(into, overflowLabels(labels), length, true), cell);
      }
    }
    other.clear();
    return overflowed;
  }

  /** All of it, as reports of which the first begins and the last ends a full one. Streams have the process' own numbers. */
  *reports(): Generator<Report> {
    const numbered = new Map([...this.numbers].map(([number, stream]) => [stream, number]));
    let next = Math.max(-1, ...this.numbers.keys()) + 1;
    const streams = [...this.streams.values()].map(
      (stream) => [numbered.get(stream) ?? next++, stream] as const,
    );
    yield {
      begin: true,
      streams: streams.map(([number, { key, about, boundaries }]) => [number, key, about, boundaries]),
    };
    for (const [number, { cells }] of streams) {
      let rows: WireRow[] = [];
      for (const [labels, cell] of cells) {
        rows.push(wireRow(number, labels, cell));
        if (rows.length < ROWS_PER_REPORT) continue;
        yield { rows };
        rows = [];
      }
      if (rows.length > 0) yield { rows };
    }
    yield { end: true };
  }

  /** Gives back all that it holds. */
  clear(): void {
    this.giveBack();
    this.streams.clear();
    this.numbers.clear();
  }

  private giveBack(): void {
    this.budget.give(this.bytes);
    this.bytes = 0;
  }

  private declare([number, key, about, boundaries]: WireStream): void {
    if (this.streams.size >= MAX_STREAMS && !this.streams.has(key)) return;
    this.numbers.set(number, this.stream(key, about, boundaries));
  }

  private stream(key: string, about: StreamAbout, boundaries: readonly number[] | null): StreamState {
    const known = this.streams.get(key);
    if (known !== undefined) return known;
    const made = { key, about, boundaries, cells: new Map<string, SeriesCell>() };
    this.streams.set(key, made);
    return made;
  }

  private set(stream: StreamState, [, labels, start, wire, exemplars]: WireRow): boolean {
    const numbers = wire.map(fromWire);
    const expected = stream.boundaries === null ? 1 : stream.boundaries.length + 2;
    if (numbers.length !== expected) return false;
    const cell = this.open(stream, labels, expected, false);
    if (cell === undefined) return false;
    cell.start = start;
    cell.numbers = numbers;
    cell.exemplars = exemplars?.reduce<Exemplar[]>((all, [slot, value, timeMillis, traceId, spanId]) => {
      all[slot] = { value: fromWire(value), timeMillis, traceId, spanId };
      return all;
    }, []);
    cell.changed = ++changes;
    cell.full = this.full;
    return true;
  }

  /** The cell of these labels, which holds nothing where it is new; undefined where there is no room. */
  private open(stream: StreamState, labels: string, length: number, must: true): SeriesCell;
  private open(stream: StreamState, labels: string, length: number, must: false): SeriesCell | undefined;
  private open(stream: StreamState, labels: string, length: number, must: boolean): SeriesCell | undefined {
    const known = stream.cells.get(labels);
    if (known !== undefined) return known;
    const bytes = bytesOf(labels, length);
    const isPast = this.bytes + bytes > this.share * this.budget.max;
    if ((isPast && !must) || !this.budget.take(bytes, must)) return undefined;
    this.bytes += bytes;
    const numbers = new Array<number>(length).fill(0);
    const cell = { start: Infinity, numbers, exemplars: undefined, changed: ++changes, full: this.full };
    stream.cells.set(labels, cell);
    return cell;
  }

  private remove(stream: StreamState, labels: string): void {
    const cell = stream.cells.get(labels);
    if (cell === undefined) return;
    stream.cells.delete(labels);
    const bytes = bytesOf(labels, cell.numbers.length);
    this.bytes -= bytes;
    this.budget.give(bytes);
  }

  private removeOld(): void {
    for (const stream of this.streams.values()) {
      for (const [labels, cell] of stream.cells) if (cell.full !== this.full) this.remove(stream, labels);
    }
  }
}

function addCell(into: SeriesCell, from: SeriesCell): void {
  into.start = Math.min(into.start, from.start);
  into.numbers = sumOf(into.numbers, from.numbers);
  into.exemplars = from.exemplars ?? into.exemplars;
}

/** Of equal length, place by place. */
export function sumOf(one: readonly number[], other: readonly number[]): number[] {
  return one.map((number, i) => number + (other[i] as number));
}

/** Labels of a series that stands for many: the names stay, so that sums over them are right. */
function overflowLabels(labels: string): string {
  return labels.replace(/"(?:[^"\\]|\\.)*"/g, `"${OVERFLOW}"`);
}

function wireRow(number: number, labels: string, { start, numbers, exemplars }: SeriesCell): WireRow {
  const row: WireRow = [number, labels, start, numbers.map(toWire)];
  if (exemplars === undefined) return row;
  const kept = exemplars.flatMap((one, slot) =>
    one ? [[slot, toWire(one.value), one.timeMillis, one.traceId, one.spanId] as const] : [],
  );
  return [...row.slice(0, 4), kept] as unknown as WireRow;
}

/** About what a series costs in memory. */
function bytesOf(labels: string, numbers: number): number {
  return 2 * labels.length + 8 * numbers + 150;
}
