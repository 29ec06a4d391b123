import fc from 'fast-check';
import { TupleTable } from '../../src/cardinality/tuple-table.js';

fc.configureGlobal({ seed: 20_260_503 }); // the same tables in every run

/** A tuple as a key of the model, which is a map. */
const key = (ids: readonly number[]): string => ids.join();

type Step =
  | { readonly do: 'put'; readonly ids: readonly number[] }
  | { readonly do: 'find'; readonly ids: readonly number[] }
  | { readonly do: 'retain'; readonly divisor: number };

const programs = fc.integer({ min: 1, max: 6 }).chain((width) => {
  // Few small numbers, so that tuples come again, and some that fill the whole range.
  const id = fc.oneof({ weight: 9, arbitrary: fc.nat(6) }, fc.integer({ min: -1, max: 2 ** 31 - 1 }));
  const ids = fc.array(id, { minLength: width, maxLength: width });
  const step: fc.Arbitrary<Step> = fc.oneof(
    { weight: 8, arbitrary: ids.map((given): Step => ({ do: 'put', ids: given })) },
    { weight: 4, arbitrary: ids.map((given): Step => ({ do: 'find', ids: given })) },
    {
      weight: 1,
      arbitrary: fc.integer({ min: 2, max: 5 }).map((divisor): Step => ({ do: 'retain', divisor })),
    },
  );
  return fc.record({ width: fc.constant(width), steps: fc.array(step, { maxLength: 200 }) });
});

/** A tuple as an instrument has it: its numbers at the beginning of a longer array. */
const padded = (ids: readonly number[]): Int32Array => Int32Array.from([...ids, 99, 99]);

test('a table finds what a map finds, through any growth and any removal', () => {
  fc.assert(
    fc.property(programs, ({ width, steps }) => {
      const table = new TupleTable(width);
      const rows = new Map<string, number>();
      let next = 0;
      for (const step of steps) {
        switch (step.do) {
          case 'put':
            if (rows.has(key(step.ids))) break;
            rows.set(key(step.ids), next);
            table.insert(padded(step.ids), next++);
            break;
          case 'find':
            expect(table.find(padded(step.ids))).toBe(rows.get(key(step.ids)) ?? -1);
            break;
          case 'retain':
            for (const [text, row] of rows) if (row % step.divisor === 0) rows.delete(text);
            table.retain((row) => row % step.divisor !== 0);
        }
        expect(table.size).toBe(rows.size);
      }
      const seen = new Map<string, number>();
      table.forEach((ids, row) => seen.set(ids.join(), row));
      expect(seen).toEqual(rows);
      for (const [text, row] of rows) expect(table.find(padded(text.split(',').map(Number)))).toBe(row);
    }),
    { numRuns: 300 },
  );
});

test('a table of many tuples that differ in one number each finds all of them', () => {
  const table = new TupleTable(3);
  const size = 20_000;
  for (let i = 0; i < size; i++) table.insert(Int32Array.of(i & 7, i >> 3, 5), i);
  for (let i = 0; i < size; i++) expect(table.find(Int32Array.of(i & 7, i >> 3, 5))).toBe(i);
  expect(table.find(Int32Array.of(0, 0, 4))).toBe(-1);
});
