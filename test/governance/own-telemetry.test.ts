import { AgentMeshClient, ExecutionRing } from '@microsoft/agent-governance-sdk';
// A host that types its own wiring needs the main entry and the one for governance.
import {
  GovernanceInstrumentation,
  type Clock,
  type GovernanceOptions,
  type GovernanceTelemetry,
  type RingBreach,
  type Severity,
  type Unwrap,
  type ViolationContext,
} from '../../src/governance/agt/index.js';
import type { AgentMetrics, KernelMetrics, KernelTracer } from '../../src/index.js';
import { bench } from './support.js';

function telemetryOf(kernel: KernelMetrics, agent: AgentMetrics, tracer: KernelTracer): GovernanceTelemetry {
  return { kernel, agent, tracer };
}

test('a host can name the types of its own telemetry, clock, grading and ring breaches', async () => {
  const b = bench();
  const clock: Clock = () => 0;
  const breaches: RingBreach[] = [];
  const severityOf = ({ ringViolation }: ViolationContext): Severity => {
    if (ringViolation) breaches.push(ringViolation);
    return ringViolation?.requiredRing === ExecutionRing.Ring1 ? 'medium' : 'low';
  };
  const options: GovernanceOptions = { clock, severityOf };
  const governance = new GovernanceInstrumentation(telemetryOf(b.kernel, b.agent, b.tracer), options);
  const client = AgentMeshClient.create('a', {
    execution: { actionRings: { deploy: ExecutionRing.Ring1 } },
  });
  const unwrap: Unwrap = governance.instrumentClient(client);

  const { ringViolation } = await client.executeWithGovernance('deploy');

  expect(breaches).toEqual([ringViolation]);
  expect((await b.series('agent_os_violations_total'))[0]?.labels.severity).toBe('medium');
  unwrap();
});
