import type {
  DashboardLink,
  Panel,
  Threshold,
  ValueMapping,
} from '@grafana/grafana-foundation-sdk/dashboard';
import type { Expression } from '../../../prometheus/src/promql/index.js';

/** Of https://grafana.com/docs/grafana/latest/panels-visualizations/configure-standard-options/#unit, those in use. */
export type Unit = 'short' | 'percentunit' | 's' | 'reqps' | 'ops' | 'cps' | 'mps' | 'bytes' | 'none';

export interface Query {
  readonly expression: Expression<string>;
  /** Names the series: text, and labels as `{{label}}`. */
  readonly legend?: string;
  /** With links to the traces of some of what was observed. */
  readonly exemplars?: boolean;
}

/** What every panel says, whatever it draws. */
export interface PanelSpec {
  /** Once given, never another's: links and annotations name panels by it. */
  readonly id: number;
  readonly title: string;
  readonly description: string;
  readonly unit: Unit;
  /** What an empty panel says. */
  readonly noValue: string;
  readonly queries: readonly Query[];
  readonly decimals?: number;
  readonly min?: number;
  readonly max?: number;
  readonly steps?: readonly Threshold[];
  readonly mappings?: readonly ValueMapping[];
  /** By the name of the series. */
  readonly colours?: Readonly<Record<string, string>>;
  readonly links?: readonly DashboardLink[];
}

export type MakePanel<Extra = unknown> = (spec: PanelSpec & Extra) => Panel;
