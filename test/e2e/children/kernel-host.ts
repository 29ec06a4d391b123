// A host as users write it: the SDK, a policy engine, and actions that go through it. Told over the IPC channel what to do.
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { KillSwitch, PolicyEngine } from '@microsoft/agent-governance-sdk';
import { trace } from '@opentelemetry/api';
import type * as AgentGovernance from '../../../src/governance/agt/index.js';
import type * as Main from '../../../src/index.js';
import type { ObservabilityOptions } from '../../../src/index.js';
import type { HostCommand, HostReply, KillHandler } from '../support/kernel-host.js';

const POLICY = new URL('../../../examples/demo/policy.yaml', import.meta.url);

/** The folder of a host that has the packed package; without one, the sources are run. */
const packed = process.argv[3];
const { initObservability } = await load<typeof Main>('', '../../../src/index.js');
const { GovernanceInstrumentation } = await load<typeof AgentGovernance>(
  '/agent-governance',
  '../../../src/governance/agt/index.js',
);

async function load<T>(entry: string, source: string): Promise<T> {
  if (!packed) return (await import(source)) as T;
  return createRequire(join(packed, 'host.cjs'))(`agent-os-observability${entry}`) as T;
}

const obs = initObservability(JSON.parse(process.argv[2]!) as ObservabilityOptions);
const engine = new PolicyEngine();
engine.loadYaml(readFileSync(POLICY, 'utf8'));
const killSwitch = new KillSwitch();
const governance = new GovernanceInstrumentation(obs);
// The workload counts requests and violations itself, with the rule that decided.
governance.instrumentPolicyEngine(engine, { policySet: 'service-desk', denialsAreViolations: false });
governance.instrumentKillSwitch(killSwitch);

const HANDLERS: Readonly<Record<KillHandler, () => Promise<void>>> = {
  throws: () => Promise.reject(new Error('the process of the agent is gone')),
  hangs: () => new Promise(() => {}),
};

/** Governs one action and says which trace it is. */
async function act(agentId: string, action: string): Promise<string> {
  let traceId = '';
  await obs.tracer.execute({ agentId, action }, () =>
    obs.kernel.execution(action, async () => {
      traceId = trace.getActiveSpan()!.spanContext().traceId;
      const verdict = engine.evaluatePolicy(agentId, { action });
      if (!verdict.allowed) {
        const violation = { agentId, action, policy: 'service-desk', severity: 'critical' } as const;
        obs.tracer.violation(violation, () => obs.kernel.recordViolation(violation));
        obs.kernel.recordBlocked({ agentId, action });
      }
      obs.kernel.recordRequest({ action, status: verdict.allowed ? 'success' : 'denied' });
    }),
  );
  return traceId;
}

async function run(command: HostCommand): Promise<unknown> {
  switch (command.do) {
    case 'act': {
      const { agentId, action, times, flushEvery = Infinity } = command;
      const traceIds: string[] = [];
      for (let done = 1; done <= times; done += 1) {
        traceIds.push(await act(agentId, action));
        // An agent that never lets go of the event loop is none.
        if (done % 100 === 0) await new Promise((resolve) => setImmediate(resolve));
        if (done % flushEvery === 0) await obs.forceFlush();
      }
      return traceIds;
    }
    case 'forbid': {
      const { agentId, severity } = command;
      const violation = { agentId, action: 'read_note', policy: 'notes', severity, blocked: true } as const;
      obs.violation(violation);
      obs.kernel.recordRequest({ action: violation.action, status: 'denied' });
      return undefined;
    }
    case 'kill':
      killSwitch.registerHandler(command.agentId, HANDLERS[command.handler]);
      killSwitch.kill(command.agentId, { reason: 'drill' }).catch(() => {});
      return undefined;
    case 'flush':
      return obs.forceFlush();
    case 'page':
      return obs.export();
    case 'url':
      return (await obs.ready).metricsUrl;
    case 'shutdown':
      return obs.shutdown();
  }
}

process.on('message', (command: HostCommand & { readonly id: number }) => {
  void run(command).then(
    (value) => reply({ id: command.id, value }),
    (error: unknown) => reply({ id: command.id, error: String(error) }),
  );
});
process.once('disconnect', () => process.exit(0));

function reply(message: HostReply): void {
  process.send!(message);
}
