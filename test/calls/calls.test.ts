import { context, trace, type Context } from '@opentelemetry/api';
import { KernelCalls } from '../../src/calls/kernel-calls.js';
import { ApprovalMetrics, CmvkMetrics, KernelMetrics } from '../../src/instruments/index.js';
import { KernelTracer } from '../../src/tracing/index.js';
import { TestReader } from '../differential/support/subjects.js';
import { warnings } from '../instruments/support.js';
import { nativeStore } from '../support/stores.js';
import { deferred } from '../tracing/support.js';
import { about, callBench, checked, type CallBench } from './support.js';

const REQUESTS = 'agent_os_requests_total';
const EXECUTIONS = 'agent_os_execution_duration_seconds';
const VIOLATIONS = 'agent_os_violations_total';
const BLOCKED = 'agent_os_violations_blocked_total';
const SIGNALS = 'agent_os_signals_total';

const failure = new RangeError('of the host');
const throws = (): never => {
  throw failure;
};

let bench: CallBench;
beforeEach(() => (bench = callBench()));
afterEach(() => bench.obs.shutdown());

describe('execute', () => {
  const statuses = async () =>
    Object.keys(await bench.counted(REQUESTS)).map((key) => key.split('status=')[1]);

  test('counts the request and times it to the end of its promise, in its span', async () => {
    const { verbs, clock, obs } = bench;
    const { promise, resolve } = deferred<void>();
    const running = verbs.execute(about, async () => {
      await promise;
      obs.tracer.span('tool', {}, () => clock.advance(250));
      return 'text';
    });
    expect(await bench.counted(REQUESTS, EXECUTIONS)).toEqual({});
    resolve();
    expect(await running).toBe('text');
    expect(await bench.counted(REQUESTS, EXECUTIONS)).toEqual({
      [`${REQUESTS} action=read_file,status=success`]: 1,
      [`${EXECUTIONS} action=read_file,status=success`]: 1,
    });
    const [seconds] = (await obs.series()).filter(({ name }) => name === EXECUTIONS);
    expect(seconds?.value).toBeCloseTo(0.25, 9);
    expect(bench.paths()).toEqual(['kernel.execute', 'kernel.execute/tool']);
  });

  test('is an error where it throws or rejects, and passes the error on', async () => {
    expect(() => bench.verbs.execute(about, throws)).toThrow(failure);
    await expect(bench.verbs.execute(about, async () => throws())).rejects.toBe(failure);
    expect(await bench.counted(REQUESTS, EXECUTIONS)).toEqual({
      [`${REQUESTS} action=read_file,status=error`]: 2,
      [`${EXECUTIONS} action=read_file,status=error`]: 2,
    });
    expect(
      bench.obs.spans().map(({ status, attributes }) => [status.code, attributes['error.type']]),
    ).toEqual([
      [2, 'RangeError'],
      [2, 'RangeError'],
    ]);
  });

  test('is what `classify` says of the result, and unknown where that fails', async () => {
    const { verbs } = bench;
    verbs.execute({ ...about, classify: (ok) => (ok ? 'allowed' : 'denied') }, () => true);
    verbs.execute({ ...about, classify: (ok) => (ok ? 'allowed' : 'denied') }, () => false);
    verbs.execute({ ...about, classify: throws }, () => 1);
    expect(await statuses()).toEqual(['success', 'denied', 'unknown']);
  });

  test('is denied where a check of the same action in it denied: one request, one violation', async () => {
    const { verbs } = bench;
    await verbs.execute(about, async () => {
      if (await verbs.policyCheck(checked, async () => false)) return 'ran';
      return undefined;
    });
    expect(await bench.counted(REQUESTS, VIOLATIONS)).toEqual({
      [`${REQUESTS} action=read_file,status=denied`]: 1,
      [`${VIOLATIONS} action=read_file,agent_id=support-1,policy=files,severity=high`]: 1,
    });
    expect(bench.paths()).toContain('kernel.execute/kernel.policy_check/kernel.violation');
  });

  test('is unknown where the verdict was not understood, and stays a success where another action was denied', async () => {
    const { verbs } = bench;
    verbs.execute(about, () => void verbs.policyCheck(checked, () => undefined as never));
    verbs.execute(about, () => void verbs.policyCheck({ ...checked, action: 'send_mail' }, () => false));
    expect(await statuses()).toEqual(['unknown', 'success']);
  });

  test('runs the function of whoever gives what cannot be read, and says so once', async () => {
    const said = warnings();
    for (let i = 0; i < 2; i++) {
      expect(bench.verbs.execute(undefined as never, () => 7)).toBe(7);
      expect(bench.verbs.execute({ agentId: 'a', acton: 'x' } as never, () => 8)).toBe(8);
      expect(bench.verbs.execute(about, 'no function' as never)).toBeUndefined();
    }
    expect(said).toEqual([
      expect.stringContaining('obs.execute: dropped'),
      expect.stringContaining('obs.execute: unknown key acton, which is not read; did you mean action?'),
    ]);
  });
});

describe('signal', () => {
  const kill = { agentId: 'support-1', signal: 'SIGKILL', reason: 'violations' } as const;

  test('is counted and traced, with or without what sends it', async () => {
    bench.verbs.signal(kill);
    expect(bench.verbs.signal({ ...kill, signal: 'SIGSTOP' }, () => 'stopped')).toBe('stopped');
    expect(await bench.counted(SIGNALS, 'agent_os_sigkill_total')).toEqual({
      [`${SIGNALS} reason=violations,signal=SIGKILL`]: 1,
      [`${SIGNALS} reason=violations,signal=SIGSTOP`]: 1,
      'agent_os_sigkill_total agent_id=support-1,reason=violations': 1,
    });
    expect(bench.events()[0]).toEqual({
      name: 'agent_os.signal',
      severity: 'WARN',
      attributes: { 'agent.id': 'support-1', 'agent_os.signal': 'SIGKILL', 'agent_os.reason': 'violations' },
    });
    expect(bench.obs.spans().map(({ name, attributes }) => [name, attributes['agent_os.signal']])).toEqual([
      ['kernel.signal', 'SIGKILL'],
      ['kernel.signal', 'SIGSTOP'],
    ]);
  });

  test('was not sent where sending it threw', async () => {
    expect(() => bench.verbs.signal(kill, throws)).toThrow(failure);
    await expect(bench.verbs.signal(kill, async () => throws())).rejects.toBe(failure);
    expect(await bench.counted(SIGNALS, 'agent_os_sigkill_total')).toEqual({});
    expect(bench.obs.spans().map(({ status }) => status.code)).toEqual([2, 2]);
  });

  test('that cannot be read is said; what sends it runs all the same', async () => {
    const said = warnings();
    expect(bench.verbs.signal(null as never, () => 5)).toBe(5);
    bench.verbs.signal({ ...kill, agent: 'x', agentId: undefined } as never);
    bench.verbs.signal(kill, 'no function' as never);
    expect(said).toEqual([
      expect.stringContaining('obs.signal: dropped'),
      expect.stringContaining('obs.signal: unknown key agent'),
    ]);
    expect(Object.values(await bench.counted(SIGNALS))).toEqual([2]);
  });
});

describe('violation', () => {
  test('is counted, blocked where it says so, and has a span of its own', async () => {
    bench.verbs.violation(checked);
    bench.verbs.violation({
      ...checked,
      severity: 'critical',
      blocked: true,
      rule: 'no-reads',
      reason: 'because',
    });
    expect(await bench.counted(VIOLATIONS, BLOCKED)).toEqual({
      [`${VIOLATIONS} action=read_file,agent_id=support-1,policy=files,severity=high`]: 1,
      [`${VIOLATIONS} action=read_file,agent_id=support-1,policy=files,severity=critical`]: 1,
      [`${BLOCKED} action=read_file,agent_id=support-1`]: 1,
    });
    expect(bench.obs.spans().map(({ attributes }) => attributes['agent_os.severity'])).toEqual([
      'high',
      'critical',
    ]);
    expect(bench.obs.spans()[1]?.attributes['agent_os.reason']).toBe('because');
    expect(bench.events().map(({ name }) => name)).toEqual(['agent_os.violation', 'agent_os.violation']);
    expect(bench.events()[1]).toEqual({
      name: 'agent_os.violation',
      severity: 'FATAL',
      attributes: {
        'agent.id': 'support-1',
        'agent_os.action': 'read_file',
        'agent_os.policy': 'files',
        'agent_os.rule': 'no-reads',
        'agent_os.severity': 'critical',
        'agent_os.blocked': true,
        'agent_os.reason': 'because',
      },
    });
    const [, second] = bench.obs.emittedEvents();
    expect(second?.spanId).toBe(bench.obs.spans()[1]?.spanId);
  });

  test('is not blocked where what was to stop it threw', async () => {
    expect(() => bench.verbs.violation({ ...checked, blocked: true }, throws)).toThrow(failure);
    expect(await bench.counted(VIOLATIONS, BLOCKED)).toEqual({
      [`${VIOLATIONS} action=read_file,agent_id=support-1,policy=files,severity=high`]: 1,
    });
  });

  test('that cannot be read is said, and so is a key that nobody reads', () => {
    const said = warnings();
    expect(bench.verbs.violation(undefined as never, () => 3)).toBe(3);
    bench.verbs.violation({ agent: 'a', action: 'x', policy: 'p' } as never);
    bench.verbs.violation({ ...checked, block: true } as never);
    expect(said).toEqual([
      expect.stringContaining('obs.violation: dropped'),
      expect.stringContaining('obs.violation: unknown key agent, which is not read; did you mean agentId?'),
      expect.stringContaining('obs.violation: unknown key block, which is not read; did you mean blocked?'),
    ]);
  });
});

describe('verification', () => {
  const verification = { result: 'flagged', confidence: 0.8, driftScore: 0.3, durationSeconds: 2.5 } as const;

  test('records all of it, and a span as long as it took', async () => {
    bench.verbs.verification({ ...verification, claimId: 'c-7', modelCount: 4, agreeingCount: 3 });
    const [span] = bench.obs.spans();
    expect(span).toMatchObject({
      name: 'kernel.verification',
      attributes: {
        'kernel.component': 'verifier',
        'agent_os.claim.id': 'c-7',
        'agent_os.verification.result': 'flagged',
        'agent_os.drift_score': 0.3,
      },
    });
    expect(span?.durationMillis).toBeGreaterThanOrEqual(2400);
    expect(span?.durationMillis).toBeLessThan(60_000);
    expect(bench.events()).toEqual([
      {
        name: 'agent_os.verification',
        severity: 'WARN',
        attributes: {
          'agent_os.claim.id': 'c-7',
          'agent_os.verification.result': 'flagged',
          'agent_os.drift_score': 0.3,
        },
      },
    ]);
    expect(
      await bench.counted(
        'agent_os_cmvk_verifications_total',
        'agent_os_cmvk_claims_by_confidence_total',
        'agent_os_cmvk_verification_duration_seconds',
        'agent_os_cmvk_consensus_ratio',
      ),
    ).toEqual({
      'agent_os_cmvk_verifications_total result=flagged': 1,
      'agent_os_cmvk_claims_by_confidence_total confidence=medium': 1,
      'agent_os_cmvk_verification_duration_seconds model_count=4': 1,
      agent_os_cmvk_consensus_ratio: 0.75,
    });
  });

  test('that cannot be read is said, and so is a key that nobody reads', () => {
    const said = warnings();
    bench.verbs.verification(null as never);
    bench.verbs.verification({ ...verification, driftScore: undefined, drift: 1 } as never);
    bench.verbs.verification({ ...verification, claim: 'c' } as never);
    expect(said.filter((line) => line.includes('obs.'))).toEqual([
      expect.stringContaining('obs.verification: dropped'),
      expect.stringContaining(
        'obs.verification: unknown key drift, which is not read; did you mean driftScore?',
      ),
      expect.stringContaining(
        'obs.verification: unknown key claim, which is not read; did you mean claimId?',
      ),
    ]);
  });
});

test('durations and counts have the trace and the span of their call as exemplar', async () => {
  const reader = new TestReader();
  const { meterProvider } = nativeStore({ readers: [reader] });
  const { obs } = bench;
  const metrics = { meterProvider };
  const calls = new KernelCalls({
    kernel: new KernelMetrics(metrics),
    cmvk: new CmvkMetrics(metrics),
    approvals: new ApprovalMetrics(metrics),
    tracer: obs.tracer,
  });
  await calls.policyCheck(checked, async () => false);
  await calls.execute(about, async () => 1);
  const { resourceMetrics } = await reader.collect();
  const spanOf = (metric: string): string | undefined => {
    const found = resourceMetrics.scopeMetrics
      .flatMap((scope) => scope.metrics)
      .find(({ descriptor }) => descriptor.name === metric);
    const points = (found?.dataPoints ?? []) as { exemplars?: { spanId?: string }[] }[];
    const [exemplar] = points.flatMap((point) => point.exemplars ?? []);
    return obs.spans().find(({ spanId }) => spanId === exemplar?.spanId)?.name;
  };
  expect(spanOf('agent_os_policy_check_duration_seconds')).toBe('kernel.policy_check');
  expect(spanOf('agent_os_policy_decisions_total')).toBe('kernel.policy_check');
  expect(spanOf('agent_os_violations_total')).toBe('kernel.violation');
  expect(spanOf('agent_os_violations_blocked_total')).toBe('kernel.violation');
  expect(spanOf('agent_os_execution_duration_seconds')).toBe('kernel.execute');
});

test('a tracer or a context manager that fails costs the span, not the measurement and not the call', async () => {
  warnings();
  const { obs, counted } = bench;
  const broken = { getTracer: () => ({ startSpan: throws, startActiveSpan: throws }) };
  const tracer = new KernelTracer({ tracerProvider: broken });
  const calls = new KernelCalls({ kernel: obs.kernel, cmvk: obs.cmvk, approvals: obs.approvals, tracer });
  expect(calls.execute(about, (span) => trace.isSpanContextValid(span.spanContext()))).toBe(false);
  const failing = jest.spyOn(context, 'active').mockImplementation((): Context => throws());
  try {
    expect(calls.execute(about, () => 2)).toBe(2);
  } finally {
    failing.mockRestore();
  }
  expect(await counted(REQUESTS)).toEqual({ [`${REQUESTS} action=read_file,status=success`]: 2 });
});

test('what records throws into nobody: the span ends, and it is said', () => {
  const said = warnings();
  const { obs } = bench;
  const kernel = Object.create(obs.kernel) as KernelMetrics;
  kernel.recordRequest = throws;
  const calls = new KernelCalls({ kernel, cmvk: obs.cmvk, approvals: obs.approvals, tracer: obs.tracer });
  expect(calls.execute(about, () => 2)).toBe(2);
  expect(obs.spans().map(({ name }) => name)).toEqual(['kernel.execute']);
  expect(said).toEqual([expect.stringContaining('obs.execute: dropped')]);
});

test('each verb can be taken off the handle', async () => {
  const { policyCheck, execute, signal, violation, verification } = bench.obs;
  expect(await execute(about, async () => policyCheck(checked, () => true))).toBe(true);
  signal({ agentId: 'a', signal: 'SIGSTOP', reason: 'r' });
  violation(checked);
  verification({ result: 'verified', confidence: 1, driftScore: 0, durationSeconds: 1 });
  expect(bench.paths()).toEqual([
    'kernel.execute',
    'kernel.execute/kernel.policy_check',
    'kernel.signal',
    'kernel.verification',
    'kernel.violation',
  ]);
});
