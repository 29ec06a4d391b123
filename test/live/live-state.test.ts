import { createNoopMeter } from '@opentelemetry/api';
import { initObservability, type ObservabilityOptions } from '../../src/index.js';
import type { LiveState } from '../../src/live/live-messages.js';
import { recordEverything } from '../contract/everything.js';
import { told } from './support.js';

/** One reading of a process that has done this. */
async function stateAfter(
  act: (obs: ReturnType<typeof initObservability>) => void,
  options: ObservabilityOptions = {},
): Promise<LiveState> {
  const obs = initObservability({
    serviceName: 'kernel',
    otlp: false,
    prometheus: false,
    diagnostics: 'none',
    ...options,
  });
  try {
    act(obs);
    const { body } = await obs.liveHandler({ method: 'GET', headers: { accept: 'text/event-stream' } });
    return told(String(body), 'state')[0] as LiveState;
  } finally {
    await obs.shutdown();
  }
}

describe.each(['native', 'otel-sdk'] as const)('with pipeline %s', (pipeline) => {
  test('every part of the page has the numbers of the registry', async () => {
    const state = await stateAfter(recordEverything, { pipeline });
    expect(state).toMatchObject({
      policyMode: 'enforce',
      requests: { success: 1, denied: 1 },
      violations: { total: 2, bySeverity: { critical: 1 } },
      votes: { results: { verified: expect.any(Number) } },
      bus: { published: expect.any(Number), connected: expect.any(Boolean) },
    });
    expect(state.policies.map(({ name }) => name)).toContain('files');
    expect(state.actions).toContainEqual({ name: 'delete_file', counts: { denied: 1 } });
    expect(state.agents.map(({ id }) => id)).toEqual(expect.arrayContaining(['a-1', 'a-2']));
    expect(state.bus.topics.length).toBeGreaterThan(0);
    expect(state.latency.execution).toMatchObject({ count: 1, sum: 0.3 });
    expect(state.latency.execution.counts.reduce((sum, count) => sum + count)).toBe(1);
    expect(state.kills.containment.count).toBeGreaterThan(0);
    expect(state.health.series.length).toBe(5);
  });
});

test('lists are short, whatever a host does', async () => {
  const state = await stateAfter(({ kernel }) => {
    for (let number = 0; number < 900; number++) {
      const name = `${number}`;
      kernel.recordViolation({ agentId: name, action: name, policy: name, severity: 'low', blocked: true });
      kernel.recordRequest({ action: name, status: 'success' });
      kernel.recordDecision({ policy: name, decision: 'allow', enforced: 'allowed' });
    }
  });
  expect([state.agents.length, state.policies.length, state.actions.length]).toEqual([40, 12, 12]);
  expect(state.moreAgents).toBeGreaterThan(800);
  expect(state.health.lost).toContainEqual(
    expect.objectContaining({ signal: 'metrics', reason: 'cardinality' }),
  );
  expect(JSON.stringify(state).length).toBeLessThan(20_000);
});

test('labels are read as they were given', async () => {
  const name = 'a "quoted" \\ name\nin {two} lines, x="y"';
  const state = await stateAfter(({ kernel }) => kernel.recordRequest({ action: name, status: 'success' }));
  expect(state.actions.map((row) => row.name)).toEqual([name]);
});

test('where the host keeps the numbers, there are none, and the page says so', async () => {
  const state = await stateAfter(() => {}, {
    prometheus: undefined as never,
    meterProvider: { getMeter: () => createNoopMeter() },
  });
  expect(state.requests).toEqual({});
  expect(state.missing).toEqual([expect.stringContaining('MeterProvider')]);
  expect(state.health.exports).toContainEqual({ signal: 'metrics', state: 'host', pending: 0 });
});
