import { SEVERITIES, TEAMS } from '../../prometheus/src/alerts/alert.js';
import { ALERTS } from '../../prometheus/src/alerts/index.js';
import { DASHBOARDS } from '../../prometheus/src/links.js';
import { THRESHOLDS, type Threshold } from '../../prometheus/src/thresholds.js';
import { filesUnder, documentAt } from '../docs/documents.js';
import { isThere } from '../stack/stack-files.js';
import { alertNames, rules } from './support.js';

const CONTRACT = {
  critical: ['AgentOSHighViolationRate', 'AgentOSSIGKILLSpike', 'AgentOSKernelCrash', 'AgentOSKernelDown'],
  warning: [
    'AgentOSHighPolicyLatency',
    'AgentOSExecutionTimeout',
    'AgentOSHighMTTR',
    'CMVKLowConsensus',
    'CMVKHighDrift',
    'CMVKVerificationSlow',
    'AgentCrashLoop',
    'AgentHighErrorRate',
  ],
  info: ['CMVKHighDisagreementRate'],
};

/** What Prometheus and Grafana know by these names, and no service can be read from. */
const WITHOUT_SERVICE = [
  'OtelCollectorDown',
  'OtelCollectorQueueFilling',
  'OtelCollectorDataLost',
  'OtelCollectorRefused',
  'AgentOSScrapeFailing',
  'AlertmanagerNotificationsFailing',
  'Watchdog',
];

const alerting = rules.flatMap((rule) => (rule.alert === undefined ? [] : [rule]));

describe('the alerts of the contract', () => {
  it.each(Object.entries(CONTRACT).flatMap(([severity, names]) => names.map((name) => [name, severity])))(
    '%s is %s',
    (name, severity) => expect(ALERTS.find((alert) => alert.name === name)?.severity).toBe(severity),
  );

  it('begin where the contract says', () => {
    expect(THRESHOLDS).toMatchObject({
      AgentOSHighViolationRate: { ratio: 0.01 },
      AgentOSSIGKILLSpike: { kills: 5, window: '5m' },
      AgentOSKernelCrash: { crashes: 0 },
      AgentOSHighPolicyLatency: { quantile: 0.99, seconds: 0.01 },
      AgentOSExecutionTimeout: { quantile: 0.99, seconds: 5 },
      AgentOSHighMTTR: { quantile: 0.5, seconds: 60 },
      CMVKLowConsensus: { ratio: 0.8 },
      CMVKHighDrift: { quantile: 0.95, score: 0.25 },
      CMVKVerificationSlow: { quantile: 0.95, seconds: 10 },
      CMVKHighDisagreementRate: { disagreements: 10, window: '1h' },
      AgentCrashLoop: { crashes: 3, window: '10m' },
    });
  });
});

describe('each alert', () => {
  it('has a name of its own, and thresholds; no thresholds are left without an alert', () => {
    expect([...alertNames].sort()).toEqual(Object.keys(THRESHOLDS).sort());
  });

  it.each(alerting.map((rule) => [rule.alert!, rule] as const))(
    '%s says whom, what, and where',
    (name, rule) => {
      expect(SEVERITIES).toContain(rule.labels!['severity']);
      expect(TEAMS).toContain(rule.labels!['team']);
      const { summary, description, dashboard_url, runbook_url } = rule.annotations!;
      expect(summary).not.toMatch(/\.$/);
      expect(description).toMatch(/\.$/);
      expect(DASHBOARDS.map((uid) => `/d/${uid}`)).toContain(/\/d\/[\w-]+/.exec(dashboard_url!)?.[0]);
      expect(runbook_url!.endsWith(`/${name}.md`)).toBe(true);
    },
  );

  it.each(alerting.map((rule) => [rule.alert!, rule] as const))(
    '%s waits as its threshold says',
    (name, rule) => {
      const threshold: Threshold = THRESHOLDS[name as keyof typeof THRESHOLDS];
      expect([rule.for, rule.keep_firing_for]).toEqual([threshold.for, threshold.keepFiringFor]);
    },
  );

  it.each(alertNames.filter((name) => !WITHOUT_SERVICE.includes(name)))(
    '%s keeps the service and the environment that it is about',
    (name) => {
      const { expr } = alerting.find((rule) => rule.alert === name)!;
      const groupings = [...expr.matchAll(/\bby \(([^)]*)\)/g)].map(([, labels]) => labels!.split(', '));
      for (const labels of groupings)
        expect(labels).toEqual(expect.arrayContaining(['service_name', 'deployment_environment_name']));
      expect(groupings.length > 0 || /\bagent_os\w*:/.test(expr)).toBe(true);
    },
  );

  it.each(
    alerting
      .filter(({ expr }) => /\bby \([^)]*\bagent_id\b/.test(expr))
      .map((rule) => [rule.alert!, rule] as const),
  )('%s is of an agent, and names it', (_, rule) => {
    expect(rule.annotations!['summary']).toContain('$labels.agent_id');
    expect(rule.annotations!['description']).toContain('$labels.agent_id');
  });

  it.each(ALERTS.map((alert) => [alert.name, alert] as const))(
    '%s shows its value, where it has one',
    (name, alert) => {
      const silent = [
        'AgentOSKernelDown',
        'AgentOSKernelCrashLoop',
        'AgentOSKernelIdle',
        'AgentOSKernelSkewed',
        'AMBBrokerDisconnected',
        'AgentOSKillHung',
        'OtelCollectorDown',
        'AgentOSScrapeFailing',
        'Watchdog',
      ];
      expect(`${alert.summary}${alert.description}`.includes('$value')).toBe(!silent.includes(name));
    },
  );
});

describe('the sources of the alerts', () => {
  // 0 and 1 are what a gauge of yes and no says; everything else is a threshold.
  it.each(filesUnder('prometheus/src/alerts', '.ts'))('%s types no threshold, window or link', (file) => {
    const code = documentAt(file)
      .text.replace(/\/\/.*|\/\*[\s\S]*?\*\//g, '')
      .replace(/`[^`]*`/g, '``');
    expect(code.match(/'(>|<|>=|<=|==)',\s*(?!0\b)[\d.]+/g)).toBeNull();
    expect(code.match(/'\d+[smhd]'/g)).toBeNull();
    expect(code.match(/https?:/g)).toBeNull();
  });

  it('are linked to dashboards that exist', () => {
    for (const uid of DASHBOARDS)
      expect([uid, isThere(`grafana/dashboards/${uid}.json`)]).toEqual([uid, true]);
  });
});
