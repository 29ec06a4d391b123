import { spanTree } from './span-tree.js';

const span = (name: string, spanId: string, parentSpanId?: string, startNanos = 0n, traceId = 't') => ({
  name,
  spanId,
  parentSpanId,
  startNanos,
  traceId,
});

describe('spanTree', () => {
  test('nests by parent whatever the order of arrival, siblings by start', () => {
    const spans = [
      span('second', '3', '1', 20n),
      span('leaf', '4', '2', 11n),
      span('first', '2', '1', 10n),
      span('root', '1', undefined, 0n),
    ];
    expect(spanTree(spans)).toEqual([
      {
        name: 'root',
        children: [
          { name: 'first', children: [{ name: 'leaf', children: [] }] },
          { name: 'second', children: [] },
        ],
      },
    ]);
  });

  test('keeps the order of arrival where spans start together', () => {
    const spans = [span('b', '2', '1'), span('a', '3', '1'), span('root', '1')];
    expect(spanTree(spans)[0]?.children.map((child) => child.name)).toEqual(['b', 'a']);
  });

  test('makes a root of a span whose parent is elsewhere, and keeps traces with equal ids apart', () => {
    const spans = [span('remote child', '2', '9'), span('x', '1'), span('y', '2', '1', 0n, 'other')];
    expect(spanTree(spans)).toEqual([
      { name: 'remote child', children: [] },
      { name: 'x', children: [] },
      { name: 'y', children: [] },
    ]);
  });

  test('has no trees for no spans', () => {
    expect(spanTree([])).toEqual([]);
  });

  test('refuses a span that came twice', () => {
    expect(() => spanTree([span('a', '1'), span('a', '1')])).toThrow('span "a" (t/1) came twice');
  });

  test('refuses spans that are their own ancestors', () => {
    expect(() => spanTree([span('a', '1', '2'), span('b', '2', '1')])).toThrow('2 spans are each other');
    expect(() => spanTree([span('self', '1', '1')])).toThrow('1 spans are');
  });
});
