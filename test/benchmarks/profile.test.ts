import type { HeapProfiler, Profiler, Runtime } from 'node:inspector';
import { allocatedBytes, selfTimes } from '../../benchmarks/profile/functions.js';
import { profilePage } from '../../benchmarks/profile/page.js';

function frame(functionName: string, url = '', lineNumber = 0): Runtime.CallFrame {
  return { functionName, url, lineNumber, columnNumber: 0, scriptId: '0' };
}

const ADD = frame('add', 'file:///home/someone/package/dist/esm/sdk/metrics/counter.js', 41);

const unknown = (): undefined => undefined;

function cpuProfile(samples: readonly (readonly [Runtime.CallFrame, number])[]): Profiler.Profile {
  return {
    startTime: 0,
    endTime: 0,
    nodes: samples.map(([callFrame], id) => ({ id, callFrame })),
    samples: samples.map((_, id) => id),
    timeDeltas: samples.map(([, micros]) => micros),
  };
}

describe('selfTimes', () => {
  it('adds up a function that was called from several places, the most first', () => {
    const profile = cpuProfile([
      [ADD, 10],
      [frame('hash', 'node:crypto'), 25],
      [ADD, 20],
    ]);
    expect(selfTimes(profile, unknown)).toEqual([
      { name: 'add', place: 'sdk/metrics/counter.js:42', amount: 30 },
      { name: 'hash', place: 'node:crypto', amount: 25 },
    ]);
  });

  it('counts waiting as nothing, and the engine’s own work as the engine’s', () => {
    const profile = cpuProfile([
      [frame('(idle)'), 900],
      [frame('(garbage collector)'), 5],
    ]);
    expect(selfTimes(profile, unknown)).toEqual([
      { name: '(garbage collector)', place: 'native', amount: 5 },
    ]);
  });

  it.each([
    ['file:///a/node_modules/@open/api/build/x.js', '@open/api: build/x.js:1'],
    ['file:///a/node_modules/plain/node_modules/inner/lib/y.js', 'inner: lib/y.js:1'],
    ['/a/node_modules/agent-governance/dist/esm/z.js', 'agent-governance: dist/esm/z.js:1'],
    ['file:///a/.cache/benchmarks/chunk.js', 'the measuring loop'],
    ['file:///somewhere/else.js', 'elsewhere'],
  ])('tells of %s no more than: %s', (url, place) => {
    expect(selfTimes(cpuProfile([[frame('f', url), 1]]), unknown)[0]?.place).toBe(place);
  });
});

describe('a function of the package', () => {
  it('stands where its source has it, so that functions of one bundle are told apart', () => {
    const bundle = (line: number) => frame('add', 'file:///a/dist/cjs/bundles/main.js', line);
    const profile = cpuProfile([
      [bundle(4), 1],
      [bundle(90), 2],
    ]);
    const original = ({ lineNumber }: Runtime.CallFrame) =>
      lineNumber === 90 ? 'src/sdk/counter.ts:7' : undefined;
    expect(selfTimes(profile, original).map(({ place }) => place)).toEqual([
      'src/sdk/counter.ts:7',
      'bundles/main.js:5',
    ]);
  });
});

describe('allocatedBytes', () => {
  it('adds up the whole tree and leaves out what allocated nothing', () => {
    const node = (
      callFrame: Runtime.CallFrame,
      selfSize: number,
      children: HeapProfiler.SamplingHeapProfileNode[] = [],
    ): HeapProfiler.SamplingHeapProfileNode => ({ callFrame, selfSize, children });
    const head = node(frame('(root)'), 0, [node(frame(''), 8, [node(ADD, 16)]), node(ADD, 4)]);
    expect(allocatedBytes({ head }, unknown)).toEqual([
      { name: 'add', place: 'sdk/metrics/counter.js:42', amount: 20 },
      { name: '(anonymous)', place: 'native', amount: 8 },
    ]);
  });
});

describe('the page', () => {
  const share = (name: string, amount: number) => ({ name, place: 'native', amount });

  it('has shares of time, bytes of each time, and what is outside the heap', () => {
    const page = profilePage({
      facts: [{ name: 'Node', value: '20' }],
      paths: [
        {
          title: 'A path',
          once: 'recording',
          times: 1000,
          selfTimes: [share('add', 300), share('hash', 100)],
          allocationTimes: 10,
          allocations: [share('add', 320)],
        },
      ],
      held: { series: 100, heapBytes: 4000, heap: [share('make', 2000)], outsideHeap: 6000 },
    });
    expect(page).toContain('| `add` | native | 75.0 % | 300 ns |');
    expect(page).toContain('| `add` | native | 100.0 % | 32.0 B |');
    expect(page).toContain('| (typed arrays and buffers) | outside the heap | 60.0 % | 60.0 B |');
    expect(page).toContain('| `make` | native | 40.0 % | 40.0 B |');
  });

  it('puts the functions beyond a dozen into one line', () => {
    const many = Array.from({ length: 14 }, (_, i) => share(`f${i}`, 10));
    const path = { title: 'A path', once: 'scrape', times: 1, selfTimes: many };
    const page = profilePage({
      facts: [],
      paths: [{ ...path, allocationTimes: 1, allocations: [] }],
      held: { series: 1, heapBytes: 1, heap: [share('make', 1)], outsideHeap: 0 },
    });
    expect(page).toContain('| the other 2 |  | 14.3 % | 20.0 µs |');
    expect(page).toContain('| all |  | 100.0 % | 140 µs |');
    expect(page).not.toContain('bytes/scrape');
  });
});
