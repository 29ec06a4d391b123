import { metrics } from '@opentelemetry/api';
import { ComponentMetrics } from '../../src/instruments/index.js';
import { createTestObservability } from '../../src/testing/index.js';
import { recording, stockProvider } from './support.js';

function componentOn() {
  const recorded = recording();
  return { ...recorded, component: new ComponentMetrics(recorded.instruments) };
}
const score = 'agent_os_trust_score';
const age = 'agent_os_credential_age_seconds';

test('operations and findings are counted by their names', async () => {
  const { component, collect } = componentOn();
  component.recordOperation({ component: 'vault', operation: 'resolve', result: 'denied' });
  component.recordFinding({ component: 'vault', finding: 'no_access' });
  const found = await collect();
  expect(
    found.find('agent_os_component_operations_total', {
      component: 'vault',
      operation: 'resolve',
      result: 'denied',
    }),
  ).toBe(1);
  expect(found.find('agent_os_component_findings_total', { component: 'vault', finding: 'no_access' })).toBe(
    1,
  );
});

test('an audit log that does not verify is there at 0, so that the first one alerts', async () => {
  const { collect } = componentOn();
  const points = (await collect()).points('agent_os_component_operations_total');
  expect(points.map(({ labels }) => labels.result)).toEqual(['failed', 'error', 'unknown']);
});

test('the last score of an agent is kept, and a tier other than the last is a change', async () => {
  const { component, collect } = componentOn();
  component.recordTrust({ agentId: 'a', score: 0.5, tier: 'Provisional' });
  component.recordTrust({ agentId: 'a', score: 0.6, tier: 'Trusted' });
  component.recordTrust({ agentId: 'a', score: 0.7, tier: 'Trusted' });
  component.recordTrust({ agentId: 'a', score: 0.65 });
  const found = await collect();
  expect(found.find(score, { agent_id: 'a' })).toBe(0.65);
  expect(found.find('agent_os_trust_tier_changes_total', { from: 'Provisional', to: 'Trusted' })).toBe(1);
});

test('all ComponentMetrics of a provider show one trust, and each agent and credential once', async () => {
  const { component, instruments, collect, clock } = componentOn();
  const other = new ComponentMetrics(instruments);
  component.recordTrust({ agentId: 'a', score: 0.2 });
  other.recordTrust({ agentId: 'a', score: 0.3 });
  component.recordCredentialAge({ credential: 'db', ageSeconds: 10 });
  clock.advance(5000);
  other.recordCredentialAge({ credential: 'mail', ageSeconds: 0 });
  const found = await collect();
  expect(found.points(score)).toHaveLength(1);
  expect(found.find(score, { agent_id: 'a' })).toBe(0.3);
  expect(found.find(age, { credential: 'db' })).toBe(15);
  expect(found.find(age, { credential: 'mail' })).toBe(0);
});

test('a credential that is removed is shown no longer', async () => {
  const obs = createTestObservability();
  obs.component.recordCredentialAge({ credential: 'db', ageSeconds: 10 });
  expect(await obs.export()).toContain('agent_os_credential_age_seconds{credential="db"}');
  obs.component.removeCredential({ credential: 'db' });
  expect(await obs.export()).not.toContain('credential="db"');
  await obs.shutdown();
});

test('what is no number is not kept, and a name that is none is unknown', async () => {
  const { component, collect } = componentOn();
  component.recordTrust({ agentId: 'a', score: NaN });
  component.recordTrust({ agentId: 7 as never, score: 1, tier: {} as never });
  component.recordCredentialAge({ credential: 'db', ageSeconds: Infinity });
  component.removeCredential(undefined as never);
  const found = await collect();
  expect(found.points(score).map(({ labels }) => labels)).toEqual([{ agent_id: 'unknown' }]);
  expect(found.points(age)).toEqual([]);
});

test('agents and credentials past the limit share one series, and count no overflow at each collection', async () => {
  const { component, collect } = componentOn();
  for (let i = 0; i <= 1_000; i++) component.recordTrust({ agentId: `a${i}`, score: i / 1000 });
  for (let i = 0; i <= 200; i++) component.recordCredentialAge({ credential: `c${i}`, ageSeconds: 1 });
  await collect();
  const found = await collect();
  expect(found.find(score, { agent_id: 'a999' })).toBe(0.999);
  expect(found.find(score, { agent_id: '__overflow__' })).toBe(1);
  expect(found.find(age, { credential: '__overflow__' })).toBe(1);
  expect(found.total('agent_os_telemetry_overflowed_total')).toBe(0);
});

test('tiers of many identities are kept, and those of the first forgotten', async () => {
  const { component, collect } = componentOn();
  const tierOf = (identity: string, tier: string) =>
    component.recordTrust({ agentId: 'a', identity, score: 0.5, tier });
  for (let i = 0; i <= 10_000; i++) tierOf(`did:${i}`, 'Trusted');
  tierOf('did:1', 'Verified');
  tierOf('did:0', 'Verified');
  expect((await collect()).total('agent_os_trust_tier_changes_total')).toBe(1);
});

test('what is kept before there is an SDK is shown by the one that comes', async () => {
  const early = new ComponentMetrics();
  early.recordTrust({ agentId: 'a', score: 0.5, tier: 'Provisional' });
  early.recordCredentialAge({ credential: 'db', ageSeconds: 3 });
  const { meterProvider, collect } = stockProvider();
  metrics.setGlobalMeterProvider(meterProvider);
  try {
    await new Promise((resolve) => setImmediate(resolve));
    early.recordTrust({ agentId: 'b', score: 0.7 });
    const found = await collect();
    expect(found.points(score).map(({ labels, value }) => [labels.agent_id, value])).toEqual([
      ['a', 0.5],
      ['b', 0.7],
    ]);
    expect(found.points(age)).toHaveLength(1);
  } finally {
    metrics.disable();
  }
});
