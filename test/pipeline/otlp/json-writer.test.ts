import { writeAttributes } from '../../../src/pipeline/otlp/common-messages.js';
import { JsonWriter } from '../../../src/pipeline/otlp/json-writer.js';
import type { MessageWriter } from '../../../src/pipeline/otlp/message-writer.js';

const field = (name: string) => ({ number: 1, name });

function written(write: (writer: MessageWriter) => void): string {
  const writer = new JsonWriter();
  write(writer);
  return Buffer.from(writer.finish()).toString();
}

describe('JsonWriter', () => {
  test('writes integers of 64 bits as decimal text', () => {
    const json = written((writer) => {
      writer.int64(field('int'), -Number.MAX_SAFE_INTEGER);
      writer.fixed64(field('count'), Number.MAX_SAFE_INTEGER);
      writer.sfixed64(field('signed'), -0);
      writer.fixed64s(field('counts'), 2, (index) => index + 2 ** 40);
    });
    expect(json).toBe(
      '{"int":"-9007199254740991","count":"9007199254740991","signed":"0","counts":["1099511627776","1099511627777"]}',
    );
  });

  test.each([
    [1_764_312_000, 1, '1764312000000000001'],
    [1_764_312_000, 123_456_789, '1764312000123456789'],
    [0, 7, '7'],
    [0, 0, '0'],
    [18_446_744_072, 999_999_999, '18446744072999999999'],
  ])('writes the time %d s %d ns to the nanosecond', (seconds, nanos, digits) => {
    expect(written((writer) => writer.time(field('time'), seconds, nanos))).toBe(`{"time":"${digits}"}`);
  });

  test('writes what is no number of JSON as the text that stands for it', () => {
    const json = written((writer) => {
      writer.double(field('nan'), Number.NaN);
      writer.doubles(field('list'), [Infinity, -Infinity, -0, 1e300, 0.1]);
    });
    expect(json).toBe('{"nan":"NaN","list":["Infinity","-Infinity",-0,1e+300,0.1]}');
  });

  test('writes ids in hexadecimal digits and other bytes in base64', () => {
    const json = written((writer) => {
      writer.hex(field('traceId'), '0AF7651916CD43DD8448EB211C80319C');
      writer.id64(field('spanId'), 1, 0xff_ff_ff_ff);
      writer.bytes(field('bytesValue'), Buffer.from('xhello').subarray(1));
    });
    expect(JSON.parse(json)).toEqual({
      traceId: '0af7651916cd43dd8448eb211c80319c',
      spanId: '00000001ffffffff',
      bytesValue: Buffer.from('hello').toString('base64'),
    });
  });

  test('writes enumerations, flags and booleans plainly', () => {
    const json = written((writer) => {
      writer.uint32(field('kind'), 2);
      writer.fixed32(field('flags'), 257);
      writer.bool(field('yes'), true);
      writer.bool(field('no'), false);
    });
    expect(json).toBe('{"kind":2,"flags":257,"yes":true,"no":false}');
  });

  test('nests messages and lists, and separates what follows another', () => {
    const json = written((writer) => {
      writer.openList(field('empty'));
      writer.closeList();
      const outer = writer.open(field('outer'));
      writer.openList(field('items'));
      for (const text of ['a', 'b']) {
        const item = writer.openItem(field('items'));
        writer.text(field('text'), text);
        writer.close(item);
      }
      const bare = writer.openItem(field('items'));
      writer.close(bare);
      writer.closeList();
      writer.bool(field('last'), true);
      writer.close(outer);
      writer.uint32(field('after'), 1);
    });
    expect(json).toBe('{"empty":[],"outer":{"items":[{"text":"a"},{"text":"b"},{}],"last":true},"after":1}');
  });

  test.each(['"\\\u0000\n\u2028', 'é𝒳', 'a\ud800z', '\udfff', 'x'.repeat(50_000), '𝒳'.repeat(20_000)])(
    'writes text that any reader takes: %#',
    (text) => {
      const json = written((writer) => writer.text(field('text'), text));
      expect(JSON.parse(json)).toEqual({ text: Buffer.from(text).toString() });
      expect(json).not.toMatch(/\\ud[89a-f]/);
    },
  );

  test('writes attributes of every kind', () => {
    const attributes = { text: 't', int: 3, double: 0.5, yes: true, list: ['a', 'b'], none: [] };
    const json = written((writer) => writeAttributes(writer, field('attributes'), attributes));
    expect(JSON.parse(json)).toEqual({
      attributes: [
        { key: 'text', value: { stringValue: 't' } },
        { key: 'int', value: { intValue: '3' } },
        { key: 'double', value: { doubleValue: 0.5 } },
        { key: 'yes', value: { boolValue: true } },
        { key: 'list', value: { arrayValue: { values: [{ stringValue: 'a' }, { stringValue: 'b' }] } } },
        { key: 'none', value: { arrayValue: { values: [] } } },
      ],
    });
  });

  test('counts the bytes written so far, not the characters', () => {
    const writer = new JsonWriter();
    expect(writer.length).toBe(1);
    writer.text(field('t'), 'é');
    expect(writer.length).toBe('{"t":"é"'.length + 1);
    expect(writer.finish()).toHaveLength(10);
  });

  test('is empty after a message, and leaves the bytes of the one before alone', () => {
    const writer = new JsonWriter();
    writer.text(field('text'), 'first');
    const first = writer.finish();
    writer.text(field('text'), 'second');
    expect(Buffer.from(writer.finish()).toString()).toBe('{"text":"second"}');
    expect(Buffer.from(first).toString()).toBe('{"text":"first"}');
  });
});
