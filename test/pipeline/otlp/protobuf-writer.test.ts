import protobuf from 'protobufjs';
import type { Field } from '../../../src/pipeline/otlp/message-writer.js';
import { ProtobufWriter } from '../../../src/pipeline/otlp/protobuf-writer.js';

const Message = protobuf
  .parse(
    `syntax = "proto3";
     message M {
       int64 int = 1; fixed64 count = 2; sfixed64 signed = 3; fixed64 time = 4; string text = 5; M inner = 6;
       repeated double doubles = 7; repeated fixed64 counts = 8; bytes id = 9; double double = 10;
       fixed32 flags = 11; uint32 number = 12; bool yes = 13; repeated M items = 200;
     }`,
  )
  .root.lookupType('M');
const field = (name: string): Field => ({ number: (Message.fields[name] as protobuf.Field).id, name });

/** A writer that must grow at once. */
const writer = (): ProtobufWriter => new ProtobufWriter(1);
const decoded = (bytes: Uint8Array): Record<string, unknown> =>
  Message.toObject(Message.decode(bytes), { longs: String, defaults: true, bytes: String });

describe('ProtobufWriter', () => {
  const integers = [
    0,
    1,
    127,
    128,
    300,
    2 ** 31,
    2 ** 32,
    2 ** 40 + 7,
    Number.MAX_SAFE_INTEGER,
    2 ** 53,
    2 ** 60,
  ];
  test.each([...integers, ...integers.map((value) => -value)])('writes the integer %d', (value) => {
    const message = writer();
    message.int64(field('int'), value);
    message.sfixed64(field('signed'), value);
    if (value >= 0) message.fixed64(field('count'), value);
    const { int, signed, count } = decoded(message.finish());
    const text = BigInt(value).toString();
    expect([int, signed]).toEqual([text, text]);
    if (value >= 0) expect(count).toBe(text);
  });

  test.each([
    [1_764_312_000, 123_456_789],
    [0, 0],
    [1, 999_999_999],
    [65_536, 1],
    [4_294_967_295, 999_999_999],
    [18_446_744_072, 5],
  ])('writes the time %d s %d ns to the nanosecond', (seconds, nanos) => {
    const message = writer();
    message.time(field('time'), seconds, nanos);
    expect(decoded(message.finish())['time']).toBe(String(BigInt(seconds) * 1_000_000_000n + BigInt(nanos)));
  });

  test.each([
    ['', 'nothing'],
    ['a'.repeat(48), 'the longest short text'],
    ['a'.repeat(49), 'the shortest long text'],
    ['é'.repeat(48), 'two bytes a character'],
    [`${'x'.repeat(47)}é`, 'the last character beyond ASCII'],
    ['a\ud800z', 'half a surrogate pair'],
    ['𝒳'.repeat(9), 'surrogate pairs'],
    ['y'.repeat(20_000), 'a length of three bytes'],
  ])('writes text and messages around it: %#', (text) => {
    const message = writer();
    const inner = message.open(field('inner'));
    message.text(field('text'), text);
    message.openList();
    const item = message.openItem(field('items'));
    message.text(field('text'), text + text);
    message.close(item);
    message.closeList();
    message.close(inner);
    const read = Buffer.from(text).toString(); // half a pair is replaced
    expect(decoded(message.finish())['inner']).toMatchObject({
      text: read,
      items: [{ text: Buffer.from(text + text).toString() }],
    });
  });

  test('writes ids, numbers and lists of them', () => {
    const message = writer();
    message.id64(field('id'), 1, 0xff_ff_ff_ff);
    message.doubles(field('doubles'), [1.5, -Infinity, Number.NaN]);
    message.fixed64s(field('counts'), 2, (index) => index + 2 ** 33);
    message.double(field('double'), -0.1);
    message.fixed32(field('flags'), 0x1_01);
    message.uint32(field('number'), 2 ** 32 - 1);
    message.bool(field('yes'), true);
    const bytes = message.finish();
    const read = decoded(bytes);
    expect(Buffer.from(read['id'] as string, 'base64').toString('hex')).toBe('00000001ffffffff');
    expect(read).toMatchObject({
      doubles: [1.5, -Infinity, Number.NaN],
      counts: [String(2 ** 33), String(2 ** 33 + 1)],
      double: -0.1,
      flags: 0x1_01,
      number: 2 ** 32 - 1,
      yes: true,
    });
  });

  test('writes hexadecimal digits of either case as the bytes they stand for', () => {
    const message = writer();
    message.hex(field('id'), '0aF9e0');
    expect(Buffer.from(decoded(message.finish())['id'] as string, 'base64')).toEqual(
      Buffer.from([0x0a, 0xf9, 0xe0]),
    );
  });

  test('is empty after a message, and leaves the bytes of the one before alone', () => {
    const message = writer();
    message.text(field('text'), 'first');
    const first = message.finish();
    expect(message.length).toBe(0);
    message.text(field('text'), 'second');
    message.finish();
    expect(decoded(first)['text']).toBe('first');
  });
});
