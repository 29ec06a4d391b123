import { KEY, STRING_VALUE, VALUE } from './message-writer.js';
import type { Field, MessageWriter } from './message-writer.js';

/** Text is put into bytes when this much of it has come together. */
const PENDING_CHARACTERS = 16_384;

const FIRST_CAPACITY = 4096;

const SURROGATE = /[\ud800-\udfff]/;

/**
 * Writes the protocol's JSON: proto3's mapping, but with ids in hexadecimal digits and enumerations as numbers. Integers
 * of 64 bits are decimal text, so that no reader rounds them.
 *
 * https://opentelemetry.io/docs/specs/otlp/#json-protobuf-encoding, https://protobuf.dev/programming-guides/json/
 */
export class JsonWriter implements MessageWriter {
  private buffer = Buffer.allocUnsafeSlow(FIRST_CAPACITY);
  private at = 0;
  /** Text that is not in the buffer yet. */
  private pending = '{';
  /** Whether something stands before, in the object or list that is open. */
  private follows = false;

  get length(): number {
    this.flush();
    return this.at;
  }

  open(field: Field): number {
    this.name(field);
    return this.begin('{');
  }

  close(): void {
    this.end('}');
  }

  openList(field: Field): void {
    this.name(field);
    this.begin('[');
  }

  openItem(): number {
    if (this.follows) this.pending += ',';
    return this.begin('{');
  }

  closeList(): void {
    this.end(']');
  }

  text(field: Field, value: string): void {
    // Half a surrogate pair is no text to many readers: it is replaced as in UTF-8.
    this.value(field, JSON.stringify(SURROGATE.test(value) ? Buffer.from(value).toString() : value));
  }

  textAttribute(_field: Field, key: string, value: string): void {
    this.openItem();
    this.text(KEY, key);
    this.open(VALUE);
    this.text(STRING_VALUE, value);
    this.close();
    this.close();
  }

  bool(field: Field, value: boolean): void {
    this.value(field, value ? 'true' : 'false');
  }

  uint32(field: Field, value: number): void {
    this.value(field, String(value));
  }

  fixed32(field: Field, value: number): void {
    this.value(field, String(value));
  }

  int64(field: Field, value: number): void {
    this.value(field, integer(value));
  }

  fixed64(field: Field, value: number): void {
    this.value(field, integer(value));
  }

  sfixed64(field: Field, value: number): void {
    this.value(field, integer(value));
  }

  time(field: Field, seconds: number, nanos: number): void {
    const digits = seconds === 0 ? String(nanos) : `${seconds}${String(nanos).padStart(9, '0')}`;
    this.value(field, `"${digits}"`);
  }

  double(field: Field, value: number): void {
    this.value(field, double(value));
  }

  hex(field: Field, digits: string): void {
    this.value(field, `"${digits.toLowerCase()}"`);
  }

  id64(field: Field, a: number, b: number): void {
    this.value(field, `"${digits(a)}${digits(b)}"`);
  }

  id128(field: Field, a: number, b: number, c: number, d: number): void {
    this.value(field, `"${digits(a)}${digits(b)}${digits(c)}${digits(d)}"`);
  }

  bytes(field: Field, value: Uint8Array): void {
    const { buffer, byteOffset, byteLength } = value;
    this.value(field, `"${Buffer.from(buffer, byteOffset, byteLength).toString('base64')}"`);
  }

  doubles(field: Field, values: ArrayLike<number>): void {
    if (values.length > 0) this.value(field, `[${Array.from(values, double).join()}]`);
  }

  fixed64s(field: Field, length: number, at: (index: number) => number): void {
    if (length > 0) this.value(field, `[${Array.from({ length }, (_, index) => integer(at(index))).join()}]`);
  }

  finish(): Uint8Array {
    this.pending += '}';
    this.flush();
    const message = this.buffer.subarray(0, this.at);
    this.buffer = Buffer.allocUnsafeSlow(FIRST_CAPACITY);
    this.at = 0;
    this.pending = '{';
    this.follows = false;
    return message;
  }

  private name({ name }: Field): void {
    this.pending += this.follows ? `,"${name}":` : `"${name}":`;
  }

  private value(field: Field, json: string): void {
    this.name(field);
    this.pending += json;
    this.follows = true;
    if (this.pending.length > PENDING_CHARACTERS) this.flush();
  }

  private begin(bracket: '{' | '['): number {
    this.pending += bracket;
    this.follows = false;
    return 0;
  }

  private end(bracket: '}' | ']'): void {
    this.pending += bracket;
    this.follows = true;
  }

  private flush(): void {
    const { pending } = this;
    const needed = this.at + pending.length * 3;
    if (needed > this.buffer.length) {
      const grown = Buffer.allocUnsafeSlow(Math.max(needed, this.buffer.length * 2));
      this.buffer.copy(grown, 0, 0, this.at);
      this.buffer = grown;
    }
    this.at += this.buffer.write(pending, this.at);
    this.pending = '';
  }
}

/** A word of 32 bits, with or without sign. */
function digits(word: number): string {
  return (word >>> 0).toString(16).padStart(8, '0');
}

function integer(value: number): string {
  return `"${Number.isSafeInteger(value) ? value : BigInt(value)}"`; // a large number's text ends in zeros
}

function double(value: number): string {
  if (!Number.isFinite(value)) return `"${value}"`;
  return Object.is(value, -0) ? '-0' : String(value);
}
