import { DropLog } from '../../src/diagnostics/drop-log.js';
import type { ExposedFamily, ExposedStream, FamilyType } from '../../src/exposition/exposed-family.js';
import { familiesOf } from '../../src/exposition/families.js';
import { FamilyNames } from '../../src/exposition/family-names.js';
import { openMetricsFormat, TEXT_FORMAT } from '../../src/exposition/format-writer.js';

const OPEN_METRICS = openMetricsFormat({ created: false });

function stream(name: string, type: FamilyType, about: { registry?: boolean; sums?: boolean } = {}) {
  const { registry = false, sums = type !== 'gauge' } = about;
  return { name, type, registry, sums, description: '', unit: '' } as unknown as ExposedStream;
}

function shown(streams: readonly ExposedStream[], format = TEXT_FORMAT) {
  const drops = new DropLog();
  const conflicts: string[] = [];
  drops.countInto((_, reason) => void conflicts.push(reason));
  const names = new FamilyNames(drops);
  const { reserved, taken, scheme } = format;
  const families = familiesOf(
    streams,
    { nameOf: (stream) => names.nameOf(stream, scheme), reserved, taken },
    drops,
  );
  return { names: families.map(({ name }) => name), families, conflicts: conflicts.length };
}
const streamsOf = ({ streams }: ExposedFamily): string[] => streams.map(({ name }) => name);

test('families stand in the order in which their first instruments were made, the registry first', () => {
  const { names } = shown([
    stream('b', 'gauge'),
    stream('a', 'counter'),
    stream('b', 'gauge'),
    stream('agent_os_x', 'gauge', { registry: true }),
  ]);
  expect(names).toEqual(['agent_os_x', 'b', 'a_total']);
});

test.each([undefined, 'allow-utf-8', 'dots', 'values', 'underscores'] as const)(
  'a name of a convention is one for a scraper that wants %s, of the registry and of hosts',
  (escaping) => {
    const [registry, host] = [true, false].map((registry) =>
      stream('gen_ai.client.token.usage', 'histogram', { registry }),
    ) as [ExposedStream, ExposedStream];
    const { families } = shown([host, registry], openMetricsFormat({ created: false, escaping }));
    expect(families.map(({ name, streams }) => [name, streams])).toEqual([
      ['gen_ai_client_token_usage', [registry, host]],
    ]);
  },
);

test('instruments of one name, as several scopes have them, are one family', () => {
  const { families, conflicts } = shown([stream('my.n', 'counter'), stream('my.n', 'counter')]);
  expect(families.map(({ name, streams }) => [name, streams.length])).toEqual([['my_n_total', 2]]);
  expect(conflicts).toBe(0);
});

test('instruments whose names become one keep names of their own, the first that of both', () => {
  const { names, conflicts } = shown([
    stream('my.n', 'counter'),
    stream('my-n', 'counter'),
    stream('my_n_total', 'counter'),
    stream('my_n', 'counter'),
  ]);
  expect(names).toEqual(['my_n_total', 'U__my_2d_n__total', 'U__my__n__total', 'U__my__n_total']);
  expect(conflicts).toBe(0);
  const others = shown([
    stream('my.n', 'counter'),
    stream('my_n', 'counter'),
    stream('my_n_total', 'counter'),
  ]);
  expect(others.names).toEqual(['my_n_total', 'U__my__n__total', 'U__my__n__total__total']);
  expect(others.conflicts).toBe(0);
});

test('a host has no part in a metric of the registry', () => {
  const { names } = shown([stream('n_total', 'counter'), stream('n_total', 'counter', { registry: true })]);
  expect(names).toEqual(['n_total', 'U__n__total']);
});

test.each<[string, ExposedStream, ExposedStream]>([
  ['another type', stream('n', 'gauge'), stream('n', 'histogram')],
  ['a gauge and what is added up', stream('n', 'gauge'), stream('n', 'gauge', { sums: true })],
])(
  'of two instruments with one name, as %s, the first is shown and the other counted',
  (_, first, second) => {
    const { families, conflicts } = shown([first, second]);
    expect(families.map(({ streams }) => streams)).toEqual([[first]]);
    expect(conflicts).toBe(1);
  },
);

test.each(['_bucket', '_sum', '_count'])(
  'a histogram keeps the name of its %s, whoever was first',
  (part) => {
    const { names, conflicts } = shown([stream(`size${part}`, 'gauge'), stream('size', 'histogram')]);
    expect([names, conflicts]).toEqual([['size'], 1]);
  },
);

test('a registry metric keeps its name although a histogram has a part of that name', () => {
  const own = stream('agent_os_x_count', 'gauge', { registry: true });
  const { families, conflicts } = shown([stream('agent_os_x', 'histogram'), own]);
  expect(families.map(streamsOf)).toEqual([['agent_os_x_count']]);
  expect(conflicts).toBe(1);
});

test('all instruments of a family that is left out are counted', () => {
  const parts = [stream('size_sum', 'gauge'), stream('size_sum', 'gauge')];
  expect(shown([...parts, stream('size', 'histogram')]).conflicts).toBe(2);
});

test('no instrument takes the name of the target', () => {
  expect(shown([stream('target_info', 'gauge')]).names).toEqual([]);
  expect(shown([stream('target', 'gauge'), stream('target.info', 'gauge')], OPEN_METRICS).names).toEqual([]);
  expect(shown([stream('target', 'gauge')]).names).toEqual(['target']);
});

test('in OpenMetrics a counter has the name without its _total too, and when it began', () => {
  const { names } = shown(
    [stream('n', 'counter'), stream('n', 'gauge'), stream('n_created', 'gauge'), stream('m', 'gauge')],
    OPEN_METRICS,
  );
  expect(names).toEqual(['n_total', 'm']);
});
