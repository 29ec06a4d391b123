import fc from 'fast-check';
import { LabelSeriesIndex } from '../../src/cardinality/label-series-index.js';
import { registryMeter } from '../../src/cardinality/registry-meter.js';
import { DropLog } from '../../src/diagnostics/drop-log.js';
import { TypedCounter } from '../../src/instruments/typed-instruments.js';
import { id, oneOf, open, slug, type MetricDefinition } from '../../src/semconv/types.js';
import { createTestObservability } from '../../src/testing/index.js';
import { parseExposition } from '../../src/testing/parse-exposition.js';
import { seriesOf } from '../../src/testing/samples.js';

fc.configureGlobal({ seed: 5_006 }); // the same examples in every run

const METRIC = 'agent_os_example_total';
const VALUES = ['a', 'b', 'c'];
const BOUNDS = [oneOf(...VALUES), open, slug, id];

type Values = readonly string[];
interface Recording {
  readonly by: 'labels' | 'order' | 'a getter that records too';
  readonly values: Values;
  readonly count: number;
}

/** A counter of so many labels, as the registry would declare it, and its page. */
function exampleOf(width: number) {
  const obs = createTestObservability();
  const names = Array.from({ length: width }, (_, i) => `l${i}`);
  const labels: MetricDefinition['labels'] = Object.fromEntries(
    names.map((name, i) => [name, BOUNDS[i % BOUNDS.length]!]),
  );
  const drops = new DropLog();
  const index = new LabelSeriesIndex(
    METRIC,
    { kind: 'counter', unit: '{call}', description: 'Calls.', labels },
    drops,
  );
  const recorder = registryMeter(obs.meterProvider).recorder('counter', METRIC, {}, index);
  const counter = new TypedCounter<never>(METRIC as never, recorder, index, drops);
  const inOrder = counter.by(...(names as never[])) as { add(value: number, ...values: string[]): void };
  const labelled = (values: Values) => Object.fromEntries(names.map((name, i) => [name, values[i]]));
  const record = ({ by, values, count }: Recording): void => {
    if (by === 'order') return inOrder.add(count, ...values);
    const given = labelled(values);
    if (by !== 'labels' && width > 0) {
      const last = names[width - 1]!;
      Object.defineProperty(given, last, {
        get() {
          inOrder.add(count, ...[...values].reverse()); // while the values of this recording are being read
          return values[width - 1];
        },
      });
    }
    counter.add(count, given);
  };
  const page = async () =>
    new Map(
      seriesOf(parseExposition(await obs.export()), METRIC).map(({ labels: found, value }) => [
        names.map((name) => found[name]).join(),
        value,
      ]),
    );
  return { obs, record, page, index };
}

/** What a map of label values to counts says of the same recordings. */
function modelOf(width: number, recordings: readonly Recording[]): Map<string, number> {
  const counts = new Map<string, number>();
  const count = (values: Values, by: number) =>
    void counts.set(values.join(), (counts.get(values.join()) ?? 0) + by);
  for (const { by, values, count: by1 } of recordings) {
    count(values, by1);
    if (by === 'a getter that records too' && width > 0) count([...values].reverse(), by1);
  }
  return counts;
}

const programs = fc.integer({ min: 0, max: 8 }).chain((width) =>
  fc.record({
    width: fc.constant(width),
    recordings: fc.array(
      fc.record<Recording>({
        by: fc.constantFrom('labels', 'order', 'a getter that records too'),
        values: fc.array(fc.constantFrom(...VALUES), { minLength: width, maxLength: width }),
        count: fc.integer({ min: 1, max: 9 }),
      }),
      { maxLength: 60 },
    ),
  }),
);

test('a page shows what a map would count, whatever the number of labels and however they are given', async () => {
  await fc.assert(
    fc.asyncProperty(programs, async ({ width, recordings }) => {
      const { obs, record, page } = exampleOf(width);
      for (const recording of recordings) record(recording);
      expect(await page()).toEqual(modelOf(width, recordings));
      await obs.shutdown();
    }),
    { numRuns: 100 },
  );
});

test.each([5, 6])('a counter of %i labels is counted and shown like any other', async (width) => {
  const { obs, record, page, index } = exampleOf(width);
  const [first, second] = [VALUES[0]!.repeat(width).split(''), VALUES[1]!.repeat(width).split('')];
  record({ by: 'labels', values: first, count: 1 });
  record({ by: 'order', values: first, count: 2 });
  record({ by: 'order', values: [...first.slice(1), 'b'], count: 4 }); // only the last label differs
  record({ by: 'labels', values: second, count: 8 });
  expect(await page()).toEqual(
    new Map([
      [first.join(), 3],
      [[...first.slice(1), 'b'].join(), 4],
      [second.join(), 8],
    ]),
  );
  expect(index.size).toBe(3);
  await obs.shutdown();
});
