import { AgentMeshClient, GenericFrameworkAdapter } from '@microsoft/agent-governance-sdk';
import { GovernanceInstrumentation } from '../../src/governance/agt/index.js';
import type { KernelVerbs } from '../../src/calls/kernel-verbs.js';
import { createTestObservability, type TestObservability } from '../../src/testing/index.js';
import { fakeClock, type FakeClock } from '../support/clock.js';

export const about = { agentId: 'support-1', action: 'read_file' };
export const checked = { ...about, policy: 'files' };

export interface CallBench {
  readonly obs: TestObservability;
  readonly verbs: KernelVerbs;
  readonly clock: FakeClock;
  /** What was emitted, without the time and the context. */
  readonly events: () => { name: string | undefined; severity: string | undefined; attributes: object }[];
  /** `metric label=value,…` → value, of all series that are not 0 and not of the SDK itself. */
  readonly counted: (...names: string[]) => Promise<Record<string, number>>;
  /** `parent/child` of each span that has ended, sorted. */
  readonly paths: () => string[];
}

/** The verbs on a handle of their own, with their events, on a clock that a test moves. */
export function callBench(): CallBench {
  const clock = fakeClock(1_000_000);
  const obs = createTestObservability({ clock: clock.now });
  return {
    obs,
    verbs: obs,
    clock,
    events: () =>
      obs.emittedEvents().map(({ name, severity, attributes }) => ({ name, severity, attributes })),
    async counted(...names) {
      const series = await obs.series();
      const found = series
        .filter(({ name, value, count }) => (count ?? value) !== 0 && names.includes(name))
        .map(({ name, labels, value, count }): [string, number] => {
          const pairs = Object.entries(labels).map(([label, text]) => `${label}=${text}`);
          return [`${name} ${pairs.sort().join(',')}`.trim(), count ?? value];
        });
      return Object.fromEntries(found);
    },
    paths() {
      const spans = obs.spans();
      const pathOf = (id: string | undefined): string => {
        const span = spans.find(({ spanId }) => spanId === id);
        if (span === undefined) return '';
        return `${pathOf(span.parentSpanId)}/${span.name}`.replace(/^\//, '');
      };
      return spans.map(({ spanId }) => pathOf(spanId)).sort();
    },
  };
}

/** The same, and an adapter of the governance SDK whose client allows `read_file` alone. */
export function governedBench() {
  const bench = callBench();
  const governance = new GovernanceInstrumentation(bench.obs, { clock: bench.clock.now });
  const client = AgentMeshClient.create('support-1', {
    policyRules: [{ action: 'read_file', effect: 'allow' }],
  });
  const adapter = new GenericFrameworkAdapter(client);
  governance.instrumentAdapter(adapter);
  return { bench, governance, client, adapter };
}
