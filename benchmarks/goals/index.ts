import { acrossSubjects, figure, quotient, throughput, type Bound, type Goal } from './goal.js';

const QUARTER: Bound = { atMost: 1 / 4 };
const THIRD: Bound = { atMost: 1 / 3 };
const HALF: Bound = { atMost: 1 / 2 };
const TENTH: Bound = { atMost: 1 / 10 };
const TWICE: Bound = { atMost: 2 };

const counters: readonly Goal[] = ['violation', 'typed'].flatMap((ours) => [
  quotient({ ...time('counter', ours, 'prom-labels'), what: 'Counter, 4 labels, registry', bound: QUARTER }),
  quotient({ ...time('counter', ours, 'otel'), what: 'Counter, 4 labels, registry', bound: TENTH }),
]);

const ownMeter: readonly Goal[] = [
  quotient({
    ...time('own-meter', 'own', 'prom-inc'),
    what: 'Counter, 4 attributes, own meter',
    bound: HALF,
  }),
  quotient({ ...time('own-meter', 'own', 'prom-labels'), what: 'Counter, 4 attributes, own meter' }),
  quotient({ ...time('own-meter', 'own', 'otel'), what: 'Counter, 4 attributes, own meter' }),
];

const histograms: readonly Goal[] = ['check', 'typed'].flatMap((ours) =>
  ['prom-labels', 'prom-observe'].map((beside) =>
    quotient({ ...time('histogram', ours, beside), what: 'Histogram, 2 labels', bound: THIRD }),
  ),
);

const garbage: readonly Goal[] = [
  ['counter', 'violation'],
  ['counter', 'typed'],
  ['own-meter', 'own'],
  ['histogram', 'typed'],
  ['histogram', 'check'],
].map(([suite = '', ours = '']) =>
  figure({
    what: 'Garbage of a recording',
    suite,
    ours,
    measure: 'bytes',
    unit: 'bytes',
    bound: { atMost: 32 },
  }),
);

const readers: readonly Goal[] = [
  quotient({
    ...time('readers', 'typed-two', 'typed-one'),
    what: 'Two readers, the same cost to a twentieth',
    bound: { atMost: 1.05 },
  }),
  quotient({
    ...time('readers', 'own-two', 'own-one'),
    what: 'Two readers, the same cost to a twentieth',
    bound: { atMost: 1.05 },
  }),
  quotient({ ...time('readers', 'otel-two', 'otel-one'), what: 'Two readers, stock SDK' }),
];

const memory: readonly Goal[] = ['typed', 'own'].flatMap((ours) =>
  Object.entries({ unscraped: 'before a scrape', scraped: 'after two scrapes' }).map(([measure, when]) =>
    quotient({
      what: `Bytes of a series, ${when}`,
      suite: 'memory',
      ours,
      beside: 'prom-client',
      measure,
      bound: { atMost: 1 },
    }),
  ),
);

const scrapes: readonly Goal[] = [
  ...[
    { suite: 'scrape', ours: 'typed-100000', beside: 'prom-client-100000', what: 'Text of 100,000 series' },
    { suite: 'page', ours: 'agent-os', beside: 'prom-client', what: 'Page of 100,000 series over HTTP' },
    {
      suite: 'page',
      ours: 'agent-os-gzip',
      beside: 'prom-client-gzip',
      what: 'Page of 100,000 series over HTTP, gzip',
    },
  ].flatMap(({ suite, ours, beside, what }) => [
    quotient({ suite, ours, beside, what, measure: 'millis', bound: QUARTER }),
    figure({
      suite,
      ours,
      what: `${what}, longest stall`,
      measure: 'stallMillis',
      unit: 'millis',
      bound: { atMost: 20 },
    }),
  ]),
];

const governance: readonly Goal[] = [
  throughput({
    what: 'AGT `evaluatePolicy`, simple rule, throughput with metrics',
    suite: 'agent-governance',
    ours: 'evaluate-simple-metrics',
    bare: 'evaluate-simple-bare',
    bound: { atLeast: 0.92 },
  }),
  throughput({
    what: 'AGT `evaluatePolicy`, simple rule, throughput with metrics and spans',
    suite: 'agent-governance',
    ours: 'evaluate-simple-spans',
    bare: 'evaluate-simple-bare',
    bound: { atLeast: 0.65 },
  }),
  throughput({
    what: 'AGT `evaluatePolicy`, six rules, throughput with metrics',
    suite: 'agent-governance',
    ours: 'evaluate-metrics',
    bare: 'evaluate-bare',
  }),
  throughput({
    what: 'AGT `executeWithGovernance`, log full, throughput with metrics and spans',
    suite: 'agent-governance',
    ours: 'execute-full-spans',
    bare: 'execute-full-bare',
    bound: { atLeast: 0.85 },
  }),
  throughput({
    what: 'AGT `executeWithGovernance`, log empty, throughput with metrics and spans',
    suite: 'agent-governance',
    ours: 'execute-spans',
    bare: 'execute-bare',
    bound: { atLeast: 0.6 },
  }),
];

const spans: readonly Goal[] = [
  quotient({
    ...time('span', 'native-span', 'otel-span'),
    what: 'Span with 4 attributes, start to end',
    bound: QUARTER,
  }),
  quotient({
    ...time('span', 'tracer-dropped', 'otel-dropped'),
    what: 'Span beside the raw API, recording',
    bound: { atMost: 0.3 },
  }),
  quotient({
    ...time('span', 'tracer-noop', 'otel-noop'),
    what: 'Span beside the raw API, no SDK',
    bound: { atMost: 0.6 },
  }),
  quotient({
    ...time('span-delivery', 'native', 'node-sdk'),
    what: 'Span recorded, batched, encoded, sent: processor time',
    bound: { atMost: 0.3 },
  }),
  quotient({
    suite: 'queued-span',
    ours: 'native',
    beside: 'otel',
    measure: 'held',
    what: 'Bytes of a queued span',
    bound: HALF,
  }),
  quotient({
    suite: 'metric-push',
    ours: 'native',
    beside: 'otel',
    measure: 'millis',
    what: 'Push of 100,000 series',
    bound: { atMost: 0.3 },
  }),
  figure({
    suite: 'metric-push',
    ours: 'native',
    measure: 'stallMillis',
    unit: 'millis',
    what: 'Push of 100,000 series, longest stall',
    bound: { atMost: 20 },
  }),
];

const startUp: Goal = {
  what: 'Start-up, without what Node alone takes',
  suite: 'start-up',
  ours: 'agent-os',
  beside: 'node-sdk',
  others: ['node-alone'],
  bound: { atMost: 0.15 },
  unit: 'ratio',
  figures: (of) =>
    acrossSubjects(
      of,
      ['agent-os', 'node-sdk', 'node-alone'],
      'millis',
      ([ours = NaN, theirs = NaN, node = NaN]) => (ours - node) / (theirs - node),
    ),
};

const growth: readonly Goal[] = ['typed', 'own', 'prom-labels', 'prom-inc', 'otel'].map((kind): Goal => {
  const sizes = [1, 100, 10_000, 100_000].map((series) => `${kind}-${series}`);
  return {
    what: 'Recording, dearest of 1 to 100,000 series',
    suite: 'growth',
    ours: `${kind}-100000`,
    beside: `${kind}-1`,
    others: sizes,
    ...((kind === 'typed' || kind === 'own') && { bound: TWICE }),
    unit: 'ratio',
    figures: (of) => acrossSubjects(of, sizes, 'nanos', (nanos) => Math.max(...nanos) / (nanos[0] ?? NaN)),
  };
});

const linear: readonly Goal[] = ['typed', 'prom-client', 'otel'].map((kind): Goal => {
  const sizes = [1_000, 10_000, 100_000];
  const subjects = sizes.map((series) => `${kind}-${series}`);
  const perSeries = (millis: readonly number[]): number[] =>
    millis.map((one, i) => one / (sizes[i] as number));
  return {
    what: 'Scrape, dearest ÷ cheapest series of 1,000 to 100,000',
    suite: 'scrape',
    ours: `${kind}-100000`,
    others: subjects,
    ...(kind === 'typed' && { bound: TWICE }),
    unit: 'ratio',
    figures: (of) =>
      acrossSubjects(
        of,
        subjects,
        'millis',
        (millis) => Math.max(...perSeries(millis)) / Math.min(...perSeries(millis)),
      ),
  };
});

/** What the package is built to reach, in the order of the report. */
export const GOALS: readonly Goal[] = [
  ...counters,
  ...ownMeter,
  ...histograms,
  ...garbage,
  ...readers,
  ...memory,
  ...scrapes,
  ...governance,
  ...spans,
  startUp,
  ...growth,
  ...linear,
];

function time(suite: string, ours: string, beside: string) {
  return { suite, ours, beside, measure: 'nanos' };
}
