import { ALERTS } from '../../prometheus/src/alerts/index.js';
import { yamlFile } from '../stack/stack-files.js';
import { alertmanager, inhibits, receiverOf, type Labels } from './support.js';

const routed: { labels: Labels; receivers: string[] }[] = yamlFile(
  'prometheus/alertmanager/tests/routes.yaml',
);
const on = { service_name: 'claims-desk', deployment_environment_name: 'production' };

const labelsOf = ({ name, severity, team }: (typeof ALERTS)[number]): Labels => ({
  alertname: name,
  severity,
  team,
});
const alerts = ALERTS.filter(({ name }) => name !== 'Watchdog').map((alert) => [alert.name, alert] as const);
const withLabels = (name: string): Labels => ({
  ...labelsOf(ALERTS.find((alert) => alert.name === name)!),
  ...on,
});

describe('each alert', () => {
  it.each(alerts)('%s reaches its team, and pages it if it is critical', (_, alert) => {
    expect(receiverOf(labelsOf(alert))).toBe(
      alert.severity === 'critical' ? `${alert.team}-page` : alert.team,
    );
  });

  it.each(alerts)('%s goes elsewhere with another severity', (_, alert) => {
    const other = alert.severity === 'critical' ? 'warning' : 'critical';
    expect(receiverOf({ ...labelsOf(alert), severity: other })).not.toBe(receiverOf(labelsOf(alert)));
  });

  it.each(ALERTS.map((alert) => [alert.name, alert] as const))(
    '%s is put before amtool as it is',
    (name, alert) => {
      const found = routed.filter(({ labels }) => labels['alertname'] === name);
      expect(found.map(({ labels }) => labels)).toContainEqual(expect.objectContaining(labelsOf(alert)));
      for (const { labels, receivers } of found) expect(receivers).toEqual([receiverOf(labels)]);
    },
  );
});

describe('each inhibition', () => {
  it.each([
    ['critical-over-lesser', 'AgentOSViolationBudgetFastBurn', 'AgentOSViolationBudgetSlowBurn'],
    ['critical-over-lesser', 'AgentOSPolicyErrorBudgetFastBurn', 'AgentOSHighPolicyLatency'],
    ['warning-over-info', 'CMVKLowConsensus', 'CMVKHighDisagreementRate'],
    ['warning-over-info', 'AgentOSCardinalityOverflow', 'AgentOSSeriesNearLimit'],
    ['kernel-down-over-consequences', 'AgentOSKernelDown', 'CMVKVerifierDown'],
    ['kernel-down-over-consequences', 'AgentOSKernelDown', 'AMBWALGrowth'],
  ])('%s: of one service, %s hides %s', (name, source, target) => {
    const rule = alertmanager.inhibit_rules.find((one) => one.name === name)!;
    expect(inhibits(rule, withLabels(source), withLabels(target))).toBe(true);
    expect(inhibits(rule, { ...withLabels(source), service_name: 'other' }, withLabels(target))).toBe(false);
  });

  it.each(
    ALERTS.filter(({ team, severity }) => team === 'soc' || severity === 'critical').map(({ name }) => name),
  )('leaves %s alone when a kernel is down', (name) => {
    for (const rule of alertmanager.inhibit_rules)
      expect(inhibits(rule, withLabels('AgentOSKernelDown'), withLabels(name))).toBe(false);
  });
});
