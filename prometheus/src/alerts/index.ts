import { AGENT_ALERTS } from './agents.js';
import type { Alert } from './alert.js';
import { AMB_ALERTS } from './amb.js';
import { BUDGET_ALERTS } from './budgets.js';
import { CMVK_ALERTS } from './cmvk.js';
import { EXECUTION_ALERTS, KERNEL_ALERTS, LATENCY_ALERTS } from './kernel.js';
import { PRESENCE_ALERTS } from './presence.js';
import { SAFETY_ALERTS } from './safety.js';
import { STACK_ALERTS } from './stack.js';
import { LIMIT_ALERTS, TELEMETRY_ALERTS } from './telemetry.js';

/** A file of prometheus/rules for each, a group for each list. */
export const ALERT_FILES = {
  kernel: {
    'agent-os-kernel': KERNEL_ALERTS,
    'agent-os-latency': LATENCY_ALERTS,
    'agent-os-executions': EXECUTION_ALERTS,
    'agent-os-safety': SAFETY_ALERTS,
    'agent-os-budgets': BUDGET_ALERTS,
    'agent-os-agents': AGENT_ALERTS,
  },
  presence: { 'agent-os-presence': PRESENCE_ALERTS },
  cmvk: { 'agent-os-cmvk': CMVK_ALERTS },
  amb: { 'agent-os-amb': AMB_ALERTS },
  telemetry: {
    'agent-os-telemetry': TELEMETRY_ALERTS,
    'agent-os-limits': LIMIT_ALERTS,
    'agent-os-stack': STACK_ALERTS,
  },
} as const satisfies Record<string, Record<string, readonly Alert[]>>;

export const ALERTS: readonly Alert[] = Object.values(ALERT_FILES).flatMap((groups) =>
  Object.values<readonly Alert[]>(groups).flat(),
);
