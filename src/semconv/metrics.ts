import { AGENT_METRICS } from './kernel.js';
import { APPROVAL_METRICS } from './approvals.js';
import { AMB_METRICS } from './amb.js';
import { CMVK_METRICS } from './cmvk.js';
import { COMPONENT_METRICS } from './components.js';
import { GEN_AI_METRICS } from './gen-ai.js';
import { KERNEL_METRICS } from './kernel.js';
import { KILL_METRICS } from './kills.js';
import { PRESENCE_METRICS } from './presence.js';
import { STREAM_METRICS } from './streams.js';
import { TELEMETRY_METRICS } from './telemetry.js';
import { VERDICT_METRICS } from './verdicts.js';
import type { LabelsOf, MetricDefinition, MetricKind } from './types.js';

/** Every metric of the contract, by name. */
export const METRICS = {
  ...KERNEL_METRICS,
  ...PRESENCE_METRICS,
  ...VERDICT_METRICS,
  ...KILL_METRICS,
  ...APPROVAL_METRICS,
  ...CMVK_METRICS,
  ...AGENT_METRICS,
  ...GEN_AI_METRICS,
  ...AMB_METRICS,
  ...COMPONENT_METRICS,
  ...STREAM_METRICS,
  ...TELEMETRY_METRICS,
} as const;

export type MetricName = keyof typeof METRICS;

/** The names of one instrument kind. */
export type MetricNameOfKind<K extends MetricKind> = {
  [N in MetricName]: (typeof METRICS)[N]['kind'] extends K ? N : never;
}[MetricName];

/** The labels of one metric, by its name. */
export type MetricLabels<N extends MetricName> = LabelsOf<(typeof METRICS)[N]>;

/** A metric's declaration, widened to the common shape. */
export function definitionOf(name: MetricName): MetricDefinition {
  return METRICS[name];
}

/** What the instrument of a metric is called. */
export function instrumentName(name: MetricName): string {
  const { convention }: MetricDefinition = METRICS[name];
  return convention?.name ?? name;
}

/** The name of the contract, of an instrument or an attribute of the registry. */
export function contractName(name: string): string {
  return name.replaceAll('.', '_');
}
