import type { Attributes } from '@opentelemetry/api';
import type { SeriesIndex } from '../../cardinality/registry-meter.js';
import { writeAttribute, writeAttributes } from '../otlp/common-messages.js';
import type { Field, MessageWriter } from '../otlp/message-writer.js';
import { ProtobufWriter } from '../otlp/protobuf-writer.js';
import { isHistogram, type MetricStream } from './metric-stream.js';

// The attributes of a NumberDataPoint and of a HistogramDataPoint of opentelemetry/proto/metrics/v1/metrics.proto.
const OF_NUMBER: Field = { number: 7, name: 'attributes' };
const OF_HISTOGRAM: Field = { number: 9, name: 'attributes' };

/** Most attributes of a series that is remembered; those of others are encoded each time. */
const MAX_WIDTH = 8;
/** Most bytes of encoded attributes that are kept; what does not fit is encoded each time. */
const MAX_BYTES = 4 * 1024 * 1024;
const FIRST_BYTES = 1024;
const NOTHING = Buffer.alloc(0);
/** Bytes of a length. */
const LENGTH = 4;

/**
 * The attributes of the series of one metric, for pushes, which write the same ones time after time. In protobuf each
 * attribute is encoded once, however many series have it, and a series keeps where its attributes stand: 100,000 series
 * with four labels are written in an eighth of the time that the characters of their texts take. That costs 4 bytes a
 * label and series, and the bytes of each value once.
 */
export class PushedAttributes {
  /** Encoded attributes, each after its length. The first bytes are none's, so that no attribute stands at 0. */
  private bytes = NOTHING;
  private view = new DataView(NOTHING.buffer);
  private end = LENGTH;
  /** Where each attribute stands, by name and value. */
  private readonly known = new Map<string, Map<unknown, number>>();
  /** Where the attributes of each row stand, `width` numbers a row, of which 0 ends them. */
  private places = new Int32Array(0);
  private width = 1;
  /** Rows that were remembered since all was thrown away, and how many of them are forgotten. */
  private remembered = 0;
  private forgotten = 0;
  private full = false;

  private readonly rows: Pick<SeriesIndex, 'attributesOf'>;
  private readonly field: Field;

  constructor(stream: MetricStream) {
    this.rows = stream.rows;
    this.field = isHistogram(stream) ? OF_HISTOGRAM : OF_NUMBER;
  }

  /** Bytes that it holds, beside what the map of values takes. */
  get size(): number {
    return this.bytes.length + this.places.byteLength;
  }

  write(writer: MessageWriter, row: number): void {
    if (!(writer instanceof ProtobufWriter)) {
      return writeAttributes(writer, this.field, this.rows.attributesOf(row));
    }
    const { places, width, view } = this;
    const first = row * width;
    if (first >= places.length || places[first] === 0) return this.writeNew(writer, row);
    for (let i = first; i < first + width; i++) {
      const place = places[i] as number;
      if (place === 0) return;
      writer.encoded(view, place + LENGTH, view.getInt32(place, true));
    }
  }

  /** Forgets a row, whose number another series may have next. */
  forget(row: number): void {
    const first = row * this.width;
    if (first >= this.places.length || this.places[first] === 0) return;
    this.places[first] = 0;
    this.forgotten++;
    // Values that no series has any more are not told apart: all go when more series are gone than there are.
    if (this.forgotten * 2 > this.remembered) this.clear();
  }

  private writeNew(writer: ProtobufWriter, row: number): void {
    const attributes = this.rows.attributesOf(row);
    if (this.full) return writeAttributes(writer, this.field, attributes);
    const names = Object.keys(attributes).filter((name) => attributes[name] !== undefined);
    const { length } = names;
    if (length > MAX_WIDTH) return writeAttributes(writer, this.field, attributes);
    if (length > this.width) {
      this.width = length;
      this.places = new Int32Array(0);
      this.remembered = this.forgotten = 0;
    }
    const found = names.map((name) => this.writeOne(writer, name, attributes));
    if (length > 0 && !found.includes(0)) this.remember(row, found);
  }

  /** Writes one attribute; where it stands, or 0 where there is no room for it. */
  private writeOne(writer: ProtobufWriter, name: string, attributes: Attributes): number {
    const value = attributes[name];
    let places = this.known.get(name);
    if (places === undefined) this.known.set(name, (places = new Map<unknown, number>()));
    const known = places.get(value);
    if (known !== undefined) {
      writer.encoded(this.view, known + LENGTH, this.view.getInt32(known, true));
      return known;
    }
    const start = writer.length;
    writeAttribute(writer, this.field, name, value);
    const place = this.keep(writer.since(start));
    if (place !== 0) places.set(value, place);
    return place;
  }

  private keep(encoded: Uint8Array): number {
    const { length } = encoded;
    const place = this.end;
    const end = place + LENGTH + ((length + 3) & ~3); // whole words are read
    this.full = end > MAX_BYTES;
    if (this.full) return 0;
    if (end > this.bytes.length) {
      const grown = Buffer.alloc(Math.max(end, FIRST_BYTES, this.bytes.length * 2));
      grown.set(this.bytes);
      this.bytes = grown;
      this.view = new DataView(grown.buffer);
    }
    this.view.setInt32(place, length, true);
    this.bytes.set(encoded, place + LENGTH);
    this.end = end;
    return place;
  }

  private remember(row: number, found: readonly number[]): void {
    const { width } = this;
    const needed = (row + 1) * width;
    if (needed > this.places.length) {
      const places = new Int32Array(Math.max(needed, Math.ceil(this.places.length * 1.5)));
      places.set(this.places);
      this.places = places;
    }
    this.places.fill(0, row * width, needed);
    this.places.set(found, row * width);
    this.remembered++;
  }

  private clear(): void {
    this.known.clear();
    this.places = new Int32Array(0);
    this.bytes = NOTHING;
    this.end = LENGTH;
    this.remembered = this.forgotten = 0;
    this.full = false;
  }
}
