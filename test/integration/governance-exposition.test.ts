import { AgentMeshClient, ExecutionRing, GenericFrameworkAdapter } from '@microsoft/agent-governance-sdk';
import { GovernanceInstrumentation } from '../../src/governance/agt/index.js';
import { initObservability } from '../../src/index.js';

/** Samples of the page that say something, labels in order, without histogram buckets and sums. */
function samples(page: string): string[] {
  return page
    .split('\n')
    .filter((line) => line.startsWith('agent_os_') && !/_(bucket|sum)\{|_sum /.test(line))
    .filter((line) => !/ 0$|_telemetry_|_uptime_|_violation_rate|_kernel_info|_timestamp_/.test(line))
    .map((line) => {
      const [, name, labels = '', value] = /^(\w+)(?:\{(.*)\})? (\S+)/.exec(line) ?? [];
      const kept = (labels.match(/\w+="[^"]*"/g) ?? []).filter((label) => !label.startsWith('otel_scope'));
      return `${name}{${kept.sort().join()}} ${value}`;
    })
    .sort();
}

test('one agent’s life, from its first request to its restart, is on the metrics page', async () => {
  const obs = initObservability({ serviceName: 'agent-os-kernel', prometheus: { port: 0 }, otlp: false });
  try {
    const governance = new GovernanceInstrumentation(obs);
    const client = AgentMeshClient.create('support-1', {
      policyRules: [
        { action: 'ticket.*', effect: 'allow' },
        { action: 'refund', effect: 'review' },
      ],
      execution: { actionRings: { 'host.*': ExecutionRing.Ring0 }, killOnBreach: true },
    });
    const adapter = new GenericFrameworkAdapter(client);
    governance.instrumentAdapter(adapter);
    client.killSwitch?.registerHandler(client.identity.did, () => {});
    client.policy.loadPolicy({ name: 'mail', rules: [{ name: 'all', ruleAction: 'warn' }] });

    await adapter.run({ name: 'read', action: 'ticket.read' }, () => 'text');
    await adapter.run({ name: 'close', action: 'ticket.close' }, () => Promise.reject(new RangeError('no')));
    await client.executeWithGovernance('refund');
    await client.executeWithGovernance('drop.table');
    client.policy.evaluatePolicy(client.identity.did, { action: 'mail.send' });
    await client.executeWithGovernance('host.shell');
    await adapter.run({ name: 'read', action: 'ticket.read' }, () => 'still reading');
    client.lifecycle.activate('cleared');

    expect(samples(await obs.export())).toEqual([
      'agent_os_active_agents{} 1',
      'agent_os_agent_errors_total{agent_id="support-1",error_type="RangeError"} 1',
      'agent_os_allowed_after_stop_total{action="ticket.read",agent_id="support-1",state="killed"} 1',
      'agent_os_component_operations_total{component="audit_log",operation="log",result="ok"} 6',
      'agent_os_component_operations_total{component="lifecycle",operation="activate",result="ok"} 2',
      'agent_os_component_operations_total{component="lifecycle",operation="quarantine",result="ok"} 1',
      'agent_os_component_operations_total{component="policy_engine",operation="load_policy",result="ok"} 1',
      'agent_os_component_operations_total{component="ring_enforcer",operation="enforce",result="allowed"} 5',
      'agent_os_component_operations_total{component="ring_enforcer",operation="enforce",result="denied"} 1',
      'agent_os_containment_seconds_count{} 1',
      'agent_os_execution_duration_seconds_count{action="ticket.close",status="error"} 1',
      'agent_os_execution_duration_seconds_count{action="ticket.read",status="success"} 2',
      'agent_os_kernel_latency_seconds_count{} 7',
      'agent_os_kill_attempts_total{agent_id="support-1",outcome="stopped"} 1',
      'agent_os_mttr_seconds_count{} 1',
      'agent_os_policy_check_duration_seconds_count{policy="flat_rules",result="allowed"} 3',
      'agent_os_policy_check_duration_seconds_count{policy="flat_rules",result="denied"} 2',
      'agent_os_policy_check_duration_seconds_count{policy="mail",result="denied"} 1',
      'agent_os_policy_decisions_total{decision="allow",enforced="allowed",policy="flat_rules"} 3',
      'agent_os_policy_decisions_total{decision="deny",enforced="denied",policy="flat_rules"} 1',
      'agent_os_policy_decisions_total{decision="review",enforced="denied",policy="flat_rules"} 1',
      'agent_os_policy_decisions_total{decision="warn",enforced="denied",policy="mail"} 1',
      'agent_os_recovery_total{status="success"} 1',
      'agent_os_requests_total{action="drop.table",status="denied"} 1',
      'agent_os_requests_total{action="host.shell",status="denied"} 1',
      'agent_os_requests_total{action="mail.send",status="denied"} 1',
      'agent_os_requests_total{action="refund",status="denied"} 1',
      'agent_os_requests_total{action="ticket.close",status="success"} 1',
      'agent_os_requests_total{action="ticket.read",status="success"} 2',
      'agent_os_sigkill_total{agent_id="support-1",reason="ring_breach"} 1',
      'agent_os_signals_total{reason="cleared",signal="SIGCONT"} 1',
      'agent_os_signals_total{reason="ring_breach",signal="SIGKILL"} 1',
      'agent_os_signals_total{reason="ring_breach",signal="SIGSTOP"} 1',
      'agent_os_trust_score{agent_id="support-1"} 0.4',
      'agent_os_trust_tier_changes_total{from="Provisional",to="Trusted"} 1',
      'agent_os_trust_tier_changes_total{from="Trusted",to="Provisional"} 1',
      'agent_os_violations_blocked_total{action="drop.table",agent_id="support-1"} 1',
      'agent_os_violations_blocked_total{action="host.shell",agent_id="support-1"} 1',
      'agent_os_violations_blocked_total{action="mail.send",agent_id="support-1"} 1',
      'agent_os_violations_total{action="drop.table",agent_id="support-1",policy="flat_rules",severity="high"} 1',
      'agent_os_violations_total{action="host.shell",agent_id="support-1",policy="execution_ring",severity="critical"} 1',
      'agent_os_violations_total{action="mail.send",agent_id="support-1",policy="mail",severity="high"} 1',
    ]);
  } finally {
    await obs.shutdown();
  }
});
