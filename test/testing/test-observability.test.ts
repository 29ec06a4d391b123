import { createTestObservability, expectMetric, type TestObservability } from '../../src/testing/index.js';

describe('createTestObservability', () => {
  let obs: TestObservability;
  beforeEach(() => (obs = createTestObservability()));
  afterEach(() => obs.shutdown());

  it('shows what was recorded, histograms by their count', async () => {
    obs.kernel.recordBlocked({ agentId: 'a', action: 'delete_file' });
    obs.kernel.recordKernelLatency({ durationSeconds: 0.5 });
    await expectMetric(obs, 'agent_os_violations_blocked_total', { agent_id: 'a', action: 'delete_file' }, 1);
    await expectMetric(obs, 'agent_os_kernel_latency_seconds', {}, 1);
  });

  it('says what was found when an expectation fails', async () => {
    obs.kernel.recordBlocked({ agentId: 'a', action: 'x' });
    await expect(
      expectMetric(obs, 'agent_os_violations_blocked_total', { agent_id: 'b', action: 'x' }, 1),
    ).rejects.toThrow(
      /to be 1, found undefined; did you mean .*; its series are:\n {2}\{"action":"x","agent_id":"a"\} 1/,
    );
    await expect(expectMetric(obs, 'agent_os_mttr_seconds', {}, 3)).rejects.toThrow('none');
  });

  it.each<[string, string, Record<string, string>, string]>([
    [
      'a name that differs by little',
      'agent_os_violation_blocked_total',
      { agent_id: 'a', action: 'x' },
      'found undefined; there is no such metric, did you mean agent_os_violations_blocked_total?;',
    ],
    [
      'a label that differs by little',
      'agent_os_violations_blocked_total',
      { agentId: 'a', action: 'x' },
      'it has no label agentId, did you mean agent_id?;',
    ],
    [
      'a label unlike all',
      'agent_os_violations_blocked_total',
      { zzz: 'a' },
      'it has no label zzz; its series are',
    ],
    [
      'values of which one is another',
      'agent_os_violations_blocked_total',
      { agent_id: 'b', action: 'x' },
      'did you mean {"action":"x","agent_id":"a"}?;',
    ],
    ['a name unlike all', 'zzz', {}, 'there is no such metric; its series are:\n  none'],
  ])('suggests what may have been meant by %s', async (_, name, labels, expected) => {
    obs.kernel.recordBlocked({ agentId: 'a', action: 'x' });
    obs.kernel.recordBlocked({ agentId: 'a', action: 'y' });
    await expect(expectMetric(obs, name as 'agent_os_requests_total', labels as never, 1)).rejects.toThrow(
      expected,
    );
  });

  it('accepts undefined for a series that does not exist', async () => {
    await expectMetric(obs, 'agent_os_violations_blocked_total', { agent_id: 'b', action: 'x' }, undefined);
  });

  it('collects spans, nested, and forgets them', async () => {
    await obs.tracer.execute({ agentId: 'a', action: 'x' }, async () => {
      await Promise.resolve();
      obs.tracer.policyCheck({ agentId: 'a', action: 'x' }, () => true);
    });
    const [check, execute] = obs.spans();
    expect([check?.name, execute?.name]).toEqual(['kernel.policy_check', 'kernel.execute']);
    expect(check?.parentSpanId).toBe(execute?.spanId);
    expect(check?.traceId).toBe(execute?.traceId);
    obs.forgetSpans();
    expect(obs.spans()).toEqual([]);
  });

  it('keeps two observabilities apart', async () => {
    const other = createTestObservability();
    other.kernel.recordKernelCrash();
    await expectMetric(obs, 'agent_os_kernel_crashes_total', {}, 0);
    await expectMetric(other, 'agent_os_kernel_crashes_total', {}, 1);
    await other.shutdown();
  });
});
