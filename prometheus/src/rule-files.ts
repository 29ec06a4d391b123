// What prometheus/rules holds, as objects: a group for each list of rules.
import type { Alert } from './alerts/alert.js';
import { ALERT_FILES } from './alerts/index.js';
import { dashboardUrl, runbookUrl } from './links.js';
import { COUNTS, SUMS } from './recording/counts.js';
import { KERNELS } from './recording/kernels.js';
import { RATIOS } from './recording/ratios.js';
import type { RecordingRule } from './recording/rule.js';
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

/** Sums are of what changes within minutes, and may cost more than the rest. */
const SUMS_INTERVAL = '1m';

export function ruleFiles(): RuleFile[] {
  const alertFiles = Object.entries(ALERT_FILES).map(([name, groups]) => ({
    name,
    groups: Object.entries<readonly Alert[]>(groups).map(([group, alerts]) => ({
      name: group,
      rules: alerts.map(alertingRule),
    })),
  }));
  return [{ name: 'recording', groups: recordingGroups() }, ...alertFiles];
}

function recordingGroups(): Group[] {
  return [
    // Ratios follow the counts they are of: rules of one group run one after the other.
    { name: 'agent-os-counts', rules: [...COUNTS, ...RATIOS, ...KERNELS].map(recordingRule) },
    { name: 'agent-os-sums', interval: SUMS_INTERVAL, rules: SUMS.map(recordingRule) },
  ];
}

const recordingRule = ({ record, expr }: RecordingRule): Rule => ({ record, expr: expr.text });

function alertingRule(alert: Alert): Rule {
  const { for: wait, keepFiringFor }: Threshold = THRESHOLDS[alert.name];
  return {
    alert: alert.name,
    expr: alert.expr.text,
    for: wait,
    ...(keepFiringFor === undefined ? {} : { keep_firing_for: keepFiringFor }),
    labels: { severity: alert.severity, team: alert.team },
    annotations: {
      summary: alert.summary,
      description: alert.description,
      dashboard_url: dashboardUrl(alert.dashboard),
      runbook_url: runbookUrl(alert.name),
    },
  };
}
