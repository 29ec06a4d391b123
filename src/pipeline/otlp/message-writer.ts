/** One field of a message of the OpenTelemetry protocol: its number in protobuf and its name in JSON. */
export interface Field {
  readonly number: number;
  readonly name: string;
}

// An attribute with text, which writers know.
export const KEY: Field = { number: 1, name: 'key' };
export const VALUE: Field = { number: 2, name: 'value' };
export const STRING_VALUE: Field = { number: 1, name: 'stringValue' };

/**
 * Writes one message after the other, in one of the encodings of the protocol. What writes a signal is written once, on
 * this; `ProtobufWriter` and `JsonWriter` decide how it looks. A field is written by calling its method; fields of a
 * nested message stand between `open` and `close`, items of a repeated field between `openList` and `closeList`.
 *
 * https://opentelemetry.io/docs/specs/otlp/, https://github.com/open-telemetry/opentelemetry-proto
 */
export interface MessageWriter {
  /** Begins a nested message. `close` is given what this returns. */
  open(field: Field): number;
  close(mark: number): void;
  /** Begins a repeated field of messages; each item stands between `openItem` and `close`. */
  openList(field: Field): void;
  openItem(field: Field): number;
  closeList(): void;

  text(field: Field, value: string): void;
  bool(field: Field, value: boolean): void;
  /** An enumeration or a number of 32 bits without sign. */
  uint32(field: Field, value: number): void;
  /** 32 bits of fixed length. */
  fixed32(field: Field, value: number): void;
  /** An integer of 64 bits with sign, as the value of an attribute. */
  int64(field: Field, value: number): void;
  /** An integer of 64 bits of fixed length without sign, as a count; a safe integer. */
  fixed64(field: Field, value: number): void;
  /** The same with sign, as the value of a data point. */
  sfixed64(field: Field, value: number): void;
  /** A time since the epoch, exact to the nanosecond. */
  time(field: Field, seconds: number, nanos: number): void;
  double(field: Field, value: number): void;
  /** Bytes given as hexadecimal digits, as ids are. */
  hex(field: Field, digits: string): void;
  /** An id of 64 bits, given as words of 32 bits with or without sign. */
  id64(field: Field, a: number, b: number): void;
  /** An id of 128 bits, the same way. */
  id128(field: Field, a: number, b: number, c: number, d: number): void;
  /** An attribute whose value is text, as an item of a list that is open: nearly every one is. */
  textAttribute(field: Field, key: string, value: string): void;
  bytes(field: Field, value: Uint8Array): void;
  doubles(field: Field, values: ArrayLike<number>): void;
  /** Counts: `length` numbers that `at` gives. */
  fixed64s(field: Field, length: number, at: (index: number) => number): void;

  /** Bytes written so far. */
  readonly length: number;
  /** The message. The writer is empty after. */
  finish(): Uint8Array;
}
