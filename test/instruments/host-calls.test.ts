import {
  AgentMetrics,
  AmbMetrics,
  ApprovalMetrics,
  CmvkMetrics,
  ComponentMetrics,
  KernelMetrics,
  KillMetrics,
} from '../../src/instruments/index.js';
import { KernelPresence } from '../../src/instruments/kernel-presence.js';
import { StreamMetrics } from '../../src/instruments/stream-metrics.js';
import { contractName, METRICS, definitionOf, type MetricName } from '../../src/semconv/metrics.js';
import { recording, warnings } from './support.js';

const refuse = (): never => {
  throw new Error('refused');
};
/** Property names of all arguments that recording methods take. */
const PROPERTIES = [
  ...[
    'action',
    'status',
    'agentId',
    'policy',
    'severity',
    'reason',
    'result',
    'durationSeconds',
    'errorType',
    'outcome',
  ],
  ...['decision', 'enforced', 'signal', 'success', 'state', 'version', 'policyMode', 'topic', 'priority'],
  ...['component', 'operation', 'finding', 'score', 'tier', 'identity', 'credential', 'ageSeconds'],
  ...[
    'confidence',
    'driftScore',
    'modelCount',
    'agreeingCount',
    'model',
    'modelA',
    'inputTokens',
    'outputTokens',
    'provider',
    'responseModel',
    'modelB',
    'latencySeconds',
  ],
];
const withAll = (value: unknown) => Object.fromEntries(PROPERTIES.map((name) => [name, value]));

const VALUES: Record<string, unknown> = {
  undefined: undefined,
  null: null,
  'a negative number': -1,
  NaN: NaN,
  Infinity: Infinity,
  'a bigint': 10n ** 30n,
  'empty text': '',
  'a lone surrogate': '\uD800',
  'a megabyte': 'x'.repeat(1 << 20),
  __proto__: '__proto__',
  'a symbol': Symbol('s'),
  'a function': refuse,
  'an array': [1, 'two', {}],
  'an object without a prototype': Object.create(null),
  'an object whose text cannot be had': { toString: refuse, valueOf: refuse, [Symbol.toPrimitive]: refuse },
  'a date that is none': new Date(NaN),
  'a Proxy that refuses': new Proxy(() => {}, {
    get: refuse,
    has: refuse,
    ownKeys: refuse,
    getPrototypeOf: refuse,
    apply: refuse,
    getOwnPropertyDescriptor: refuse,
  }),
};
const revocable = Proxy.revocable({}, {});
revocable.revoke();

const GARBAGE: [what: string, value: unknown][] = [
  ...Object.entries(VALUES),
  ['a revoked Proxy', revocable.proxy],
  [
    'getters that throw',
    Object.defineProperties({}, Object.fromEntries(PROPERTIES.map((p) => [p, { get: refuse }]))),
  ],
  ['an empty object', {}],
  ['a frozen one', Object.freeze({})],
  ...Object.entries(VALUES).map(([what, value]): [string, unknown] => [`only ${what}`, withAll(value)]),
];

const CLASSES = { KernelMetrics, KillMetrics, CmvkMetrics, AgentMetrics, AmbMetrics, ComponentMetrics };
const METHODS = Object.entries(CLASSES).flatMap(([name, type]) =>
  Object.getOwnPropertyNames(type.prototype)
    .filter((method) => /^(record|set)/.test(method))
    .map((method): [string, string] => [name, method]),
);

test('all recording methods are under test', () => {
  expect(METHODS.map(([, method]) => method)).toEqual(
    expect.arrayContaining([
      'recordRequest',
      'setInfo',
      'recordVerification',
      'recordLlmCall',
      'recordDeadLetter',
    ]),
  );
  expect(METHODS.length).toBeGreaterThanOrEqual(29);
});

test.each(METHODS)('%s.%s never throws, and what it records is valid', async (name, method) => {
  const { instruments, collect } = recording();
  const target = new CLASSES[name as keyof typeof CLASSES](instruments);
  const record = (...args: unknown[]) =>
    (target as unknown as Record<string, (...a: unknown[]) => unknown>)[method]!(...args);

  expect(() => record()).not.toThrow();
  for (const [what, value] of GARBAGE) {
    try {
      expect(record(value)).toBeUndefined();
    } catch (error) {
      throw new Error(`${method} threw for ${what}`, { cause: error });
    }
  }

  const { metrics, errors } = await collect();
  expect(errors).toEqual([]);
  for (const { descriptor, dataPoints } of metrics) {
    const { labels } = definitionOf(contractName(descriptor.name) as MetricName);
    for (const { attributes, value } of dataPoints) {
      expect(Object.keys(attributes).map(contractName)).toEqual(Object.keys(labels));
      for (const text of Object.values(attributes)) {
        expect(typeof text).toBe('string');
        expect((text as string).length).toBeLessThanOrEqual(128);
      }
      const { sum, min } =
        typeof value === 'number' ? { sum: value, min: 0 } : (value as { sum: number; min: number });
      expect(Number.isFinite(sum)).toBe(true);
      if (descriptor.name !== 'agent_os_active_agents') expect(Math.min(sum, min)).toBeGreaterThanOrEqual(0);
    }
  }
});

test('what a method cannot read is dropped, counted each time and warned about once', async () => {
  const lines = warnings();
  const { instruments, collect } = recording();
  const kernel = new KernelMetrics(instruments);
  for (let i = 0; i < 3; i++) kernel.recordViolation(undefined as never);
  const found = await collect();
  expect(found.total('agent_os_violations_total')).toBe(0);
  const dropped = { signal: 'metrics', reason: 'invalid_value' };
  expect(found.find('agent_os_telemetry_dropped_total', dropped)).toBe(3);
  expect(lines).toHaveLength(1);
  expect(lines[0]).toMatch(/KernelMetrics\.recordViolation: dropped \(TypeError/);
});

test('a method taken off its object warns and does not throw', () => {
  const lines = warnings();
  const { recordRequest, recordKernelCrash } = new KernelMetrics(
    recording().instruments,
  ) as unknown as Record<string, (argument?: unknown) => void>;
  expect(() => recordRequest!({ action: 'a', status: 'success' })).not.toThrow();
  expect(() => recordKernelCrash!()).not.toThrow();
  expect(lines).toHaveLength(2);
});

test('observing and timing methods never throw for garbage either', async () => {
  const { instruments, collect } = recording();
  const kernel = new KernelMetrics(instruments);
  const amb = new AmbMetrics(instruments);
  const agent = new AgentMetrics(instruments);
  for (const [, value] of GARBAGE) {
    const any = value as never;
    amb.observeQueueDepth(any, any)();
    amb.observeBroker(any, any);
    amb.observePersistence(any);
    amb.observeWalPending(any);
    amb.observeWalPending(() => any);
    amb.observeBroker('b', () => any);
    kernel.startPolicyCheck(any).end(any);
    kernel.startExecution(any).end(any);
    expect(kernel.policyCheck(any, () => 1, any)).toBe(1);
    expect(kernel.execution(any, () => 2, any)).toBe(2);
    expect(agent.execution(any, () => 3)).toBe(3);
    expect(amb.publish(any, () => 4)).toBe(4);
    expect(amb.deliver(any, () => 5)).toBe(5);
    expect(() => kernel.policyCheck('p', () => value as boolean)).not.toThrow();
    expect(() => kernel.execution('a', () => value, { classify: any })).not.toThrow();
  }
  const { errors } = await collect();
  expect(errors).toEqual([]);
});

test('every metric of the registry has a method that records it', async () => {
  const { instruments, telemetry, collect } = recording({ cardinalityLimits: { slug: 1 } });
  const kernel = new KernelMetrics(instruments);
  const cmvk = new CmvkMetrics(instruments);
  const agent = new AgentMetrics(instruments);
  const amb = new AmbMetrics(instruments);
  const component = new ComponentMetrics(instruments);
  const of = <T extends object>(target: T) =>
    target as unknown as Record<string, (argument: unknown) => void>;
  const argument = {
    ...withAll('a'),
    ...{
      durationSeconds: 1,
      latencySeconds: 1,
      driftScore: 0.1,
      confidence: 0.9,
      success: true,
      signal: 'SIGKILL',
      score: 0.5,
      ageSeconds: 1,
      tier: 'Trusted',
      inputTokens: 1,
      outputTokens: 1,
    },
  };
  const kills = new KillMetrics(instruments);
  const targets = {
    KernelMetrics: kernel,
    KillMetrics: kills,
    CmvkMetrics: cmvk,
    AgentMetrics: agent,
    AmbMetrics: amb,
    ComponentMetrics: component,
  };
  for (const [name, method] of METHODS) of(targets[name as keyof typeof targets])[method]!(argument);
  cmvk.recordVerification({ result: 'verified', confidence: 1, driftScore: 0, durationSeconds: 1 });
  kernel.recordViolation({ agentId: 'a', action: 'a', policy: 'p', blocked: false });
  kernel.recordAgentCrash({ agentId: 'a', reason: 'one_more_than_may_be' });
  component.recordTrust({ agentId: 'a', identity: 'a', score: 1, tier: 'Verified' });
  telemetry.recordScrape(0.01);
  KernelPresence.of(instruments).begin(15_000);
  new StreamMetrics(instruments).recordAbandoned({ action: 'a' });
  const approvals = new ApprovalMetrics(instruments);
  const pending = approvals.ask({ agentId: 'a', action: 'a', policy: 'p', params: 1 });
  pending.answered({ outcome: 'approved', approver: 'human' });
  pending.running({ action: 'a', params: 2 });
  amb.observeQueueDepth('t', () => 1);
  amb.observeBroker('b', () => true);
  amb.observePersistence(() => true);
  amb.observeWalPending(() => 1);
  const emitted = (await collect()).metrics.filter(({ dataPoints }) => dataPoints.length > 0);
  expect(emitted.map(({ descriptor }) => contractName(descriptor.name)).sort()).toEqual(
    Object.keys(METRICS).sort(),
  );
});
