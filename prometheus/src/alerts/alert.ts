import type { Expression } from '../promql/index.js';
import type { Dashboard } from '../links.js';
import type { AlertName } from '../thresholds.js';

export const SEVERITIES = ['critical', 'warning', 'info'] as const;
export const TEAMS = ['soc', 'ml-ops', 'sre', 'platform'] as const;

/** What an alert says of itself. Its times are in THRESHOLDS and its links follow from its name and dashboard. */
export interface Alert {
  readonly name: AlertName;
  readonly severity: (typeof SEVERITIES)[number];
  readonly team: (typeof TEAMS)[number];
  readonly dashboard: Dashboard;
  /** Beside severity and team. */
  readonly labels?: Readonly<Record<string, string>>;
  readonly expr: Expression<string>;
  /** The same alert where it is less bad. */
  readonly lesser?: { readonly severity: (typeof SEVERITIES)[number]; readonly expr: Expression<string> };
  /** One line, with whom it is about. */
  readonly summary: string;
  /** What was measured, and what that means. */
  readonly description: string;
}
