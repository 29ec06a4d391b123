import type { Field, MessageWriter } from './message-writer.js';

const FIRST_CAPACITY = 4096;
/** Longest text whose characters are looked at one by one: past it the runtime's own encoder is faster. */
const SHORT_TEXT = 48;

// https://protobuf.dev/programming-guides/encoding/#structure
const VARINT = 0;
const FIXED64 = 1;
const DELIMITED = 2;
const FIXED32 = 5;

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
    if (length > SHORT_TEXT) return this.longText(value);
    const { buffer } = this;
    const start = this.at + 1; // its length in bytes is below 128, as long as it is ASCII
    for (let index = 0; index < length; index++) {
      const code = value.charCodeAt(index);
      if (code > 127) return this.longText(value);
      buffer[start + index] = code;
    }
    buffer[this.at] = length;
    this.at = start + length;
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
    const low = (seconds % 65_536) * 1e9 + nanos;
    const high = Math.floor(seconds / 65_536) * 1e9;
    const middle = (high % 65_536) * 65_536 + (low % TWO_32);
    const carry = Math.floor(high / 65_536) + Math.floor(low / TWO_32) + Math.floor(middle / TWO_32);
    this.words(middle % TWO_32, carry);
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

  id(field: Field, ...words: number[]): void {
    this.room(words.length * 4 + 20);
    this.tag(field, DELIMITED);
    this.varint(words.length * 4);
    for (const word of words) {
      this.view.setUint32(this.at, word, false);
      this.at += 4;
    }
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

  finish(): Uint8Array {
    const message = this.buffer.subarray(0, this.at);
    this.capacity = Math.max(FIRST_CAPACITY, this.at); // the next message may be as long
    this.grow(NOTHING);
    this.at = 0;
    return message;
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
