import { KernelPresence } from '../../src/instruments/kernel-presence.js';
import { OPTIONS } from '../../src/options/option-table.js';
import { definitionOf, METRICS, type MetricName } from '../../src/semconv/index.js';
import type { Family } from '../../src/testing/parse-exposition.js';
import { exposed, observed } from './support.js';

// The pipeline put a namespace before every metric, so that no dashboard found one; and the scrape went to another
// port than the kernel's.

const TYPES = {
  counter: 'counter',
  upDownCounter: 'gauge',
  histogram: 'histogram',
  observableGauge: 'gauge',
};

/** Records once into every metric of the registry, by whatever labels. */
async function everything(): Promise<Family[]> {
  const obs = observed({ metrics: { cardinalityLimits: { slug: 1 } } });
  const about = {
    agentId: 'a',
    action: 'read',
    policy: 'files',
    topic: 'claims',
    model: 'm',
    modelA: 'a',
    modelB: 'b',
  };
  const values = {
    durationSeconds: 1,
    latencySeconds: 1,
    driftScore: 0.1,
    confidence: 0.9,
    success: true,
    score: 1,
    ageSeconds: 1,
    inputTokens: 1,
    outputTokens: 1,
  };
  const words = {
    status: 'success',
    result: 'verified',
    signal: 'SIGTERM',
    reason: 'rejected',
    errorType: 'E',
    state: 'killed',
    component: 'vault',
    operation: 'read',
    finding: 'leak',
    credential: 'key',
  };
  const argument = {
    ...about,
    ...values,
    ...words,
    decision: 'allow',
    enforced: 'allowed',
    version: '1',
    policyMode: 'm',
  };
  for (const target of [obs.kernel, obs.cmvk, obs.agent, obs.amb, obs.component]) {
    for (const method of methodsOf(target)) {
      if (!/^(record|set)/.test(method)) continue;
      (target as unknown as Record<string, (argument: object) => void>)[method]!(argument);
    }
  }
  const pending = obs.approvals.ask({ agentId: 'a', action: 'read', policy: 'files', params: 1 });
  pending.answered({ outcome: 'approved', approver: 'human' });
  for (const tier of ['Trusted', 'Verified'])
    obs.component.recordTrust({ agentId: 'a', identity: 'a', score: 1, tier });
  KernelPresence.of(obs.kernel.registry).begin(15_000);
  obs.kernel.recordViolation({ agentId: 'a', action: 'read', policy: 'files', blocked: false });
  obs.kernel.streams.recordAbandoned({ action: 'read' });
  obs.agent.recordError({ agentId: 'a', errorType: 'one_more_than_may_be' });
  obs.amb.observeQueueDepth('claims', () => 1);
  obs.amb.observeBroker('redis', () => true);
  obs.amb.observePersistence(() => true);
  obs.amb.observeWalPending(() => 1);
  await obs.metricsHandler({ method: 'GET', headers: {} });
  return exposed(obs);
}

/** Of its class and of those that it extends. */
function methodsOf(target: object): string[] {
  const prototype = Object.getPrototypeOf(target) as object | null;
  return prototype === null ? [] : [...Object.getOwnPropertyNames(prototype), ...methodsOf(prototype)];
}

test('exposition name, type and help are the registry’s, for every metric and no other', async () => {
  const shown = (await everything()).filter(({ name }) => name !== 'target_info');
  expect(shown.map(({ name }) => name).sort()).toEqual(Object.keys(METRICS).sort());
  for (const { name, type, help } of shown) {
    const { kind, description } = definitionOf(name as MetricName);
    expect([name, type, help]).toEqual([name, TYPES[kind], description]);
  }
});

test('labels are the registry’s and the format’s, for every series', async () => {
  for (const { name, samples } of await everything()) {
    if (name === 'target_info') continue;
    const allowed = [...Object.keys(definitionOf(name as MetricName).labels), 'le'];
    for (const { labels } of samples) {
      expect(
        Object.keys(labels).filter((label) => !allowed.includes(label) && !label.startsWith('otel_scope_')),
      ).toEqual([]);
    }
  }
});

test('the kernel is scraped at port 9464, on /metrics', () => {
  expect(OPTIONS['prometheus.port'].default).toBe(9464);
  expect(OPTIONS['prometheus.path'].default).toBe('/metrics');
  expect(OPTIONS['prometheus.host'].default).toBe('127.0.0.1');
});
