import { lintRegistry, METRIC_RULES, SPAN_RULES } from './registry-rules.js';
import { SPANS, type SpanDefinition } from '../../src/semconv/spans.js';
import { id, oneOf, open, slug, type MetricDefinition } from '../../src/semconv/types.js';
import { DEAD_LETTER_REASONS } from '../../src/semconv/values.js';

test('the registry is sound', () => {
  expect(lintRegistry()).toEqual([]);
});

const counter = (rest: Partial<MetricDefinition> = {}): MetricDefinition => ({
  kind: 'counter',
  unit: '{call}',
  description: 'Calls.',
  labels: {},
  ...rest,
});
const histogram = (rest: Partial<MetricDefinition> = {}): MetricDefinition =>
  counter({ kind: 'histogram', unit: 's', buckets: [0.1, 1], ...rest });
const gauge = (rest: Partial<MetricDefinition> = {}): MetricDefinition =>
  counter({
    kind: 'observableGauge',
    unit: '',
    ...(rest.kind === undefined && { overWorkers: 'sum' }),
    ...rest,
  });
const span = (rest: Partial<SpanDefinition> = {}): SpanDefinition => ({ ...SPANS['kernel.signal'], ...rest });

const rulesBroken = (name: string, definition: MetricDefinition) =>
  lintRegistry({ [name]: definition }, {}).map(({ rule }) => rule);

test.each<[name: string, definition: MetricDefinition]>([
  ['agent_os_calls_total', counter({ labels: { status: oneOf('a', 'b'), policy: open, agent_id: id } })],
  ['amb_calls_total', counter({ labels: { reason: oneOf(...DEAD_LETTER_REASONS), topic: open } })],
  ['agent_os_calls_total', counter({ labels: { cause: slug }, initialSeries: [{ cause: 'unknown' }] })],
  ['agent_os_check_seconds', histogram()],
  ['agent_os_request_size_bytes', histogram({ unit: 'By' })],
  ['agent_os_drift_score', histogram({ unit: '' })],
  ['agent_os_uptime_seconds', gauge({ unit: 's' })],
  ['agent_os_consensus_ratio', gauge({ unit: '1' })],
  ['agent_os_queue_depth', gauge({ unit: '{message}' })],
  ['agent_os_build_info', gauge({ labels: { version: open } })],
  ['agent_os_active_agents', gauge({ kind: 'upDownCounter', initialSeries: [{}] })],
  ['gen_ai_calls_total', counter({ convention: { name: 'gen_ai.calls_total', attributes: {} } })],
])('a sound %s passes', (name, definition) => {
  expect(lintRegistry({ [name]: definition }, { 'kernel.signal': span() })).toEqual([]);
});

const FAULTY_METRICS: [rule: string, fault: string, name: string, definition: MetricDefinition][] = [
  ['name-case', 'capitals', 'agent_os_Calls_total', counter()],
  ['name-case', 'dots', 'agent_os_calls.made_total', counter()],
  ['name-case', 'two underscores', 'agent_os__calls_total', counter()],
  ['name-prefix', 'no prefix of ours', 'kernel_calls_total', counter()],
  ['reserved-names', 'the kind in the name', 'agent_os_call_counter_total', counter()],
  ['reserved-names', 'the kind at the end', 'agent_os_check_histogram', histogram({ unit: '' })],
  ['reserved-names', 'the name of a series of a histogram', 'agent_os_calls_bucket', gauge()],
  ['reserved-names', 'a count', 'agent_os_agents_count', gauge()],
  ['reserved-names', 'a sum', 'agent_os_agents_sum', gauge()],
  ['reserved-names', '_info on a histogram', 'agent_os_build_info', histogram({ unit: '' })],
  ['counter-total', 'a counter without _total', 'agent_os_calls', counter()],
  ['counter-total', 'a gauge with _total', 'agent_os_calls_total', gauge()],
  [
    'counter-total',
    'an up-down counter with _total',
    'agent_os_calls_total',
    gauge({ kind: 'upDownCounter' }),
  ],
  ['seconds-suffix', 'seconds that do not say so', 'agent_os_latency', histogram()],
  ['seconds-suffix', 'a name that promises seconds', 'agent_os_latency_seconds', histogram({ unit: '' })],
  ['base-units', 'milliseconds as unit', 'agent_os_latency', histogram({ unit: 'ms' })],
  ['base-units', 'milliseconds in the name', 'agent_os_latency_milliseconds', histogram({ unit: '' })],
  ['base-units', 'percent', 'agent_os_load_percent', gauge()],
  ['base-units', 'kilobytes', 'agent_os_size_kb', gauge({ unit: 'kBy' })],
  ['exposed-name', 'a counter without an annotation', 'agent_os_calls_total', counter({ unit: '' })],
  ['exposed-name', 'a counter of unit 1', 'agent_os_calls_total', counter({ unit: '1' })],
  ['exposed-name', 'a gauge of unit 1 without _ratio', 'agent_os_consensus', gauge({ unit: '1' })],
  ['exposed-name', 'a gauge of seconds without _seconds', 'agent_os_uptime', gauge({ unit: 's' })],
  ['exposed-name', 'bytes that do not say so', 'agent_os_size', gauge({ unit: 'By' })],
  ['description', 'no description', 'agent_os_calls_total', counter({ description: '' })],
  ['description', 'no full stop', 'agent_os_calls_total', counter({ description: 'Calls' })],
  ['description', 'two lines', 'agent_os_calls_total', counter({ description: 'Calls\nand more.' })],
  ['label-names', 'le', 'agent_os_calls_total', counter({ labels: { le: open } })],
  ['label-names', 'quantile', 'agent_os_calls_total', counter({ labels: { quantile: open } })],
  ['label-names', 'a label of Prometheus', 'agent_os_calls_total', counter({ labels: { __name__: open } })],
  ['label-names', 'camel case', 'agent_os_calls_total', counter({ labels: { agentId: id } })],
  [
    'label-order',
    'the id first',
    'agent_os_calls_total',
    counter({ labels: { agent_id: id, action: open } }),
  ],
  [
    'label-order',
    'a closed set last',
    'agent_os_calls_total',
    counter({ labels: { a: open, b: oneOf('x') } }),
  ],
  [
    'label-order',
    'five labels',
    'agent_os_calls_total',
    counter({ labels: { a: open, b: open, c: open, d: open, e: open } }),
  ],
  ['label-order', 'two ids', 'agent_os_calls_total', counter({ labels: { agent_id: id, peer_id: id } })],
  ...[
    { name: 'gen_ai.call.count', attributes: {} },
    { name: 'gen_ai.calls_total', attributes: { a: 'a' } },
  ].map((convention): (typeof FAULTY_METRICS)[number] => [
    'convention-names',
    `${convention.name} of a convention`,
    'gen_ai_calls_total',
    counter({ convention }),
  ]),
  [
    'convention-names',
    'a label that it calls otherwise',
    'gen_ai_calls_total',
    counter({ labels: { a: open }, convention: { name: 'gen_ai.calls_total', attributes: { a: 'b' } } }),
  ],
  ['closed-sets', 'an empty set', 'agent_os_calls_total', counter({ labels: { status: oneOf() } })],
  ['closed-sets', 'a value twice', 'agent_os_calls_total', counter({ labels: { status: oneOf('a', 'a') } })],
  ['closed-sets', 'unknown', 'agent_os_calls_total', counter({ labels: { status: oneOf('a', 'unknown') } })],
  ['closed-sets', 'overflow', 'agent_os_calls_total', counter({ labels: { status: oneOf('__overflow__') } })],
  ['closed-sets', 'no word', 'agent_os_calls_total', counter({ labels: { status: oneOf('not found') } })],
  ['over-workers', 'a gauge without a rule', 'agent_os_depth', gauge({ kind: 'observableGauge' })],
  ['over-workers', 'a counter with one', 'agent_os_calls_total', counter({ overWorkers: 'sum' })],
  ['buckets', 'a histogram without buckets', 'agent_os_check_seconds', histogram({ buckets: [] })],
  ['buckets', 'buckets that fall', 'agent_os_check_seconds', histogram({ buckets: [1, 0.1] })],
  ['buckets', 'a bucket twice', 'agent_os_check_seconds', histogram({ buckets: [1, 1] })],
  ['buckets', '+Inf', 'agent_os_check_seconds', histogram({ buckets: [1, Infinity] })],
  ['buckets', 'no number', 'agent_os_check_seconds', histogram({ buckets: [NaN] })],
  ['buckets', 'zero', 'agent_os_check_seconds', histogram({ buckets: [0, 1] })],
  ['buckets', 'a counter with buckets', 'agent_os_calls_total', counter({ buckets: [1] })],
  [
    'born-at-zero',
    'a label missing',
    'agent_os_calls_total',
    counter({ labels: { a: open }, initialSeries: [{}] }),
  ],
  [
    'born-at-zero',
    'a label too many',
    'agent_os_calls_total',
    counter({ initialSeries: [{ a: 'unknown' }] }),
  ],
  [
    'born-at-zero',
    'a value outside the closed set',
    'agent_os_calls_total',
    counter({ labels: { a: oneOf('x') }, initialSeries: [{ a: 'y' }] }),
  ],
  [
    'born-at-zero',
    'an invented value of an open label',
    'agent_os_calls_total',
    counter({ labels: { a: open }, initialSeries: [{ a: 'y' }] }),
  ],
  ['born-at-zero', 'a series twice', 'agent_os_calls_total', counter({ initialSeries: [{}, {}] })],
  ['born-at-zero', 'a gauge at 0', 'agent_os_queue_depth', gauge({ initialSeries: [{}] })],
];

test.each(FAULTY_METRICS)('%s finds %s', (rule, _, name, definition) => {
  const broken = lintRegistry({ [name]: definition }, {});
  expect(broken.map((problem) => problem.rule)).toContain(rule);
  for (const { metric, message } of broken) {
    expect(metric).toBe(name);
    expect(message).not.toBe('');
  }
});

const FAULTY_SPANS: [rule: string, fault: string, name: string, definition: SpanDefinition][] = [
  ['span-name', 'capitals', 'Kernel.signal', span()],
  ['span-name', 'no namespace', 'signal', span()],
  ['span-name', 'an empty word', 'kernel..signal', span()],
  ['description', 'no full stop', 'kernel.signal', span({ description: 'A signal' })],
  ['span-attributes', 'an undeclared attribute', 'kernel.signal', span({ attributes: ['agent.name'] })],
  ['span-attributes', 'no component', 'kernel.signal', span({ attributes: ['error.type'] })],
  [
    'span-attributes',
    'an attribute twice',
    'kernel.signal',
    span({ attributes: [...SPANS['kernel.signal'].attributes, 'agent.id'] }),
  ],
];

test.each(FAULTY_SPANS)('%s finds %s in a span', (rule, _, name, definition) => {
  const broken = lintRegistry({}, { [name]: definition });
  expect(broken.map((problem) => problem.rule)).toContain(rule);
  expect(broken.every(({ metric }) => metric === name)).toBe(true);
});

test('a fault is one rule’s: other rules stay quiet', () => {
  expect(rulesBroken('agent_os_calls', counter())).toEqual(['counter-total']);
  expect(rulesBroken('agent_os_latency_seconds', histogram({ buckets: [2, 1] }))).toEqual(['buckets']);
  expect(rulesBroken('kernel_calls_total', counter())).toEqual(['name-prefix']);
});

test('each rule has a name of its own, and a fault here that it finds', () => {
  for (const [rules, faulty] of [
    [METRIC_RULES, FAULTY_METRICS],
    [SPAN_RULES, FAULTY_SPANS],
  ] as const) {
    const names = rules.map(({ rule }) => rule);
    expect(new Set(names).size).toBe(names.length);
    expect(new Set(faulty.map(([rule]) => rule))).toEqual(new Set(names));
  }
});
