import { GroupState } from '../../src/workers/group-state.js';
import type { StreamAbout, WireRow, WireStream } from '../../src/workers/messages.js';
import { SeriesBudget } from '../../src/workers/series-state.js';

const about = (name: string): StreamAbout =>
  ({ name, type: 'counter', description: '', unit: '', registry: false }) as unknown as StreamAbout;

let refused: number;
beforeEach(() => (refused = 0));

function group(bytes: number): GroupState {
  const state = new GroupState(new SeriesBudget(bytes));
  state.refused = (series) => (refused += series);
  return state;
}

/** A process that has counted once in each of these series of each of these streams. */
function countedOnce(
  state: GroupState,
  id: string,
  names: readonly string[],
  labels: readonly string[],
): void {
  const streams = names.map((name, number): WireStream => [number, name, about(name), null]);
  const rows = names.flatMap((_, number) => labels.map((text): WireRow => [number, text, 0, [1]]));
  state.apply({ type: 'joined', id, pid: 1, startedAt: 0, resource: {} });
  state.apply({ type: 'reported', id, report: { begin: true, streams, rows, end: true } });
}

function end(state: GroupState, id: string): void {
  state.apply({ type: 'left', id });
  state.apply({ type: 'folded', id });
}

const numbered = (prefix: string, count: number): string[] =>
  Array.from({ length: count }, (_, number) => `${prefix}${number}`);

const total = ({ departed }: GroupState): number =>
  [...departed.streams.values()]
    .flatMap(({ cells }) => [...cells.values()])
    .reduce((sum, { numbers: [value = 0] }) => sum + value, 0);

test('metrics that each process names anew do not pile up: those past the bound are counted as left out', () => {
  const state = group(64 * 1024 * 1024);
  for (let life = 0; life < 10; life++) {
    countedOnce(state, `${life}`, numbered(`m${life}_`, 1000), ['']);
    end(state, `${life}`);
  }
  expect(state.departed.streams.size).toBe(5000);
  expect(total(state) + refused).toBe(10_000);
});

test('series for which there is no room are one, no total is less, and living ones have room', () => {
  const state = group(400 * 1024);
  for (let life = 0; life < 10; life++) {
    const labels = numbered('id="', 100).map((label) => `${label}_${life}"`);
    countedOnce(state, `${life}`, ['m'], labels);
    end(state, `${life}`);
  }
  const { cells } = state.departed.streams.get('m')!;
  expect(cells.size).toBeLessThan(300);
  expect(cells.get('id="__overflow__"')!.numbers).toEqual([refused]);
  expect(total(state)).toBe(1000);
});

test('a process hands its room on to what stays of it', () => {
  const state = group(140 * 1024);
  const labels = numbered('id="', 100).map((label) => `${label}"`);
  const ids = numbered('process ', 8);
  for (const id of ids) countedOnce(state, id, ['m'], labels);
  for (const id of ids) end(state, id);
  expect(refused).toBe(0);
  expect(total(state)).toBe(800);
});
