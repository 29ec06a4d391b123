import type { Attributes } from '@opentelemetry/api';
import fc from 'fast-check';
import { PushedAttributes } from '../../../src/pipeline/metrics/pushed-attributes.js';
import type { MetricStream } from '../../../src/pipeline/metrics/metric-stream.js';
import { writeAttributes } from '../../../src/pipeline/otlp/common-messages.js';
import { JsonWriter } from '../../../src/pipeline/otlp/json-writer.js';
import type { MessageWriter } from '../../../src/pipeline/otlp/message-writer.js';
import { ProtobufWriter } from '../../../src/pipeline/otlp/protobuf-writer.js';
import { rounds } from '../../support/rounds.js';

const FIELD = { counter: { number: 7, name: 'attributes' }, histogram: { number: 9, name: 'attributes' } };
type Kind = keyof typeof FIELD;

/** The attributes of the rows of a metric, to which a test gives others. */
function attributesOf(kind: Kind): { rows: Attributes[]; attributes: PushedAttributes } {
  const rows: Attributes[] = [];
  const stream = { descriptor: { kind }, rows: { attributesOf: (row: number) => rows[row] } };
  return { rows, attributes: new PushedAttributes(stream as unknown as MetricStream) };
}

function written(writer: MessageWriter, write: (writer: MessageWriter) => void): string {
  write(writer);
  return Buffer.from(writer.finish()).toString('latin1');
}

const anything = fc.oneof(
  fc.constantFrom('a', 'b', 'low', 'high', 'é', '', 0, -0, 1, '1', true),
  fc.string({ unit: 'grapheme', maxLength: 200 }),
  fc.double(),
  fc.array(fc.string()),
);
const sets = fc.dictionary(fc.constantFrom(...'abcdefghijkl'), anything, { maxKeys: 10 });
const steps = fc.array(fc.record({ row: fc.nat(5), set: sets }), { minLength: 1, maxLength: 20 });

describe('the attributes of pushed series', () => {
  test.each(['counter', 'histogram'] as const)(
    'of a %s are written as if each were written for the first time, whatever series have their rows',
    (kind) => {
      fc.assert(
        fc.property(steps, (script) => {
          const { rows, attributes } = attributesOf(kind);
          const protobuf = new ProtobufWriter(1);
          for (const { row, set } of script) {
            attributes.forget(row);
            rows[row] = set;
            for (const writer of [protobuf, protobuf, new JsonWriter()]) {
              const expected = writer instanceof ProtobufWriter ? new ProtobufWriter() : new JsonWriter();
              for (const known of rows.keys()) {
                const own = rows[known];
                if (own === undefined) continue;
                expect(written(writer, (to) => attributes.write(to, known))).toBe(
                  written(expected, (to) => writeAttributes(to, FIELD[kind], own)),
                );
              }
            }
          }
        }),
        { numRuns: rounds(100) },
      );
    },
  );

  const pushAll = (attributes: PushedAttributes, rows: readonly Attributes[]): number => {
    const writer = new ProtobufWriter();
    for (const row of rows.keys()) attributes.write(writer, row);
    return writer.finish().length;
  };

  test('take room by their number and by the values that differ, not by the text of each series', () => {
    const { rows, attributes } = attributesOf('counter');
    for (let i = 0; i < 10_000; i++) {
      rows.push({ agent: `agent-${i >> 4}`, action: `act-${i & 15}`, policy: 'a policy of some length' });
    }
    expect(pushAll(attributes, rows)).toBeGreaterThan(70 * rows.length);
    expect(attributes.size).toBeLessThan(25 * rows.length);
  });

  test('take no more room when other series come for those that go', () => {
    const { rows, attributes } = attributesOf('counter');
    const sizes: number[] = [];
    for (let series = 0; series < 3000; series++) {
      const row = series % 100;
      attributes.forget(row);
      rows[row] = { id: `series-${series}` };
      attributes.write(new ProtobufWriter(), row);
      sizes.push(attributes.size);
    }
    expect(Math.max(...sizes)).toBeLessThan(20_000);
  });

  test('take limited room where every value is another one, and are written all the same', () => {
    const { rows, attributes } = attributesOf('counter');
    for (let i = 0; i < 35_000; i++) rows.push({ id: String(i).padStart(120, '0') });
    const [first, second] = [pushAll(attributes, rows), pushAll(attributes, rows)];
    expect(second).toBe(first);
    expect(attributes.size).toBeLessThan(5 * 1024 * 1024);
  });
});
