import { bytesOf, fieldsOf, numberOf, textOf } from '../../../src/pipeline/otlp/protobuf-fields.js';
import { ProtobufWriter } from '../../../src/pipeline/otlp/protobuf-writer.js';

const field = (number: number) => ({ number, name: '' });

test('what the writer wrote is read', () => {
  const writer = new ProtobufWriter();
  writer.int64(field(1), -5);
  writer.int64(field(2), Number.MAX_SAFE_INTEGER);
  writer.text(field(3), 'grün');
  writer.fixed64(field(4), 2 ** 40);
  writer.fixed32(field(5), 7);
  const mark = writer.open(field(1000));
  writer.uint32(field(1), 300);
  writer.close(mark);
  const fields = new Map(fieldsOf(writer.finish()));
  expect(fields.get(1)).toBe(-5);
  expect(fields.get(2)).toBe(Number.MAX_SAFE_INTEGER);
  expect(textOf(fields.get(3)!)).toBe('grün');
  expect(fields.get(4)).toBe(2 ** 40);
  expect(fields.get(5)).toBe(7);
  expect([...fieldsOf(bytesOf(fields.get(1000)!))]).toEqual([[1, 300]]);
});

test('a field of another type reads as empty', () => {
  expect(textOf(5)).toBe('');
  expect(numberOf(Uint8Array.of(1))).toBe(0);
});

test.each([
  ['a number that is cut off', [8, 255]],
  ['a number without end', [8, ...Array<number>(11).fill(255)]],
  ['a field longer than its message', [10, 5, 1]],
  ['a number of fixed length that is cut off', [9, 1, 2]],
  ['field 0', [0, 1]],
  ['a type that does not exist', [15, 1]],
  ['a group', [11, 12]],
])('%s is refused', (_, bytes) => {
  expect(() => [...fieldsOf(Uint8Array.from(bytes))]).toThrow(RangeError);
});

test('bytes at random are read or refused, nothing else', () => {
  let seed = 1;
  for (let round = 0; round < 2000; round++) {
    const bytes = Uint8Array.from({ length: 40 }, () => (seed = (seed * 48_271) % 2_147_483_647) & 255);
    try {
      for (const [number] of fieldsOf(bytes)) expect(number).toBeGreaterThan(0);
    } catch (error) {
      expect(error).toBeInstanceOf(RangeError);
    }
  }
});
