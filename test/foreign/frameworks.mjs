// What the tests of agent frameworks share.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { createTestObservability } from 'agent-os-observability/testing';

export const SECRET = 'prompt-of-a-customer';

/** Each action by the start of its name; what starts otherwise is answered with something that is not understood. */
export const policy = ({ action }) => {
  if (action.startsWith('read')) return 'allow';
  if (action.startsWith('delete')) return { allowed: false, reason: 'internal reason' };
  if (action.startsWith('pay')) return { decision: 'require_approval' };
  if (action.startsWith('broken')) throw new Error('engine is down');
  return { colour: 'green' };
};

/** A handle in memory, and what is asked of it. */
export async function bench(run) {
  const obs = createTestObservability();
  const value = async (name, labels = {}) =>
    (await obs.series())
      .filter((series) => series.name === name)
      .filter((series) => Object.entries(labels).every(([key, text]) => series.labels[key] === text))
      .reduce((sum, series) => sum + (series.count ?? series.value), 0);
  try {
    await run({
      obs,
      value,
      /** `status` → how many, of the requests of an action. */
      requests: async (action) => {
        const counts = {};
        for (const status of ['success', 'denied', 'error', 'unknown']) {
          const count = await value('agent_os_requests_total', { action, status });
          if (count > 0) counts[status] = count;
        }
        return counts;
      },
    });
    const everything = JSON.stringify([await obs.export(), obs.spans(), obs.emittedEvents()]);
    assert.ok(!everything.includes(SECRET), 'nothing of the arguments is recorded');
  } finally {
    await obs.shutdown();
  }
}

/** Runs the example beside the host; the page is in no certain order. */
export function assertExamplePrints(lines) {
  const printed = execFileSync(process.execPath, ['example.mjs'], { encoding: 'utf8' }).trim().split('\n');
  assert.deepEqual(printed.sort(), lines.sort());
}
