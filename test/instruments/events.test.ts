import { createTestObservability, type TestObservability } from '../../src/testing/index.js';

let obs: TestObservability;
beforeEach(() => (obs = createTestObservability()));
afterEach(() => obs.shutdown());

const only = () => {
  expect(obs.emittedEvents()).toHaveLength(1);
  return obs.emittedEvents()[0];
};

test.each([
  ['low', 'INFO'],
  ['medium', 'WARN'],
  ['high', 'ERROR'],
  ['critical', 'FATAL'],
] as const)('a violation of severity %s is an event of severity %s', (severity, expected) => {
  obs.kernel.recordViolation({ agentId: 'a', action: 'x', policy: 'p', severity });
  expect(only()).toMatchObject({
    name: 'agent_os.violation',
    severity: expected,
    traceId: undefined,
    attributes: {
      'agent.id': 'a',
      'agent_os.action': 'x',
      'agent_os.policy': 'p',
      'agent_os.severity': severity,
    },
  });
});

test('a violation of a severity that is none is an event of the severity of the registry', () => {
  obs.kernel.recordViolation({ agentId: 'a', action: 'x', policy: 'p', severity: 'odd' as 'low' });
  expect(only()?.severity).toBe('ERROR');
});

test('inside a span a violation is an event of the span too, unless the host has turned that off', async () => {
  const violate = (of: TestObservability) =>
    of.tracer.execute({ agentId: 'a', action: 'x' }, () =>
      of.kernel.recordViolation({ agentId: 'a', action: 'x', policy: 'p', reason: 'r' }),
    );
  violate(obs);
  const [span] = obs.spans();
  expect(span?.events.map(({ name }) => name)).toEqual(['agent_os.violation']);
  expect(only()).toMatchObject({ traceId: span?.traceId, spanId: span?.spanId });

  const without = createTestObservability({ events: { spanEvents: false } });
  violate(without);
  expect(without.spans()[0]?.events).toEqual([]);
  expect(without.emittedEvents()).toHaveLength(1);
  await without.shutdown();
});

test('a signal is an event', () => {
  obs.kernel.recordSignal({ signal: 'SIGKILL', reason: 'violations', agentId: 'a' });
  expect(only()).toMatchObject({
    name: 'agent_os.signal',
    severity: 'WARN',
    attributes: { 'agent.id': 'a', 'agent_os.signal': 'SIGKILL', 'agent_os.reason': 'violations' },
  });
});

test.each([
  ['verified', 'INFO'],
  ['flagged', 'WARN'],
  ['rejected', 'WARN'],
] as const)('a claim that is %s is an event of severity %s', (result, severity) => {
  obs.cmvk.recordVerification({
    result,
    confidence: 0.5,
    driftScore: 0.4,
    durationSeconds: 1,
    claimId: 'c-1',
  });
  expect(only()).toMatchObject({
    name: 'agent_os.verification',
    severity,
    attributes: {
      'agent_os.claim.id': 'c-1',
      'agent_os.verification.result': result,
      'agent_os.drift_score': 0.4,
    },
  });
});

test('a dead letter is an event', () => {
  obs.amb.recordDeadLetter({ topic: 'claims', reason: 'expired' });
  expect(only()).toMatchObject({
    name: 'agent_os.dead_letter',
    attributes: { 'agent_os.topic': 'claims', 'agent_os.reason': 'expired' },
  });
});

test('what was emitted can be forgotten, and after shutdown() nothing is kept', async () => {
  obs.kernel.recordSignal({ signal: 'SIGSTOP', reason: 'x' });
  obs.forgetEvents();
  expect(obs.emittedEvents()).toEqual([]);
  obs.loggerProvider.getLogger('host').emit({ body: 'text', attributes: { list: ['a'] } });
  expect(only()).toMatchObject({ name: undefined, body: 'text', attributes: { list: ['a'] } });
  await obs.shutdown();
  obs.kernel.recordSignal({ signal: 'SIGSTOP', reason: 'x' });
  expect(obs.emittedEvents()).toEqual([]);
});
