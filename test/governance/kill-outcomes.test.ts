import { AgentMeshClient, ExecutionRing, KillSwitch } from '@microsoft/agent-governance-sdk';
import { SpanStatusCode, trace } from '@opentelemetry/api';
import type { LogRecord } from '../../src/common/host-types.js';
import { GovernanceEvents } from '../../src/events/governance-events.js';
import { GovernanceInstrumentation } from '../../src/governance/agt/index.js';
import { KillMetrics } from '../../src/instruments/index.js';
import type { KillOutcome } from '../../src/semconv/index.js';
import { fakeTimers } from '../support/clock.js';
import { bench, deferred, only, withContextManager } from './support.js';

withContextManager();

/** A client under instrumentation that has acted once, its kill switch, and all that is told of a kill. */
async function subject(
  config: ConstructorParameters<typeof KillSwitch>[0] & object = {},
  execution: NonNullable<Parameters<typeof AgentMeshClient.create>[1]>['execution'] & object = {},
) {
  const b = bench();
  const timers = fakeTimers(b.clock);
  const kills = new KillMetrics(b.kernel.registry);
  kills.schedule = timers.after;
  const events: (LogRecord & { readonly traceId: string | undefined })[] = [];
  const logger = {
    emit: (record: LogRecord) => {
      const traceId = record.context && trace.getSpanContext(record.context)?.traceId;
      if (record.eventName === 'agent_os.kill') events.push({ ...record, traceId });
    },
  };
  const governance = new GovernanceInstrumentation(
    {
      kernel: b.kernel,
      agent: b.agent,
      tracer: b.tracer,
      kills,
      events: new GovernanceEvents({ getLogger: () => logger }),
    },
    { clock: b.clock.now },
  );
  const client = AgentMeshClient.create('a', { policyRules: [{ action: 'go', effect: 'allow' }], execution });
  const killSwitch = new KillSwitch(config);
  Object.assign(client, { killSwitch });
  governance.instrumentClient(client);
  await client.executeWithGovernance('go');
  const { did } = client.identity;
  const attempts = async () =>
    (await b.series('agent_os_kill_attempts_total')).map(({ labels, value }) => [
      labels['outcome'],
      labels['agent_id'],
      value,
    ]);
  const signals = async () => [
    await b.total('agent_os_signals_total'),
    await b.total('agent_os_sigkill_total'),
    await b.total('agent_os_containment_seconds'),
  ];
  const kill = () => killSwitch.kill(did, { reason: 'Data leak!' });
  const spans = () => b.spans().filter(({ name }) => name === 'kernel.signal');
  return { ...b, timers, events, governance, client, killSwitch, did, attempts, signals, kill, spans };
}
type Subject = Awaited<ReturnType<typeof subject>>;
const caught = (error: unknown) => error;

interface Case {
  readonly config?: ConstructorParameters<typeof KillSwitch>[0] & object;
  readonly prepare?: (s: Subject) => void;
  readonly outcome: KillOutcome;
  readonly errorType?: string;
  readonly recoveries?: number;
}
const boom = new RangeError('boom');
const CASES: Record<string, Case> = {
  'a handler runs': {
    prepare: ({ killSwitch, did, clock }) => killSwitch.registerHandler(did, () => clock.advance(300)),
    outcome: 'stopped',
  },
  'only a compensation runs': {
    prepare: ({ killSwitch, did, clock }) => killSwitch.registerCompensation(did, () => clock.advance(300)),
    outcome: 'stopped',
  },
  'a substitute takes over': {
    config: { defaultSubstituteAgentId: 'standby' },
    prepare: ({ killSwitch, did, clock }) => killSwitch.registerHandler(did, () => clock.advance(300)),
    outcome: 'stopped',
    recoveries: 1,
  },
  'no handler is there': { outcome: 'nothing_stopped' },
  'no handler is there, though a substitute is': {
    config: { defaultSubstituteAgentId: 'standby' },
    outcome: 'nothing_stopped',
  },
  'a handler of another agent is there': {
    prepare: ({ killSwitch }) => killSwitch.registerHandler('a', () => {}),
    outcome: 'nothing_stopped',
  },
  'a handler throws': {
    prepare: ({ killSwitch, did }) =>
      killSwitch.registerHandler(did, () => {
        throw boom;
      }),
    outcome: 'failed',
    errorType: 'RangeError',
  },
  'a handler rejects': {
    prepare: ({ killSwitch, did }) => killSwitch.registerHandler(did, () => Promise.reject(boom)),
    outcome: 'failed',
    errorType: 'RangeError',
  },
  'a compensation throws after the handler': {
    prepare: ({ killSwitch, did }) => {
      killSwitch.registerHandler(did, () => {});
      killSwitch.registerCompensation(did, () => Promise.reject(boom));
    },
    outcome: 'failed',
    errorType: 'RangeError',
  },
  'the kill switch is off': {
    config: { enabled: false },
    prepare: ({ killSwitch, did }) => killSwitch.registerHandler(did, () => {}),
    outcome: 'refused',
    errorType: 'Error',
  },
};

describe.each(Object.entries(CASES))(
  'a kill where %s',
  (_, { config, prepare, outcome, errorType, recoveries = 0 }) => {
    const stopped = outcome === 'stopped';

    test('is told by its outcome, and kills only what was stopped', async () => {
      const s = await subject(config);
      prepare?.(s);
      const bare = new KillSwitch(config);
      prepare?.({ ...s, killSwitch: bare });
      const expected: unknown = await bare.kill(s.did, { reason: 'Data leak!' }).catch(caught);
      const given: unknown = await s.kill().catch(caught);
      if (errorType === undefined)
        expect(given).toEqual({ ...(expected as object), killedAt: expect.any(String) });
      else expect(given).toEqual(expected);

      expect(await s.attempts()).toEqual([[outcome, 'a', 1]]);
      expect(await s.signals()).toEqual(stopped ? [1, 1, 1] : [0, 0, 0]);
      if (stopped)
        expect(await s.series('agent_os_containment_seconds')).toEqual([{ labels: {}, value: 1, sum: 0.3 }]);
      expect(await s.total('agent_os_recovery_total')).toBe(recoveries);

      expect(await s.total('agent_os_active_agents')).toBe(stopped ? 0 : 1);
      await s.client.executeWithGovernance('go');
      expect(await s.total('agent_os_allowed_after_stop_total')).toBe(stopped ? 1 : 0);
      expect(s.timers.waiting()).toBe(0);
    });

    test('says so on its span and in one event of its trace', async () => {
      const s = await subject(config);
      prepare?.(s);
      await s.kill().catch(caught);
      const [span, ...more] = s.spans();
      expect(more).toEqual([]);
      expect(span!.attributes['agent_os.kill.outcome']).toBe(outcome);
      expect(span!.attributes['agent_os.containment_seconds']).toBe(stopped ? 0.3 : undefined);
      expect(span!.attributes['error.type']).toBe(errorType);
      expect(span!.status.code).toBe(errorType === undefined ? SpanStatusCode.UNSET : SpanStatusCode.ERROR);
      expect(s.events).toEqual([
        expect.objectContaining({
          eventName: 'agent_os.kill',
          severityText: 'ERROR',
          traceId: span!.spanContext().traceId,
          attributes: {
            'agent.id': 'a',
            'agent_os.kill.outcome': outcome,
            'agent_os.reason': 'data_leak',
            ...(stopped && { 'agent_os.containment_seconds': 0.3 }),
            ...(errorType !== undefined && { 'error.type': errorType }),
          },
        }),
      ]);
    });
  },
);

describe('a kill that hangs', () => {
  async function hung(reject = false) {
    const s = await subject();
    const handler = deferred();
    s.killSwitch.registerHandler(s.did, async () => {
      await handler.promise;
      if (reject) throw boom;
    });
    const killing = s.kill();
    return { ...s, handler, killing };
  }
  const gauges = async (s: Subject) => {
    const [kills] = await s.series('agent_os_kills_in_progress');
    const [age] = await s.series('agent_os_kill_oldest_age_seconds');
    return [kills?.value ?? 0, age?.value ?? 0];
  };

  test('is under way, has timed out after 5 s, and has killed nobody', async () => {
    const s = await hung();
    s.timers.advance(4000);
    expect(await gauges(s)).toEqual([1, 4]);
    expect(s.spans()).toEqual([]);
    s.timers.advance(1000);
    expect(await s.attempts()).toEqual([['timed_out', 'a', 1]]);
    s.timers.advance(60_000);
    expect(await gauges(s)).toEqual([1, 65]);
    expect(await s.attempts()).toEqual([['timed_out', 'a', 1]]);
    expect(await s.signals()).toEqual([0, 0, 0]);
    expect(await s.total('agent_os_active_agents')).toBe(1);
    await s.client.executeWithGovernance('go');
    expect(await s.total('agent_os_allowed_after_stop_total')).toBe(0);

    const span = only(s.spans(), 'kernel.signal');
    expect(span.attributes).toMatchObject({ 'agent_os.kill.outcome': 'timed_out', 'error.type': 'timeout' });
    expect(span.status.code).toBe(SpanStatusCode.ERROR);
    const { traceId } = span.spanContext();
    expect(s.events).toMatchObject([
      { traceId, attributes: { 'agent_os.kill.outcome': 'timed_out', 'error.type': 'timeout' } },
    ]);
    s.handler.resolve();
    await s.killing;
  });

  test('and ends after all is counted once; what it stopped is counted, and a span in the first says when', async () => {
    const s = await hung();
    s.timers.advance(9000);
    s.handler.resolve();
    await s.killing;
    expect(await s.attempts()).toEqual([['timed_out', 'a', 1]]);
    expect(await gauges(s)).toEqual([0, 0]);
    expect(await s.signals()).toEqual([1, 1, 1]);
    expect(await s.series('agent_os_containment_seconds')).toEqual([{ labels: {}, value: 1, sum: 9 }]);
    expect(await s.total('agent_os_active_agents')).toBe(0);
    const [first, second] = s.spans();
    expect(first!.attributes['agent_os.kill.outcome']).toBe('timed_out');
    expect(second!.attributes).toMatchObject({
      'agent_os.kill.outcome': 'stopped',
      'agent_os.containment_seconds': 9,
    });
    expect(second!.parentSpanContext?.spanId).toBe(first!.spanContext().spanId);
    expect(s.events).toHaveLength(1);
  });

  test('and fails after all is no kill', async () => {
    const s = await hung(true);
    s.timers.advance(9000);
    s.handler.resolve();
    await expect(s.killing).rejects.toBe(boom);
    expect(await s.attempts()).toEqual([['timed_out', 'a', 1]]);
    expect(await s.signals()).toEqual([0, 0, 0]);
    expect(await s.total('agent_os_active_agents')).toBe(1);
    expect(s.spans().map(({ attributes }) => attributes['agent_os.kill.outcome'])).toEqual([
      'timed_out',
      'failed',
    ]);
  });

  test('by blocking the event loop has timed out as well', async () => {
    const s = await subject();
    s.killSwitch.registerHandler(s.did, () => s.clock.advance(7000));
    await s.kill();
    expect(await s.attempts()).toEqual([['timed_out', 'a', 1]]);
    expect(s.events).toMatchObject([{ attributes: { 'agent_os.kill.outcome': 'timed_out' } }]);
    expect(await s.total('agent_os_active_agents')).toBe(0);
  });
});

test.each<[string, unknown]>([
  ['nothing', undefined],
  ['a text', 'killed'],
  ['texts for numbers', { callbacksExecuted: '1', compensationsExecuted: '0' }],
  ['no numbers', { agentId: 'a', reason: 'x', killed: true }],
  [
    'what refuses to be read',
    new Proxy(
      {},
      {
        get() {
          throw new Error('x');
        },
      },
    ),
  ],
])('a kill switch that answers %s is not said to have stopped anything', async (_, answer) => {
  const s = await subject();
  const killSwitch = { kill: (_agent: string, _why: unknown): unknown => answer };
  s.governance.instrumentKillSwitch(killSwitch as unknown as KillSwitch);
  expect(killSwitch.kill('a', { reason: 'drift' })).toBe(answer);
  expect(await s.attempts()).toEqual([['nothing_stopped', 'a', 1]]);
  expect(await s.signals()).toEqual([0, 0, 0]);
});

describe('a breach of a ring that kills', () => {
  const breach = { actionRings: { breach: ExecutionRing.Ring0 }, killOnBreach: true };

  test.each([
    ['runs', false],
    ['throws', true],
  ])('whose handler %s: its time is none of the kernel', async (_, fails) => {
    const s = await subject({}, breach);
    s.killSwitch.registerHandler(s.did, async () => {
      await Promise.resolve();
      s.clock.advance(300);
      if (fails) throw boom;
    });
    await s.client.executeWithGovernance('breach').catch(caught);
    const [latency] = await s.series('agent_os_kernel_latency_seconds');
    expect(latency).toMatchObject({ value: 2, sum: 0 });
    expect(await s.attempts()).toEqual([[fails ? 'failed' : 'stopped', 'a', 1]]);
  });

  test('by a kill switch that nobody follows is counted from the answer, once', async () => {
    const s = await subject({}, breach);
    const other = new KillSwitch();
    other.registerHandler(s.did, () => {});
    Object.assign(s.client, { killSwitch: Object.freeze(other) });
    await s.client.executeWithGovernance('breach');
    expect(await s.attempts()).toEqual([['stopped', 'a', 1]]);
    expect(await s.signals()).toEqual([2, 1, 0]); // the quarantine is a SIGSTOP; nobody timed the kill
    expect(s.events).toMatchObject([{ attributes: { 'agent_os.kill.outcome': 'stopped' } }]);
    expect(await s.total('agent_os_active_agents')).toBe(0);
  });
});
