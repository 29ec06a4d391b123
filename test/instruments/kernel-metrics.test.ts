import { KernelMetrics } from '../../src/instruments/index.js';
import { recording } from './support.js';

function kernelOn(options?: Parameters<typeof recording>[0]) {
  const recorded = recording(options);
  return { ...recorded, kernel: new KernelMetrics(recorded.instruments) };
}

const agentId = 'support-1';
const agent_id = agentId;
const action = 'read_file';
const policy = 'files';

test('recordRequest counts by action and status', async () => {
  const { kernel, collect } = kernelOn();
  kernel.recordRequest({ action, status: 'success' });
  kernel.recordRequest({ action, status: 'success' });
  kernel.recordRequest({ action, status: 'denied' });
  const found = await collect();
  expect(found.find('agent_os_requests_total', { action, status: 'success' })).toBe(2);
  expect(found.find('agent_os_requests_total', { action, status: 'denied' })).toBe(1);
  expect(found.points('agent_os_requests_total')).toHaveLength(2);
});

test('recordViolation counts by agent, action, policy and severity, `high` where not said', async () => {
  const { kernel, collect } = kernelOn();
  kernel.recordViolation({ agentId, action, policy });
  kernel.recordViolation({ agentId, action, policy, severity: 'low', reason: 'free text' });
  const found = await collect();
  const labels = { agent_id, action, policy };
  expect(found.find('agent_os_violations_total', { ...labels, severity: 'high' })).toBe(1);
  expect(found.find('agent_os_violations_total', { ...labels, severity: 'low' })).toBe(1);
  expect(found.points('agent_os_violations_total')).toHaveLength(2);
});

test('recordBlocked counts by agent and action', async () => {
  const { kernel, collect } = kernelOn();
  kernel.recordBlocked({ agentId, action });
  expect((await collect()).find('agent_os_violations_blocked_total', { agent_id, action })).toBe(1);
});

test('recordPolicyCheck records seconds by policy and result', async () => {
  const { kernel, collect } = kernelOn();
  kernel.recordPolicyCheck({ policy, result: 'denied', durationSeconds: 0.00003 });
  kernel.recordPolicyCheck({ policy, result: 'denied', durationSeconds: 0.02 });
  const found = await collect();
  const labels = { policy, result: 'denied' };
  expect(found.timed('agent_os_policy_check_duration_seconds', labels)).toEqual({ count: 2, sum: 0.02003 });
  const { buckets } = found.point('agent_os_policy_check_duration_seconds', labels)!.histogram!;
  expect(buckets.boundaries[2]).toBe(0.00005);
  expect(buckets.counts[2]).toBe(1);
});

test('recordPolicyCheckError counts by policy and type, and is timed where it was timed', async () => {
  const { kernel, collect } = kernelOn();
  kernel.recordPolicyCheckError({ policy, errorType: 'TypeError' });
  kernel.recordPolicyCheckError({ policy, errorType: 'TypeError', durationSeconds: 0 });
  const found = await collect();
  expect(found.find('agent_os_policy_evaluation_errors_total', { policy, error_type: 'TypeError' })).toBe(2);
  expect(found.timed('agent_os_policy_check_duration_seconds', { policy, result: 'error' })).toEqual({
    count: 1,
    sum: 0,
  });
});

test('recordDecision counts what was said and what was done', async () => {
  const { kernel, collect } = kernelOn();
  kernel.recordDecision({ policy, decision: 'deny', enforced: 'allowed' });
  const labels = { policy, decision: 'deny', enforced: 'allowed' };
  expect((await collect()).find('agent_os_policy_decisions_total', labels)).toBe(1);
});

test('recordExecution and recordKernelLatency record seconds', async () => {
  const { kernel, collect } = kernelOn();
  kernel.recordExecution({ action, status: 'error', durationSeconds: 12 });
  kernel.recordKernelLatency({ durationSeconds: 0.0002 });
  const found = await collect();
  expect(found.timed('agent_os_execution_duration_seconds', { action, status: 'error' })).toEqual({
    count: 1,
    sum: 12,
  });
  expect(found.timed('agent_os_kernel_latency_seconds')).toEqual({ count: 1, sum: 0.0002 });
});

test('recordSignal counts every signal, and a SIGKILL by agent too', async () => {
  const { kernel, collect } = kernelOn();
  kernel.recordSignal({ signal: 'SIGKILL', reason: 'budget', agentId });
  kernel.recordSignal({ signal: 'SIGKILL', reason: 'budget' });
  kernel.recordSignal({ signal: 'SIGSTOP', reason: 'Asked by the operator', agentId });
  const found = await collect();
  expect(found.find('agent_os_signals_total', { signal: 'SIGKILL', reason: 'budget' })).toBe(2);
  expect(found.find('agent_os_signals_total', { signal: 'SIGSTOP', reason: 'asked_by_the_operator' })).toBe(
    1,
  );
  expect(found.find('agent_os_sigkill_total', { agent_id, reason: 'budget' })).toBe(1);
  expect(found.find('agent_os_sigkill_total', { agent_id: 'unknown', reason: 'budget' })).toBe(1);
  expect(found.total('agent_os_sigkill_total')).toBe(2);
});

test('recordRecovery counts attempts; only a success has a time to recovery', async () => {
  const { kernel, collect } = kernelOn();
  kernel.recordRecovery({ success: true, durationSeconds: 42 });
  kernel.recordRecovery({ success: true });
  kernel.recordRecovery({ success: false, durationSeconds: 900 });
  const found = await collect();
  expect(found.find('agent_os_recovery_total', { status: 'success' })).toBe(2);
  expect(found.find('agent_os_recovery_total', { status: 'failed' })).toBe(1);
  expect(found.timed('agent_os_mttr_seconds')).toEqual({ count: 1, sum: 42 });
});

test('recordAgentStarted and recordAgentStopped hold the number of agents', async () => {
  const { kernel, collect } = kernelOn();
  kernel.recordAgentStarted();
  kernel.recordAgentStarted();
  kernel.recordAgentStopped();
  expect((await collect()).find('agent_os_active_agents')).toBe(1);
});

test('recordAgentCrash and recordKernelCrash count crashes', async () => {
  const { kernel, collect } = kernelOn();
  kernel.recordAgentCrash({ agentId, reason: 'oom' });
  kernel.recordKernelCrash();
  const found = await collect();
  expect(found.find('agent_os_agent_crashes_total', { agent_id, reason: 'oom' })).toBe(1);
  expect(found.find('agent_os_kernel_crashes_total')).toBe(1);
});

test('recordUngovernedAction and recordAllowedAfterStop count what the kernel missed', async () => {
  const { kernel, collect } = kernelOn();
  kernel.recordUngovernedAction({ agentId, action });
  kernel.recordAllowedAfterStop({ agentId, action, state: 'killed' });
  const found = await collect();
  expect(found.find('agent_os_ungoverned_actions_total', { agent_id, action })).toBe(1);
  expect(found.find('agent_os_allowed_after_stop_total', { agent_id, action, state: 'killed' })).toBe(1);
});

test('setInfo sets what runs; the last one counts', async () => {
  const { kernel, collect } = kernelOn();
  expect((await collect()).points('agent_os_kernel_info')).toEqual([]);
  kernel.setInfo({ version: '1.4.0', policyMode: 'strict' });
  expect((await collect()).find('agent_os_kernel_info', { version: '1.4.0', policy_mode: 'strict' })).toBe(1);
});

test('uptime is the seconds since the kernel started', async () => {
  const { collect, clock } = kernelOn();
  expect((await collect()).find('agent_os_kernel_uptime_seconds')).toBe(0);
  clock.advance(90_500);
  expect((await collect()).find('agent_os_kernel_uptime_seconds')).toBe(90.5);
});

describe('the violation rate', () => {
  const window = { window: '5m' };

  test('is violations per 1000 requests over the last 5 minutes', async () => {
    const { kernel, collect, clock } = kernelOn();
    expect((await collect()).find('agent_os_violation_rate', window)).toBe(0);
    for (let i = 0; i < 400; i++) kernel.recordRequest({ action, status: 'success' });
    kernel.recordViolation({ agentId, action, policy });
    kernel.recordViolation({ agentId, action, policy });
    expect(kernel.violationRate()).toBe(5);
    expect((await collect()).find('agent_os_violation_rate', window)).toBe(5);
    clock.advance(299_999);
    expect(kernel.violationRate()).toBe(5);
    clock.advance(1);
    expect(kernel.violationRate()).toBe(0);
    expect((await collect()).find('agent_os_violation_rate', window)).toBe(0);
  });

  test('is 1000 when every counted event was a violation', () => {
    const { kernel } = kernelOn();
    kernel.recordViolation({ agentId, action, policy });
    kernel.recordViolation({ agentId, action, policy });
    expect(kernel.violationRate()).toBe(1000);
  });

  test('may pass 1000: one request may break several policies', () => {
    const { kernel } = kernelOn();
    kernel.recordRequest({ action, status: 'denied' });
    kernel.recordViolation({ agentId, action, policy });
    kernel.recordViolation({ agentId, action, policy: 'budget' });
    expect(kernel.violationRate()).toBe(2000);
  });
});

describe('policyCheck', () => {
  const name = 'agent_os_policy_check_duration_seconds';

  test('times a sync check by its verdict and gives the verdict back', async () => {
    const { kernel, collect, clock } = kernelOn();
    const verdict = { allowed: false, matched: ['files'] };
    const given = kernel.policyCheck(policy, () => {
      clock.advance(3);
      return verdict;
    });
    expect(given).toBe(verdict);
    expect((await collect()).timed(name, { policy, result: 'denied' })).toEqual({ count: 1, sum: 0.003 });
  });

  test('times an async check until it settles, and gives a promise that settles alike', async () => {
    const { kernel, collect, clock } = kernelOn();
    let settle!: (verdict: boolean) => void;
    const promise = new Promise<boolean>((resolve) => (settle = resolve));
    const given = kernel.policyCheck(policy, () => promise);
    clock.advance(20);
    expect((await collect()).points(name)).toEqual([]);
    settle(true);
    expect(await given).toBe(true);
    clock.advance(1000);
    expect((await collect()).timed(name, { policy, result: 'allowed' })).toEqual({ count: 1, sum: 0.02 });
  });

  test('starts a lazy thenable once', async () => {
    const { kernel, collect } = kernelOn();
    let started = 0;
    const lazy = {
      then: (resolve: (value: string) => void) => {
        started++;
        resolve('deny');
      },
    } as unknown as Promise<string>;
    expect(await kernel.policyCheck(policy, () => lazy)).toBe('deny');
    expect(started).toBe(1);
    expect((await collect()).timed(name, { policy, result: 'denied' })!.count).toBe(1);
  });

  test('reads a verdict of another shape by `classify`, sync and async', async () => {
    const { kernel, collect } = kernelOn();
    const classify = (score: number) => (score > 5 ? ('denied' as const) : ('allowed' as const));
    kernel.policyCheck(policy, () => 9, { classify });
    await kernel.policyCheck(policy, async () => 1, { classify });
    const found = await collect();
    expect(found.timed(name, { policy, result: 'denied' })!.count).toBe(1);
    expect(found.timed(name, { policy, result: 'allowed' })!.count).toBe(1);
  });

  test('counts a `classify` that throws or answers nonsense as an error: the verdict is not known', async () => {
    const { kernel, collect } = kernelOn();
    const throwing = () => {
      throw new Error('no');
    };
    expect(kernel.policyCheck(policy, () => 1, { classify: throwing })).toBe(1);
    expect(kernel.policyCheck(policy, () => 2, { classify: () => 'perhaps' as never })).toBe(2);
    expect(kernel.policyCheck(policy, () => 3, null as never)).toBe(3);
    const found = await collect();
    expect(found.timed(name, { policy, result: 'unknown' })!.count).toBe(1);
    expect(found.timed(name, { policy, result: 'error' })!.count).toBe(2);
    const failed = { policy, error_type: 'classify_failed' };
    expect(found.find('agent_os_policy_evaluation_errors_total', failed)).toBe(2);
  });

  test('lives with a clock of the host that throws or gives no number', async () => {
    const ill = (): number => {
      throw new Error('no time');
    };
    const { meterProvider, collect } = kernelOn();
    for (const clock of [ill, () => NaN, () => 'noon' as never]) {
      const kernel = new KernelMetrics({
        meterProvider: { getMeter: (...args) => meterProvider.getMeter(...args) },
        clock,
      });
      expect(kernel.policyCheck(policy, () => true)).toBe(true);
    }
    expect((await collect()).timed(name, { policy, result: 'allowed' })).toEqual({ count: 3, sum: 0 });
  });

  test('counts a check that rejects as an error of its type', async () => {
    const { kernel, collect } = kernelOn();
    const error = new RangeError('x');
    await expect(
      kernel.policyCheck(policy, async () => {
        throw error;
      }),
    ).rejects.toBe(error);
    const found = await collect();
    expect(found.timed(name, { policy, result: 'error' })!.count).toBe(1);
    expect(found.points(name)).toHaveLength(1);
    expect(found.find('agent_os_policy_evaluation_errors_total', { policy, error_type: 'RangeError' })).toBe(
      1,
    );
  });
});

describe('execution', () => {
  const name = 'agent_os_execution_duration_seconds';

  test('is a success, an error where it throws, denied only where `classify` says so', async () => {
    const { kernel, collect, clock } = kernelOn();
    const error = new Error('x');
    expect(kernel.execution(action, () => false)).toBe(false);
    expect(kernel.execution(action, () => 'denied', { classify: (v) => v as 'denied' })).toBe('denied');
    expect(kernel.execution(action, () => 'ok', { classify: () => 'allowed' })).toBe('ok');
    expect(() =>
      kernel.execution(action, () => {
        clock.advance(7000);
        throw error;
      }),
    ).toThrow(error);
    const found = await collect();
    expect(found.timed(name, { action, status: 'success' })!.count).toBe(2);
    expect(found.timed(name, { action, status: 'denied' })!.count).toBe(1);
    expect(found.timed(name, { action, status: 'error' })).toEqual({ count: 1, sum: 7 });
  });

  test('times an async action until it settles, and rejects with the very same', async () => {
    const { kernel, collect, clock } = kernelOn();
    const error = new Error('x');
    const promise = (async () => {
      await Promise.resolve();
      clock.advance(1500);
      throw error;
    })();
    const given = kernel.execution(action, () => promise);
    await expect(given).rejects.toBe(error);
    expect((await collect()).timed(name, { action, status: 'error' })).toEqual({ count: 1, sum: 1.5 });
  });
});

describe('timers', () => {
  test('end once, with the time since they started', async () => {
    const { kernel, collect, clock } = kernelOn();
    const check = kernel.startPolicyCheck(policy);
    const run = kernel.startExecution(action);
    clock.advance(40);
    check.end('denied');
    clock.advance(60);
    run.end('success');
    check.end('allowed');
    run.end('error');
    const found = await collect();
    expect(found.points('agent_os_policy_check_duration_seconds')).toHaveLength(1);
    expect(found.timed('agent_os_policy_check_duration_seconds', { policy, result: 'denied' })).toEqual({
      count: 1,
      sum: 0.04,
    });
    expect(found.points('agent_os_execution_duration_seconds')).toHaveLength(1);
    expect(found.timed('agent_os_execution_duration_seconds', { action, status: 'success' })).toEqual({
      count: 1,
      sum: 0.1,
    });
  });

  test('of a clock that goes back record 0, never less', async () => {
    let now = 5000;
    const { meterProvider, collect } = recording();
    const kernel = new KernelMetrics({
      meterProvider: { getMeter: (...args) => meterProvider.getMeter(...args) },
      clock: () => now,
    });
    const timer = kernel.startExecution(action);
    now = 1000;
    timer.end('success');
    expect(
      (await collect()).timed('agent_os_execution_duration_seconds', { action, status: 'success' }),
    ).toEqual({
      count: 1,
      sum: 0,
    });
  });
});

test('rare series are there at 0 before any event', async () => {
  const found = await kernelOn().collect();
  expect(found.find('agent_os_kernel_crashes_total')).toBe(0);
  expect(found.find('agent_os_sigkill_total', { agent_id: 'unknown', reason: 'unknown' })).toBe(0);
  expect(found.find('agent_os_signals_total', { signal: 'SIGKILL', reason: 'unknown' })).toBe(0);
  expect(found.find('agent_os_agent_crashes_total', { agent_id: 'unknown', reason: 'unknown' })).toBe(0);
  expect(found.find('agent_os_recovery_total', { status: 'success' })).toBe(0);
  expect(found.find('agent_os_recovery_total', { status: 'failed' })).toBe(0);
  expect(found.find('agent_os_active_agents')).toBe(0);
  for (const state of ['killed', 'suspended', 'quarantined', 'decommissioned', 'revoked']) {
    const labels = { state, action: 'unknown', agent_id: 'unknown' };
    expect(found.find('agent_os_allowed_after_stop_total', labels)).toBe(0);
  }
});

describe('two KernelMetrics on a provider', () => {
  test('record into the same series', async () => {
    const { kernel, meterProvider, collect } = kernelOn();
    const second = new KernelMetrics({ meterProvider });
    kernel.recordRequest({ action, status: 'success' });
    second.recordRequest({ action, status: 'success' });
    const found = await collect();
    expect(found.find('agent_os_requests_total', { action, status: 'success' })).toBe(2);
    expect(found.metrics.map(({ descriptor }) => descriptor.name)).toEqual(
      expect.not.arrayContaining(['agent_os_requests_total_1']),
    );
  });

  test('show one violation rate, one uptime and one info: an idle one hides nothing', async () => {
    const { kernel, meterProvider, collect, clock } = kernelOn();
    kernel.setInfo({ version: '1.4.0', policyMode: 'strict' });
    clock.advance(60_000);
    const second = new KernelMetrics({ meterProvider });
    kernel.recordRequest({ action, status: 'denied' });
    second.recordRequest({ action, status: 'success' });
    kernel.recordViolation({ agentId, action, policy });
    const found = await collect();
    expect(found.points('agent_os_violation_rate')).toHaveLength(1);
    expect(found.find('agent_os_violation_rate', { window: '5m' })).toBe(500);
    expect(second.violationRate()).toBe(500);
    expect(found.find('agent_os_kernel_uptime_seconds')).toBe(60);
    expect(found.find('agent_os_kernel_info', { version: '1.4.0', policy_mode: 'strict' })).toBe(1);
  });

  test('share the caps of the first', async () => {
    const { kernel, meterProvider, collect } = kernelOn({ cardinalityLimits: { id: 1 } });
    const second = new KernelMetrics({ meterProvider, cardinalityLimits: { id: 100 } });
    kernel.recordBlocked({ agentId: 'a', action });
    second.recordBlocked({ agentId: 'b', action });
    expect(
      (await collect()).find('agent_os_violations_blocked_total', { agent_id: '__overflow__', action }),
    ).toBe(1);
  });

  test('on two providers are apart', async () => {
    const one = kernelOn();
    const other = kernelOn();
    one.kernel.recordKernelCrash();
    expect((await one.collect()).find('agent_os_kernel_crashes_total')).toBe(1);
    expect((await other.collect()).find('agent_os_kernel_crashes_total')).toBe(0);
  });
});
