// What a host does that nobody should: its agents, its spans, its instruments.
import {
  trace,
  type Attributes,
  type BatchObservableResult,
  type Meter,
  type Observable,
} from '@opentelemetry/api';
import type { Observability } from '../../../src/index.js';
import type { ChaosRandom, Tally } from '../random.js';

/** One thing that is done again and again; `tick` runs fifty times a second, in all processes together. */
export interface Load {
  tick(): void;
}

/** What loads share. */
export interface LoadContext {
  readonly obs: Observability;
  readonly random: ChaosRandom;
  readonly tally: Tally;
  /** A number that never comes twice in this process. */
  readonly next: () => number;
  readonly spanMade: (spans: number) => void;
}

const LONG = 'x'.repeat(32 * 1024);
/** Values that a label may get from somewhere; those that are no text come from JavaScript. */
const HOSTILE_VALUES: readonly unknown[] = [
  '',
  ' ',
  'a"b\\c\nd\r\te',
  '请求',
  '\ud800',
  '\u0000\u0007',
  '__overflow__',
  LONG.slice(0, 3000),
  undefined,
  null,
  NaN,
  Symbol('label'),
  { toString: () => 'an object' },
  {
    toString(): string {
      throw new Error('no text');
    },
  },
];
const HOSTILE_NAMES = [
  '请求',
  '_',
  '.total',
  '"',
  '',
  ' ',
  '1a',
  '-a',
  'requests.ok',
  'requests-ok',
  'requests_ok',
  'requests/ok',
  'le',
  'quantile',
  'a{b="c"}',
  'a\nb 1',
  '# TYPE x counter',
  'x'.repeat(300),
  'agent_os_requests_total',
  'agent_os_requests',
  'up',
  '🔥.count',
  'ﬁ.ligature',
  '__name__',
  'total',
  '_total',
  'a_total_total',
  'a_created',
  'a_bucket',
  'Ａ．ｂ',
] as const;
const HOSTILE_KEYS = [
  '',
  'le',
  '__name__',
  'a.b',
  'a_b',
  'a-b',
  'é',
  '请',
  '"',
  'a\nb',
  'job',
  'x'.repeat(3000),
];

export function churn({ obs, random, tally, next }: LoadContext): Load {
  return {
    tick() {
      for (let agent = 0; agent < 4; agent++) {
        const id = next();
        const agentId = `agent-${id}`;
        const action = `action-${id % 2000}`;
        const policy = `policy-${id}`;
        obs.kernel.recordRequest({ action, status: random.pick(['success', 'error', 'denied'] as const) });
        obs.kernel.recordViolation({ agentId, action, policy, severity: 'high' });
        obs.kernel.recordBlocked({ agentId, action });
        obs.kernel.recordPolicyCheck({ policy, result: 'denied', durationSeconds: random.next() });
        obs.kernel.policyCheck(policy, () => random.next() < 0.5);
      }
      tally.add('agents and policies that came once', 4);
      const odd = (): never => random.pick(HOSTILE_VALUES) as never;
      obs.kernel.recordViolation({ agentId: odd(), action: odd(), policy: odd(), severity: odd() });
      obs.kernel.recordPolicyCheck({ policy: odd(), result: odd(), durationSeconds: odd() });
      obs.kernel.recordRequest(odd());
      tally.add('calls with values that are none', 3);
    },
  };
}

export function spans({ obs, random, tally, next, spanMade }: LoadContext): Load {
  const tracer = trace.getTracer('chaos');
  const swallow = (run: () => void): void => {
    try {
      run();
    } catch {
      // Our own error, which a span only passes on.
    }
  };
  let ticks = 0;
  const burst = (): void => {
    for (let span = 0; span < 3000; span++) tracer.startSpan('burst').end();
    spanMade(3000);
    tally.add('bursts of 3000 spans');
  };
  return {
    tick() {
      if (ticks++ % 400 === 200) burst();
      const id = next();
      const kernelSpan = { agentId: `agent-${id}`, action: 'act' };
      const message = random.next() < 0.2 ? LONG : 'short';
      swallow(() =>
        obs.tracer.execute(kernelSpan, () => {
          obs.tracer.violation({ ...kernelSpan, policy: `policy-${id}`, reason: message });
          throw new Error(message);
        }),
      );
      spanMade(2);
      if (message === LONG) tally.add('spans with an error of 32 KiB', 1);
      const odd = tracer.startSpan(random.pick(HOSTILE_NAMES));
      odd.setAttribute(random.pick(HOSTILE_KEYS), random.pick(HOSTILE_VALUES) as string);
      odd.setAttributes({ list: [1, null, 'two'] as never, deep: { a: { b: [1n] } } as never });
      odd.recordException(random.pick(HOSTILE_VALUES) as Error);
      odd.addEvent(random.pick(HOSTILE_NAMES), { value: random.pick(HOSTILE_VALUES) as string });
      odd.end();
      odd.end();
      odd.setAttribute('late', 1);
      spanMade(1);
      tally.add('spans', 3);
    },
  };
}

export function names({ obs, random, tally }: LoadContext): Load {
  const meter = obs.meterProvider.getMeter('chaos.names');
  const other = obs.meterProvider.getMeter('chaos "names"\n', '1');
  return {
    tick() {
      const name = random.pick(HOSTILE_NAMES);
      const attributes: Attributes = { [random.pick(HOSTILE_KEYS)]: random.pick(HOSTILE_VALUES) as string };
      const from = random.pick([meter, other]);
      const options = {
        unit: random.pick(['', 's', '1', '{请求}', 'a"b', 'By\n']),
        description: 'a "b" \\ c\n# d',
      };
      switch (random.below(4)) {
        case 0:
          from.createCounter(name, options).add(1, attributes);
          break;
        case 1:
          from.createHistogram(name, options).record(random.next(), attributes);
          break;
        case 2:
          from.createUpDownCounter(name, options).add(-1, attributes);
          break;
        default:
          from.createGauge(name, options).record(random.pick([1, NaN, Infinity, -0, 5e-324]), attributes);
      }
      tally.add('recordings under hostile names');
    },
  };
}

export function instruments({ obs, tally, next }: LoadContext): Load {
  return {
    tick() {
      const meter = obs.meterProvider.getMeter(`chaos.library.${next()}`);
      for (let made = 0; made < 2; made++) {
        const id = next();
        meter.createCounter(`chaos.instrument.${id}`, { unit: 's' }).add(1, { id });
      }
      tally.add('meters');
      tally.add('instruments', 2);
    },
  };
}

/** Callbacks that fail come and go, a new set every two seconds; one that works stands beside them all the time. */
export function callbacks({ obs, tally, random }: LoadContext): Load {
  const meter: Meter = obs.meterProvider.getMeter('chaos.callbacks');
  const observable: Observable = meter.createObservableGauge('chaos.failing');
  const others = ['a', 'b', 'c'].map((name) => meter.createObservableCounter(`chaos.failing.${name}`));
  const odd = meter.createObservableUpDownCounter('chaos.odd');
  meter.createObservableGauge('chaos.working').addCallback((result) => result.observe(1));
  const says = (what: string): void => tally.add(`callbacks that ${what}`);
  const faults: readonly ((result: BatchObservableResult) => void | Promise<void>)[] = [
    () => {
      says('threw');
      throw new Error('a callback of the host fails');
    },
    () => {
      says('threw what is no error');
      throw undefined as unknown;
    },
    () => {
      says('rejected');
      return Promise.reject(new Error('a callback of the host rejects'));
    },
    () => {
      says('hung');
      return new Promise(() => {});
    },
    async (result) => {
      says('were late');
      await new Promise((resolve) => setTimeout(resolve, random.between(50, 2000)).unref());
      result.observe(odd, 1);
    },
    (result) => {
      says('observed nonsense');
      for (const value of HOSTILE_VALUES) result.observe(odd, value as number, { value: value as string });
    },
  ];
  let remove = (): void => {};
  let ticks = 0;
  return {
    tick() {
      if (ticks++ % 100 > 0) return;
      remove();
      const [fault, another] = [random.pick(faults), random.pick(faults)];
      const alone = (): void | Promise<void> => fault({ observe: () => {} });
      observable.addCallback(alone);
      meter.addBatchObservableCallback(another, [odd, ...others]);
      remove = () => {
        observable.removeCallback(alone);
        meter.removeBatchObservableCallback(another, [odd, ...others]);
      };
    },
  };
}
