// What prometheus/rules holds, as objects: a group for each list of rules.
import type { Alert } from './alerts/alert.js';
import { ALERT_FILES } from './alerts/index.js';
import type { Flavour } from './config.js';
import { agentUrl, dashboardUrl, runbookUrl, tracesUrl } from './links.js';
import { portable } from './promql/index.js';
import { AGENT_HOURS, AGENT_RANKING, LATELY } from './recording/agents.js';
import { COUNTS, SUMS } from './recording/counts.js';
import {
  AGENT_FAILURES,
  DELIVERY_FAILURES,
  POLICY_FAILURES,
  VERIFIER_FAILURES,
} from './recording/failures.js';
import { CHECK_TIMES, EXECUTION_TIMES } from './recording/latency.js';
import { PRESENCE, PRESENCE_INTERVAL } from './recording/presence.js';
import { RATIOS, SLOW_RATIOS } from './recording/ratios.js';
import type { RecordingRule } from './recording/rule.js';
import { HOURS, STEP, STEPS } from './recording/steps.js';
import { withoutDrills } from './recording/without-drills.js';
import { THRESHOLDS, type Threshold } from './thresholds.js';

interface Rule {
  readonly record?: string;
  readonly alert?: string;
  readonly expr: string;
  readonly for?: string;
  readonly keep_firing_for?: string;
  readonly labels?: Readonly<Record<string, string>>;
  readonly annotations?: Readonly<Record<string, string>>;
}

interface Group {
  readonly name: string;
  /** Else that of prometheus.yml. */
  readonly interval?: string;
  readonly rules: readonly Rule[];
}

export interface RuleFile {
  /** Without its ending. */
  readonly name: string;
  readonly groups: readonly Group[];
}

/** For a Prometheus that counts from start times, or for others. */
export function ruleFiles(flavour: Flavour = 'anchored'): RuleFile[] {
  const said = ({ expr, ...rule }: Rule): Rule => {
    const real = withoutDrills(expr, rule.alert);
    return { ...rule, expr: flavour === 'portable' ? portable(real) : real };
  };
  return allFiles().map(({ name, groups }) => ({
    name,
    groups: groups.map((group) => ({ ...group, rules: group.rules.map(said) })),
  }));
}

/**
 * In the group of the alerts that compare it, which then find it at once: a group for itself is up to 15 s apart. Alerts that
 * wait for minutes are evaluated once a minute.
 */
const RECORDED_BEFORE: Readonly<
  Record<string, { readonly interval?: string; readonly rules: readonly RecordingRule[] }>
> = {
  'agent-os-presence': { interval: PRESENCE_INTERVAL, rules: PRESENCE },
  'agent-os-kernel': { rules: POLICY_FAILURES },
  'agent-os-latency': { interval: '1m', rules: CHECK_TIMES },
  // Actions of services are many, and each sample is read by a panel of a month.
  'agent-os-executions': { interval: '2m', rules: EXECUTION_TIMES },
  'agent-os-agents': { interval: '1m', rules: AGENT_FAILURES },
  'agent-os-limits': { interval: '5m', rules: [] },
  'agent-os-cmvk': { rules: VERIFIER_FAILURES },
  'agent-os-amb': { rules: DELIVERY_FAILURES },
};

function allFiles(): RuleFile[] {
  const alertFiles = Object.entries(ALERT_FILES).map(([name, groups]) => ({
    name,
    groups: Object.entries<readonly Alert[]>(groups).map(([group, alerts]) => ({
      name: group,
      ...RECORDED_BEFORE[group],
      rules: [...(RECORDED_BEFORE[group]?.rules ?? []).map(recordingRule), ...alerts.flatMap(alertingRules)],
    })),
  }));
  return [{ name: 'recording', groups: recordingGroups() }, ...alertFiles];
}

/** Groups run side by side. Counts alone read raw series; ratios and sums are of counts, and up to an interval behind. */
function recordingGroups(): Group[] {
  return [
    { name: 'agent-os-counts', interval: '1m', rules: COUNTS.map(recordingRule) },
    { name: 'agent-os-ratios', rules: RATIOS.map(recordingRule) },
    { name: 'agent-os-sums', interval: '1m', rules: [...SUMS, ...SLOW_RATIOS].map(recordingRule) },
    { name: 'agent-os-steps', interval: STEP, rules: STEPS.map(recordingRule) },
    { name: 'agent-os-hours', interval: '1h', rules: [...HOURS, ...AGENT_HOURS].map(recordingRule) },
    { name: 'agent-os-ranking', interval: LATELY, rules: AGENT_RANKING.map(recordingRule) },
  ];
}

const recordingRule = ({ record, expr, labels }: RecordingRule): Rule => ({
  record,
  expr: expr.text,
  ...(labels && { labels }),
});

function alertingRules(alert: Alert): Rule[] {
  const { lesser } = alert;
  return [alertingRule(alert), ...(lesser ? [alertingRule({ ...alert, ...lesser })] : [])];
}

/** An alert that is about one agent says which. */
const namesAgent = ({ summary, description }: Alert): boolean =>
  `${summary} ${description}`.includes('$labels.agent_id');

function alertingRule(alert: Alert): Rule {
  const { for: wait, keepFiringFor }: Threshold = THRESHOLDS[alert.name];
  return {
    alert: alert.name,
    expr: alert.expr.text,
    for: wait,
    ...(keepFiringFor === undefined ? {} : { keep_firing_for: keepFiringFor }),
    labels: { severity: alert.severity, team: alert.team, ...alert.labels },
    annotations: {
      summary: alert.summary,
      description: alert.description,
      dashboard_url: dashboardUrl(alert.dashboard),
      ...(namesAgent(alert) && { agent_url: agentUrl(), traces_url: tracesUrl() }),
      runbook_url: runbookUrl(alert.name),
    },
  };
}
