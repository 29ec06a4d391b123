import fc from 'fast-check';
import protobuf from 'protobufjs';
import { JsonWriter } from '../../../src/pipeline/otlp/json-writer.js';
import type { Field, MessageWriter } from '../../../src/pipeline/otlp/message-writer.js';
import { ProtobufWriter } from '../../../src/pipeline/otlp/protobuf-writer.js';
import { rounds } from '../../support/rounds.js';

fc.configureGlobal({ seed: 20_261_128 }); // the same messages in every run

const Message = protobuf
  .parse(
    `syntax = "proto3";
     message M {
       optional int64 int = 1; optional fixed64 count = 2; optional sfixed64 signed = 3; optional fixed64 time = 4;
       optional string text = 5; M inner = 6; repeated double doubles = 7; repeated fixed64 counts = 8;
       optional bytes spanId = 9; optional double double = 10; optional fixed32 flags = 11;
       optional uint32 number = 12; optional bool yes = 13; optional bytes traceId = 16; optional bytes raw = 2047;
       repeated Attribute attributes = 14; repeated M items = 300000;
     }
     message Attribute { optional string key = 1; Value value = 2; }
     message Value { oneof value { string stringValue = 1; } }`,
  )
  .root.lookupType('M');
const FIELDS = Object.fromEntries(
  Object.values(Message.fields).map(({ id, name }): [string, Field] => [name, { number: id, name }]),
);
const field = (name: string): Field => FIELDS[name] as Field;

/** A message as data; 64 bits as decimal text, bytes in hexadecimal digits, doubles as text that keeps them apart. */
interface Model {
  [name: string]: string | number | boolean | string[] | Model | Model[] | undefined;
}

/** Writes one field; the model has what is to be read. */
type Write = (writer: MessageWriter, model: Model) => void;

const safe = fc.oneof(
  fc.maxSafeInteger(),
  fc.constantFrom(0, -1, 127, 128, 2 ** 31, 2 ** 32 - 1, 2 ** 32, -(2 ** 32), -(2 ** 31) - 1),
);
const count = safe.map(Math.abs);
const anyDouble = fc.oneof(fc.double(), fc.constantFrom(Number.NaN, Infinity, -Infinity, -0, 5e-324));
const doubleText = (value: number): string => (Object.is(value, -0) ? '-0' : String(value));

/** Lengths at which the length of a message needs one byte more, and the message around it too. */
const edges = fc
  .tuple(
    fc.constantFrom(126, 16_382, 65_535),
    fc.integer({ min: -14, max: 4 }),
    fc.constantFrom('x', 'é', '𝒳'),
  )
  .map(([length, more, letter]) => letter.repeat(Math.ceil((length + more) / Buffer.byteLength(letter))));
const text = fc.oneof(
  { weight: 4, arbitrary: fc.string({ unit: 'binary', maxLength: 60 }) },
  { weight: 1, arbitrary: fc.constantFrom('\ud800', 'a\udfffb', '\u0000"\\\u2028') },
  { weight: 1, arbitrary: edges },
);
const utf8 = (value: string): string => Buffer.from(value).toString(); // half a pair is replaced
/** A word of 32 bits, with or without sign. */
const word = fc.integer({ min: -(2 ** 31), max: 2 ** 32 - 1 });
const digitsOf = (words: readonly number[]): string =>
  words.map((one) => (one >>> 0).toString(16).padStart(8, '0')).join('');
const bytes = fc.uint8Array({ maxLength: 200 });

const plain: fc.Arbitrary<readonly [string, Write]> = fc.oneof(
  safe.map((value) => one('int', String(value || 0), (to, at) => to.int64(at, value))),
  count.map((value) => one('count', String(value), (to, at) => to.fixed64(at, value))),
  safe.map((value) => one('signed', String(value || 0), (to, at) => to.sfixed64(at, value))),
  fc
    .tuple(fc.nat(2 ** 31 - 1), fc.constantFrom(0, 4), fc.integer({ min: 0, max: 999_999_999 }))
    .map(([seconds, times, nanos]) => {
      const digits = String(BigInt(seconds * times + seconds) * 1_000_000_000n + BigInt(nanos));
      return one('time', digits, (to, at) => to.time(at, seconds * times + seconds, nanos));
    }),
  text.map((value) => one('text', utf8(value), (to, at) => to.text(at, value))),
  fc
    .array(anyDouble, { minLength: 1, maxLength: 20 })
    .map((values) => one('doubles', values.map(doubleText), (to, at) => to.doubles(at, values))),
  fc
    .array(count, { minLength: 1, maxLength: 20 })
    .map((values) =>
      one('counts', values.map(String), (to, at) =>
        to.fixed64s(at, values.length, (index) => values[index] as number),
      ),
    ),
  fc.tuple(word, word).map((words) => one('spanId', digitsOf(words), (to, at) => to.id64(at, ...words))),
  fc
    .tuple(word, word, word, word)
    .map((words) => one('spanId', digitsOf(words), (to, at) => to.id128(at, ...words))),
  fc
    .array(fc.tuple(text, text), { minLength: 1, maxLength: 3 })
    .map((attributes): readonly [string, Write] => [
      'attributes',
      (writer, model) => {
        writer.openList(field('attributes'));
        for (const [key, value] of attributes) writer.textAttribute(field('attributes'), key, value);
        writer.closeList();
        model['attributes'] = attributes.map(([key, value]) => ({
          key: utf8(key),
          value: { stringValue: utf8(value) },
        }));
      },
    ]),
  bytes.map((value) => {
    const digits = Buffer.from(value).toString('hex');
    return one('traceId', digits, (to, at) => to.hex(at, digits.toUpperCase()));
  }),
  bytes.map((value) => one('raw', Buffer.from(value).toString('hex'), (to, at) => to.bytes(at, value))),
  anyDouble.map((value) => one('double', doubleText(value), (to, at) => to.double(at, value))),
  fc.nat(2 ** 32 - 1).map((value) => one('flags', value, (to, at) => to.fixed32(at, value))),
  fc.nat(2 ** 32 - 1).map((value) => one('number', value, (to, at) => to.uint32(at, value))),
  fc.boolean().map((value) => one('yes', value, (to, at) => to.bool(at, value))),
);

function one(
  name: string,
  read: string | number | boolean | string[],
  write: (writer: MessageWriter, field: Field) => void,
): readonly [string, Write] {
  return [
    name,
    (writer, model) => {
      write(writer, field(name));
      model[name] = read;
    },
  ];
}

const { message } = fc.letrec<{ message: Write; nested: readonly [string, Write] }>((tie) => ({
  message: fc
    .uniqueArray(fc.oneof({ maxDepth: 5, withCrossShrink: true }, plain, tie('nested')), {
      selector: ([name]) => name,
      maxLength: 8,
    })
    .map(
      (fields): Write =>
        (writer, model) =>
          fields.forEach(([, write]) => write(writer, model)),
    ),
  nested: fc.oneof(
    tie('message').map((write): readonly [string, Write] => [
      'inner',
      (writer, model) => {
        const inner: Model = {};
        const mark = writer.open(field('inner'));
        write(writer, inner);
        writer.close(mark);
        model['inner'] = inner;
      },
    ]),
    fc.array(tie('message'), { maxLength: 4 }).map((writes): readonly [string, Write] => [
      'items',
      (writer, model) => {
        const items: Model[] = [];
        writer.openList(field('items'));
        for (const write of writes) {
          const item: Model = {};
          const mark = writer.openItem(field('items'));
          write(writer, item);
          writer.close(mark);
          items.push(item);
        }
        writer.closeList();
        if (items.length > 0) model['items'] = items;
      },
    ]),
  ),
}));

/** What protobufjs or JSON.parse read, as a model. */
function modelOf(read: object, bytesOf: (name: string, value: string) => Buffer): Model {
  const model: Model = {};
  for (const [name, value] of Object.entries(read) as [string, never][]) {
    if (name === 'inner') model[name] = modelOf(value, bytesOf);
    else if (name === 'items') {
      const items = (value as object[]).map((item) => modelOf(item, bytesOf));
      if (items.length > 0) model[name] = items;
    } else if (name === 'doubles') model[name] = (value as number[]).map((one) => doubleText(Number(one)));
    else if (name === 'double') model[name] = doubleText(Number(value));
    else if (/^(spanId|traceId|raw)$/.test(name)) model[name] = bytesOf(name, value).toString('hex');
    else model[name] = value;
  }
  return model;
}

describe.each([
  {
    name: 'ProtobufWriter',
    make: (): MessageWriter => new ProtobufWriter(1),
    read: (bytes: Uint8Array): Model =>
      modelOf(Message.toObject(Message.decode(bytes), { longs: String, bytes: String }), (_, value) =>
        Buffer.from(value, 'base64'),
      ),
  },
  {
    name: 'JsonWriter',
    make: (): MessageWriter => new JsonWriter(),
    read: (bytes: Uint8Array): Model =>
      modelOf(JSON.parse(Buffer.from(bytes).toString()) as object, (name, value) =>
        Buffer.from(value, name === 'raw' ? 'base64' : 'hex'),
      ),
  },
])('$name', ({ make, read }) => {
  test('writes what an independent decoder reads, one message after the other', () => {
    const writer = make();
    fc.assert(
      fc.property(message, (write) => {
        const model: Model = {};
        write(writer, model);
        const { length } = writer;
        const bytes = writer.finish();
        expect(bytes.length - length).toBe(writer instanceof JsonWriter ? 1 : 0);
        expect(read(bytes)).toEqual(model);
      }),
      { numRuns: rounds(300) },
    );
  });
});
