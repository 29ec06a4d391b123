import { KEY, STRING_VALUE, VALUE } from './message-writer.js';
import type { Field, MessageWriter } from './message-writer.js';

const FIRST_CAPACITY = 4096;
/** Longest text whose characters are looked at one by one: past it the runtime's own encoder is faster. */
const SHORT_TEXT = 48;

// https://protobuf.dev/programming-guides/encoding/#structure
const VARINT = 0;
const FIXED64 = 1;
const DELIMITED = 2;
const FIXED32 = 5;

const KEY_TAG = (KEY.number << 3) | DELIMITED;
const VALUE_TAG = (VALUE.number << 3) | DELIMITED;
const STRING_VALUE_TAG = (STRING_VALUE.number << 3) | DELIMITED;
/** Longest attribute with text that is written at once, in bytes: its own length takes one. */
const SHORT_ATTRIBUTE = 127;

const TWO_32 = 2 ** 32;
const NOTHING = Buffer.alloc(0);

/** Writes protobuf without a schema and without objects between: fields are put into one growing buffer as they come. */
export class ProtobufWriter implements MessageWriter {
  private buffer: Buffer = NOTHING;
  private view: DataView = new DataView(NOTHING.buffer);
  private at = 0;
  private depth = 0;
  /**
   * Bytes kept free for the length of a nested message, by depth. It is known at the message's end; where it needs
   * others, the message moves. Messages at one depth are alike, so that most need as many as the one before.
   */
  private readonly rooms: number[] = [];

  /** @param capacity - bytes of the first buffer */
  constructor(private capacity = FIRST_CAPACITY) {}

  get length(): number {
    return this.at;
  }

  open(field: Field): number {
    this.room(16);
    this.tag(field, DELIMITED);
    const room = this.rooms[this.depth++];
    if (room === undefined) this.rooms.push(1);
    this.at += room ?? 1;
    return this.at;
  }

  close(mark: number): void {
    const length = this.at - mark;
    const room = this.rooms[--this.depth] as number;
    const needed = length < 128 ? 1 : varintLength(length);
    if (needed !== room) {
      this.rooms[this.depth] = needed;
      this.room(needed);
      this.buffer.copyWithin(mark + needed - room, mark, this.at);
      this.at += needed - room;
    }
    const end = this.at;
    this.at = mark - room;
    this.varint(length);
    this.at = end;
  }

  openList(): void {
    // A repeated field is its items one after the other.
  }

  openItem(field: Field): number {
    return this.open(field);
  }

  closeList(): void {
    // The same.
  }

  text(field: Field, value: string): void {
    const { length } = value;
    this.room(length * 3 + 16);
    this.tag(field, DELIMITED);
    // The length of a short text in bytes is below 128, as long as it is ASCII.
    if (length > SHORT_TEXT || !this.ascii(value, this.at + 1)) return this.longText(value);
    this.buffer[this.at] = length;
    this.at += length + 1;
  }

  textAttribute(field: Field, key: string, value: string): void {
    // Where both are short ASCII all lengths are known, and are one byte each.
    const size = key.length + value.length + 6;
    this.room(size + 10);
    const start = this.at;
    this.tag(field, DELIMITED);
    const { buffer, at } = this;
    const valueAt = at + key.length + 3;
    if (size <= SHORT_ATTRIBUTE && this.ascii(key, at + 3) && this.ascii(value, valueAt + 4)) {
      buffer[at] = size;
      buffer[at + 1] = KEY_TAG;
      buffer[at + 2] = key.length;
      buffer[valueAt] = VALUE_TAG;
      buffer[valueAt + 1] = value.length + 2;
      buffer[valueAt + 2] = STRING_VALUE_TAG;
      buffer[valueAt + 3] = value.length;
      this.at = valueAt + 4 + value.length;
      return;
    }
    this.at = start;
    const mark = this.open(field);
    this.text(KEY, key);
    const inner = this.open(VALUE);
    this.text(STRING_VALUE, value);
    this.close(inner);
    this.close(mark);
  }

  bool(field: Field, value: boolean): void {
    this.uint32(field, value ? 1 : 0);
  }

  uint32(field: Field, value: number): void {
    this.room(16);
    this.tag(field, VARINT);
    this.varint(value);
  }

  fixed32(field: Field, value: number): void {
    this.room(16);
    this.tag(field, FIXED32);
    this.view.setUint32(this.at, value, true);
    this.at += 4;
  }

  int64(field: Field, value: number): void {
    this.room(20);
    this.tag(field, VARINT);
    if (value >= 0) return this.varint(value);
    // Two's complement of 64 bits, seven at a time.
    let low = (value % TWO_32) | 0;
    let high = Math.floor(value / TWO_32) | 0;
    for (let byte = 0; byte < 9; byte++) {
      this.buffer[this.at++] = (low & 127) | 128;
      low = (low >>> 7) | (high << 25);
      high >>= 7;
    }
    this.buffer[this.at++] = low & 1;
  }

  fixed64(field: Field, value: number): void {
    this.room(20);
    this.tag(field, FIXED64);
    this.word64(value);
  }

  sfixed64(field: Field, value: number): void {
    this.fixed64(field, value);
  }

  time(field: Field, seconds: number, nanos: number): void {
    this.room(20);
    this.tag(field, FIXED64);
    // seconds · 10⁹ + nanos has up to 64 bits, a number 53: each half of the seconds is multiplied for itself.
    const lowSeconds = seconds & 0xff_ff;
    const low = lowSeconds * 1e9 + nanos;
    const high = ((seconds - lowSeconds) / 65_536) * 1e9; // counts 2¹⁶
    const lowWord = low >>> 0;
    const highBits = high & 0xff_ff;
    const sum = lowWord + highBits * 65_536;
    const carry = sum >= TWO_32 ? 1 : 0;
    this.words(sum >>> 0, (low - lowWord) / TWO_32 + (high - highBits) / 65_536 + carry);
  }

  double(field: Field, value: number): void {
    this.room(20);
    this.tag(field, FIXED64);
    this.view.setFloat64(this.at, value, true);
    this.at += 8;
  }

  hex(field: Field, digits: string): void {
    const bytes = digits.length >>> 1;
    this.room(bytes + 20);
    this.tag(field, DELIMITED);
    this.varint(bytes);
    for (let index = 0; index < digits.length; index += 2) {
      this.buffer[this.at++] = (nibble(digits, index) << 4) | nibble(digits, index + 1);
    }
  }

  id64(field: Field, a: number, b: number): void {
    this.room(20);
    this.tag(field, DELIMITED);
    this.buffer[this.at] = 8;
    this.view.setInt32(this.at + 1, a, false);
    this.view.setInt32(this.at + 5, b, false);
    this.at += 9;
  }

  id128(field: Field, a: number, b: number, c: number, d: number): void {
    this.room(30);
    this.tag(field, DELIMITED);
    this.buffer[this.at] = 16;
    this.view.setInt32(this.at + 1, a, false);
    this.view.setInt32(this.at + 5, b, false);
    this.view.setInt32(this.at + 9, c, false);
    this.view.setInt32(this.at + 13, d, false);
    this.at += 17;
  }

  bytes(field: Field, value: Uint8Array): void {
    this.room(value.length + 20);
    this.tag(field, DELIMITED);
    this.varint(value.length);
    this.buffer.set(value, this.at);
    this.at += value.length;
  }

  doubles(field: Field, values: ArrayLike<number>): void {
    if (values.length === 0) return;
    this.room(values.length * 8 + 20);
    this.tag(field, DELIMITED);
    this.varint(values.length * 8);
    for (let index = 0; index < values.length; index++, this.at += 8) {
      this.view.setFloat64(this.at, values[index] as number, true);
    }
  }

  fixed64s(field: Field, length: number, at: (index: number) => number): void {
    if (length === 0) return;
    this.room(length * 8 + 20);
    this.tag(field, DELIMITED);
    this.varint(length * 8);
    for (let index = 0; index < length; index++) this.word64(at(index));
  }

  /** What was written from that length on, as a view that is valid until more is. */
  since(length: number): Uint8Array {
    return this.buffer.subarray(length, this.at);
  }

  /** Writes whole fields again that one of these writers wrote: `length` bytes of a view, of which it reads whole words. */
  encoded(from: DataView, start: number, length: number): void {
    this.room(length + 4);
    const { view, at } = this;
    for (let i = 0; i < length; i += 4) view.setInt32(at + i, from.getInt32(start + i, true), true);
    this.at = at + length;
  }

  finish(): Uint8Array {
    const message = this.buffer.subarray(0, this.at);
    // The next message may be as long, and a few bytes longer, for which a full buffer would double.
    this.capacity = Math.max(FIRST_CAPACITY, Math.ceil(this.at * 1.0625), this.capacity >>> 1);
    this.grow(NOTHING);
    this.at = 0;
    return message;
  }

  /** Writes characters as long as they are ASCII; whether all are. There has to be room. */
  private ascii(value: string, at: number): boolean {
    const { buffer } = this;
    const { length } = value;
    for (let index = 0; index < length; index++) {
      const code = value.charCodeAt(index);
      if (code > 127) return false;
      buffer[at + index] = code;
    }
    return true;
  }

  private longText(value: string): void {
    const bytes = Buffer.byteLength(value);
    this.varint(bytes);
    this.buffer.write(value, this.at, bytes, 'utf8');
    this.at += bytes;
  }

  private word64(value: number): void {
    const low = value >>> 0;
    this.words(low, low === value ? 0 : Math.floor(value / TWO_32));
  }

  /** Two words of 32 bits, the low one first. */
  private words(low: number, high: number): void {
    this.view.setUint32(this.at, low, true);
    this.view.setUint32(this.at + 4, high, true);
    this.at += 8;
  }

  private tag({ number }: Field, type: number): void {
    const value = (number << 3) | type;
    if (value > 127) this.varint(value);
    else this.buffer[this.at++] = value;
  }

  private varint(value: number): void {
    const { buffer } = this;
    while (value > 127) {
      buffer[this.at++] = value > 0x7f_ff_ff_ff ? (value % 128) | 128 : (value & 127) | 128;
      value = value > 0x7f_ff_ff_ff ? Math.floor(value / 128) : value >>> 7;
    }
    buffer[this.at++] = value;
  }

  private room(bytes: number): void {
    const needed = this.at + bytes;
    if (needed <= this.buffer.length) return;
    const grown = Buffer.allocUnsafeSlow(Math.max(needed, this.capacity, this.buffer.length * 2));
    this.buffer.copy(grown, 0, 0, this.at);
    this.grow(grown);
  }

  private grow(buffer: Buffer): void {
    this.buffer = buffer;
    this.view = new DataView(buffer.buffer);
  }
}

function varintLength(value: number): number {
  let length = 1;
  for (let rest = value; rest > 127; rest = Math.floor(rest / 128)) length++;
  return length;
}

function nibble(digits: string, index: number): number {
  const code = digits.charCodeAt(index);
  return code < 58 ? code - 48 : (code | 32) - 87;
}
