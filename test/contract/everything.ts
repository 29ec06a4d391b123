import type { AgentMetrics } from '../../src/instruments/agent-metrics.js';
import type { AmbMetrics } from '../../src/instruments/amb-metrics.js';
import type { ApprovalMetrics } from '../../src/instruments/approval-metrics.js';
import type { CmvkMetrics } from '../../src/instruments/cmvk-metrics.js';
import type { ComponentMetrics } from '../../src/instruments/component-metrics.js';
import type { KernelMetrics } from '../../src/instruments/kernel-metrics.js';
import { KernelPresence } from '../../src/instruments/kernel-presence.js';
import type { KillMetrics } from '../../src/instruments/kill-metrics.js';
import { StreamMetrics } from '../../src/instruments/stream-metrics.js';

export interface Recorders {
  kernel: KernelMetrics;
  kills: KillMetrics;
  cmvk: CmvkMetrics;
  agent: AgentMetrics;
  amb: AmbMetrics;
  component: ComponentMetrics;
  approvals: ApprovalMetrics;
}

/** Calls each recording method once, with fixed values. */
export function recordEverything({ kernel, kills, cmvk, agent, amb, component, approvals }: Recorders): void {
  kernel.setInfo({ version: '1.4.0', policyMode: 'enforce' });
  KernelPresence.of(kernel.registry).begin(15_000);
  kernel.recordAgentStarted();
  kernel.recordRequest({ action: 'read_file', status: 'success' });
  kernel.recordRequest({ action: 'delete_file', status: 'denied' });
  kernel.recordViolation({ agentId: 'a-1', action: 'delete_file', policy: 'files', severity: 'critical' });
  kernel.recordBlocked({ agentId: 'a-1', action: 'delete_file' });
  kernel.recordViolation({ agentId: 'a-2', action: 'send_mail', policy: 'egress', blocked: false });
  kernel.recordPolicyCheck({ policy: 'files', result: 'allowed', durationSeconds: 0.00002 });
  kernel.recordPolicyCheckError({ policy: 'files', errorType: 'TypeError', durationSeconds: 0.0001 });
  kernel.recordDecision({
    policy: 'files',
    decision: 'deny',
    enforced: 'denied',
    provenance: 'default',
  });
  kernel.recordExecution({ action: 'read_file', status: 'success', durationSeconds: 0.3 });
  kernel.recordKernelLatency({ durationSeconds: 0.0004 });
  kernel.recordSignal({ signal: 'SIGSTOP', reason: 'quarantine', agentId: 'a-1' });
  kernel.recordSignal({ signal: 'SIGKILL', reason: 'violations', agentId: 'a-1' });
  kernel.recordContainment({ durationSeconds: 0.02 });
  kernel.recordRecovery({ success: true, durationSeconds: 12 });
  kernel.recordRecovery({ success: false });
  kernel.recordAgentCrash({ agentId: 'a-2', reason: 'out_of_memory' });
  kernel.recordKernelCrash();
  kernel.recordUngovernedAction({ agentId: 'a-2', action: 'send_mail' });
  kernel.recordAllowedAfterStop({ agentId: 'a-1', action: 'read_file', state: 'killed' });
  kills.recordKill({ agentId: 'a-3', reason: 'violations', outcome: 'failed', durationSeconds: 0.1 });
  kills.startKill({ agentId: 'a-3', reason: 'violations' });
  const asked = { agentId: 'a-1', action: 'delete_file', policy: 'files' };
  const pending = approvals.ask({ ...asked, params: { path: '/a' } });
  pending.answered({ outcome: 'approved', approver: 'human' });
  pending.running({ action: 'delete_file', params: { path: '/b' } });
  approvals.ask(asked);
  new StreamMetrics(kernel.registry).recordAbandoned({ action: 'summarise' });
  cmvk.recordVerification({
    result: 'verified',
    confidence: 0.95,
    driftScore: 0.08,
    durationSeconds: 2.3,
    modelCount: 3,
    agreeingCount: 2,
  });
  cmvk.recordModelResponse({ model: 'model-a', latencySeconds: 0.8 });
  cmvk.recordDisagreement({ modelA: 'model-b', modelB: 'model-a' });
  cmvk.recordVerifierError({ model: 'model-c', errorType: 'timeout' });
  agent.recordLlmCall({ agentId: 'a-1', model: 'model-a' });
  agent.recordLlmUsage({
    model: 'model-a',
    provider: 'openai',
    responseModel: 'model-a-2026',
    inputTokens: 800,
    outputTokens: 60,
  });
  agent.recordError({ agentId: 'a-1', errorType: 'RangeError' });
  agent.recordExecution({ status: 'success', durationSeconds: 4 });
  amb.recordPublished({ topic: 'claims', priority: 'high', durationSeconds: 0.002 });
  amb.recordDelivered({ topic: 'claims', priority: 'high', durationSeconds: 0.02 });
  amb.recordDeliveryFailure({ topic: 'claims', reason: 'expired' });
  amb.recordBackpressure({ topic: 'claims' });
  amb.recordDeadLetter({ topic: 'claims', reason: 'max_retries' });
  amb.observeQueueDepth('claims', () => 7);
  amb.observeBroker('main', () => true);
  amb.observePersistence(() => false);
  amb.observeWalPending(() => 3);
  component.recordOperation({ component: 'audit_log', operation: 'verify', result: 'ok' });
  component.recordOperation({ component: 'credential_vault', operation: 'resolve', result: 'denied' });
  component.recordFinding({ component: 'credential_vault', finding: 'no_access' });
  component.recordTrust({ agentId: 'a-1', score: 0.7, tier: 'Trusted' });
  component.recordTrust({ agentId: 'a-1', score: 0.5, tier: 'Provisional' });
  component.recordCredentialAge({ credential: 'db', ageSeconds: 86_400 });
}
