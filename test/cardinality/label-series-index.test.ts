import { DEFAULT_CARDINALITY_LIMITS } from '../../src/cardinality/cardinality-limits.js';
import { ALL_LABELS } from '../../src/semconv/values.js';
import { id, oneOf, open, slug } from '../../src/semconv/types.js';
import { indexOf, Tally } from './support.js';

const STATUS = oneOf('success', 'error');

describe('a label set', () => {
  test('has the declared labels in declared order, and no other', () => {
    const { index, heard } = indexOf({ status: STATUS, action: open, agent_id: id });
    const given = { agent_id: 'a', extra: 'x', action: 'read', status: 'error' };
    expect(Object.entries(index.resolve(given))).toEqual([
      ['status', 'error'],
      ['action', 'read'],
      ['agent_id', 'a'],
    ]);
    expect(heard).toEqual([]);
  });

  test('is one frozen object for equal labels, however they are given', () => {
    const { index } = indexOf({ status: STATUS, agent_id: id });
    const first = index.resolve({ status: 'error', agent_id: '7' });
    expect(index.resolve({ agent_id: '7', status: 'error' })).toBe(first);
    expect(index.resolve({ agent_id: 7, status: 'error' })).toBe(first);
    expect(index.resolve({ agent_id: 7n, status: 'error' })).toBe(first);
    expect(index.resolve({ agent_id: '8', status: 'error' })).not.toBe(first);
    expect(Object.isFrozen(first)).toBe(true);
    expect(index.size).toBe(2);
  });

  test('keeps nothing of the caller’s: a later change of its object changes no series', () => {
    const { index } = indexOf({ action: open });
    const given = { action: 'read' };
    const first = index.resolve(given);
    given.action = 'write';
    expect(first).toEqual({ action: 'read' });
    expect(index.resolve(given)).toEqual({ action: 'write' });
  });

  test('is the one empty set of a metric without labels', () => {
    const { index } = indexOf({});
    expect(index.bounded).toBe(false);
    expect(index.size).toBe(1);
    expect(index.resolve({ agent_id: 'a' })).toBe(index.resolve({}));
    expect(index.resolve({})).toEqual({});
    expect(Object.isFrozen(index.resolve({}))).toBe(true);
  });
});

describe('a closed label', () => {
  test('takes its values alone; another becomes unknown and is told', () => {
    const { index, heard } = indexOf({ status: STATUS });
    expect(index.resolve({ status: 'fine' })).toEqual({ status: 'unknown' });
    expect(index.resolve({ status: 'SUCCESS' })).toEqual({ status: 'unknown' });
    expect(index.resolve({ status: 0 })).toEqual({ status: 'unknown' });
    expect(heard).toEqual([
      ['invalid', 'status', 'fine'],
      ['invalid', 'status', 'SUCCESS'],
      ['invalid', 'status', 0],
    ]);
    expect(index.size).toBe(1);
  });

  test('is unknown without a word where the caller does not say, or says so', () => {
    const { index, heard } = indexOf({ status: STATUS });
    expect(index.resolve({})).toEqual({ status: 'unknown' });
    expect(index.resolve({ status: undefined })).toEqual({ status: 'unknown' });
    expect(index.resolve({ status: 'unknown' })).toEqual({ status: 'unknown' });
    expect(heard).toEqual([]);
  });
});

describe.each([
  ['id', id],
  ['open', open],
  ['slug', slug],
] as const)('a cap on values of an %s label', (bound, label) => {
  test('sends new values to the overflow series, each time told, and keeps the known ones', () => {
    const { index, heard } = indexOf({ it: label }, { [bound]: 2 });
    const [a, b] = [index.resolve({ it: 'a' }), index.resolve({ it: 'b' })];
    expect(heard).toEqual([]);
    const over = index.resolve({ it: 'c' });
    expect(over).toEqual({ it: '__overflow__' });
    expect(index.resolve({ it: 'd' })).toBe(over);
    expect(index.resolve({ it: 'c' })).toBe(over);
    expect(heard).toEqual([1, 2, 3].map(() => ['overflowed', 'it', 2]));
    expect(index.resolve({ it: 'a' })).toBe(a);
    expect(index.resolve({ it: 'b' })).toBe(b);
    expect(index.size).toBe(3);
  });

  test('counts neither unknown nor the overflow value itself', () => {
    const { index, heard } = indexOf({ it: label }, { [bound]: 1 });
    index.resolve({});
    index.resolve({ it: '__overflow__' });
    expect(index.resolve({ it: 'a' })).toEqual({ it: 'a' });
    expect(heard).toEqual([]);
  });

  test('of none admits no value', () => {
    const { index } = indexOf({ it: label }, { [bound]: 0 });
    expect(index.resolve({ it: 'a' })).toEqual({ it: '__overflow__' });
    expect(index.resolve({})).toEqual({ it: 'unknown' });
  });
});

test('each label has a cap of its own: one that overflows leaves the others their values', () => {
  const { index, heard } = indexOf({ status: STATUS, action: open, agent_id: id }, { id: 1, open: 10 });
  index.resolve({ status: 'error', action: 'read', agent_id: 'a' });
  expect(index.resolve({ status: 'success', action: 'write', agent_id: 'b' })).toEqual({
    status: 'success',
    action: 'write',
    agent_id: '__overflow__',
  });
  expect(heard).toEqual([['overflowed', 'agent_id', 1]]);
});

describe('the cap on series', () => {
  test('folds new series into one overflow series for each closed combination', () => {
    const { index, heard } = indexOf({ status: STATUS, action: open }, { series: 2 });
    index.resolve({ status: 'success', action: 'a' });
    index.resolve({ status: 'success', action: 'b' });
    const over = index.resolve({ status: 'success', action: 'c' });
    expect(over).toEqual({ status: 'success', action: '__overflow__' });
    expect(index.resolve({ status: 'success', action: 'd' })).toBe(over);
    expect(index.resolve({ status: 'error', action: 'a' })).toEqual({
      status: 'error',
      action: '__overflow__',
    });
    expect(heard).toEqual([1, 2, 3].map(() => ['overflowed', ALL_LABELS, 2]));
    expect(index.resolve({ status: 'success', action: 'b' })).toEqual({ status: 'success', action: 'b' });
    expect([index.size, index.limit]).toEqual([4, 2]);
  });

  test('never costs a closed set its values', () => {
    const { index, heard } = indexOf({ status: STATUS }, { series: 1 });
    expect(index.resolve({ status: 'success' })).toEqual({ status: 'success' });
    expect(index.resolve({ status: 'error' })).toEqual({ status: 'error' });
    expect(heard).toEqual([]);
  });
});

describe('caps', () => {
  test('have their defaults', () => {
    expect(DEFAULT_CARDINALITY_LIMITS).toEqual({ id: 1000, open: 200, slug: 100, series: 10_000 });
    const { index } = indexOf({ action: open });
    for (let i = 0; i < 201; i++) index.resolve({ action: `a${i}` });
    expect(index.resolve({ action: 'a199' })).toEqual({ action: 'a199' });
    expect(index.resolve({ action: 'a200' })).toEqual({ action: '__overflow__' });
    expect(index.limit).toBe(10_000);
  });

  test.each<[given: string, caps: object]>([
    ['undefined', { open: undefined, series: undefined }],
    ['null', { open: null, series: null }],
    ['NaN', { open: NaN, series: NaN }],
    ['a negative number', { open: -1, series: -1 }],
    ['text', { open: '5', series: '5' }],
  ])('of %s are the defaults, not caps of none', (_, caps) => {
    const { index, heard } = indexOf({ action: open }, caps);
    expect(index.resolve({ action: 'a' })).toEqual({ action: 'a' });
    expect(index.limit).toBe(10_000);
    expect(heard).toEqual([]);
  });
});

describe('hostile labels', () => {
  const throwing = {
    get agent_id(): string {
      throw new Error('no');
    },
    status: 'error',
  };

  test('a getter that throws costs its own label alone, and is told', () => {
    const { index, heard } = indexOf({ status: STATUS, agent_id: id });
    expect(index.resolve(throwing)).toEqual({ status: 'error', agent_id: 'unknown' });
    expect(heard).toEqual([['invalid', 'agent_id', new Error('no')]]);
  });

  test.each<[what: string, labels: unknown]>([
    ['undefined', undefined],
    ['null', null],
  ])('%s instead of labels is a set of unknown', (_, labels) => {
    const { index, heard } = indexOf({ status: STATUS, agent_id: id });
    expect(index.resolve(labels as never)).toEqual({ status: 'unknown', agent_id: 'unknown' });
    expect(heard.map(([event, label]) => [event, label])).toEqual([
      ['invalid', 'status'],
      ['invalid', 'agent_id'],
    ]);
  });

  test('a Proxy that refuses everything is a set of unknown', () => {
    const refuse = () => {
      throw new TypeError('refused');
    };
    const proxy = new Proxy({}, { get: refuse, has: refuse, ownKeys: refuse, getPrototypeOf: refuse });
    const { index } = indexOf({ status: STATUS, agent_id: id });
    expect(index.resolve(proxy)).toEqual({ status: 'unknown', agent_id: 'unknown' });
    const { proxy: revoked, revoke } = Proxy.revocable({}, {});
    revoke();
    expect(index.resolve(revoked)).toEqual({ status: 'unknown', agent_id: 'unknown' });
  });

  test.each<[what: string, value: unknown, label: string]>([
    ['a symbol', Symbol('s'), 'unknown'],
    ['an object', { toString: () => 'a' }, 'unknown'],
    ['an object without a prototype', Object.create(null), 'unknown'],
    ['a function', () => 'a', 'unknown'],
    ['an array', ['a'], 'unknown'],
    ['null', null, 'unknown'],
    ['empty text', '', 'unknown'],
    ['a bigint', 2n ** 70n, '1180591620717411303424'],
    ['a number', 1.5, '1.5'],
    ['NaN', NaN, 'NaN'],
    ['a boolean', false, 'false'],
    ['__proto__', '__proto__', '__proto__'],
    ['constructor', 'constructor', 'constructor'],
    ['text with a line feed', 'a\nb"\\', 'a\nb"\\'],
    ['a lone high surrogate', 'a\uD83D', 'a\uFFFD'],
    ['a lone low surrogate', '\uDE00b', '\uFFFDb'],
    ['a whole pair', '\uD83D\uDE00', '\uD83D\uDE00'],
    ['a megabyte', 'x'.repeat(1 << 20), 'x'.repeat(128)],
    ['a pair at the cut', 'x'.repeat(127) + '\uD83D\uDE00', 'x'.repeat(127) + '\uFFFD'],
  ])('%s becomes text', (_, value, label) => {
    const { index } = indexOf({ agent_id: id });
    const attributes = index.resolve({ agent_id: value });
    expect(attributes).toEqual({ agent_id: label });
    expect(index.resolve({ agent_id: value })).toBe(attributes);
    expect(index.size).toBe(1);
  });

  test('long values that differ past the cut are one series, and nothing of them is kept', () => {
    const { index } = indexOf({ agent_id: id }, { id: 1 });
    const long = 'x'.repeat(1 << 20);
    expect(index.resolve({ agent_id: `${long}a` })).toBe(index.resolve({ agent_id: `${long}b` }));
  });

  test('a value that an object inherits is read as any property is', () => {
    const { index } = indexOf({ action: open });
    expect(index.resolve(Object.create({ action: 'read' }) as never)).toEqual({ action: 'read' });
  });
});

test('100 000 agents are 1000 ids and one overflow series, and none is lost', () => {
  const { index, heard } = indexOf({ action: open, agent_id: id });
  const tally = new Tally();
  for (let i = 0; i < 100_000; i++) tally.add(index.resolve({ agent_id: `agent-${i}`, action: 'read' }));

  expect(tally.total).toBe(100_000);
  expect(tally.series).toHaveLength(1001);
  expect(index.size).toBe(1001);
  const over = index.resolve({ agent_id: 'one more', action: 'read' });
  expect(over).toEqual({ action: 'read', agent_id: '__overflow__' });
  expect(tally.of(over)).toBe(99_000);
  expect(new Set(tally.series.map(({ agent_id }) => agent_id)).size).toBe(1001);
  expect(heard).toHaveLength(99_001);
  expect(
    heard.every(([event, label, cap]) => event === 'overflowed' && label === 'agent_id' && cap === 1000),
  ).toBe(true);
  // Nothing is held for the others: all values and nodes that are reachable, counted.
  expect(reachable(index)).toBeLessThan(1001 * 10);
});

/** Maps, sets and objects reachable from here, and their entries. */
function reachable(from: unknown, seen = new Set<unknown>()): number {
  if (from === null || typeof from !== 'object' || seen.has(from)) return 0;
  seen.add(from);
  if (ArrayBuffer.isView(from)) return 1 + from.byteLength / 16; // an entry of a map weighs more
  const inner: unknown[] =
    from instanceof Map
      ? [...from.keys(), ...from.values()]
      : from instanceof Set
        ? [...from]
        : Object.values(from);
  if (Array.isArray(from) && from.length > 90_000) return 0; // what the listener of this test remembers
  return inner.reduce<number>((sum, one) => sum + reachable(one, seen), 1 + inner.length);
}
