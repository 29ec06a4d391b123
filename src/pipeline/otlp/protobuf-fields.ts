/** The value of a field: a number for the types of fixed or variable length, bytes for text and nested messages. */
export type FieldValue = number | Uint8Array;

/**
 * The fields of a protobuf message, in their order; numbers beyond 2⁵³ lose their last digits. What receivers answer has
 * few fields, so no schema is needed.
 *
 * @throws RangeError where the bytes are no protobuf
 */
export function* fieldsOf(message: Uint8Array): Generator<readonly [number, FieldValue]> {
  const view = new DataView(message.buffer, message.byteOffset, message.byteLength);
  let at = 0;
  const varint = (): bigint => {
    let value = 0n;
    for (let shift = 0n; shift < 70n; shift += 7n) {
      const byte = view.getUint8(at++);
      value |= BigInt(byte & 127) << shift;
      if (byte < 128) return BigInt.asUintN(64, value);
    }
    throw new RangeError('a number is too long');
  };
  while (at < message.length) {
    const tag = Number(varint());
    const field = Math.floor(tag / 8);
    if (field === 0) throw new RangeError('a field has no number');
    switch (tag & 7) {
      case 0:
        yield [field, Number(BigInt.asIntN(64, varint()))];
        break;
      case 1:
        yield [field, Number(view.getBigInt64(at, true))];
        at += 8;
        break;
      case 2: {
        const end = Number(varint()) + at;
        if (end > message.length) throw new RangeError('a field is longer than its message');
        yield [field, message.subarray(at, end)];
        at = end;
        break;
      }
      case 5:
        yield [field, view.getInt32(at, true)];
        at += 4;
        break;
      default:
        throw new RangeError('a field has no known type');
    }
  }
}

/** A field as a nested message or text; of another type it is empty. */
export function bytesOf(value: FieldValue): Uint8Array {
  return typeof value === 'number' ? new Uint8Array() : value;
}

export function textOf(value: FieldValue): string {
  return Buffer.from(bytesOf(value)).toString('utf8');
}

export function numberOf(value: FieldValue): number {
  return typeof value === 'number' ? value : 0;
}
