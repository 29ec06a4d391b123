import { oneOf, open, type MetricDefinition } from './types.js';
import { APPROVAL_OUTCOMES, APPROVER_CLASSES, UNKNOWN } from './values.js';

/** Who or what settles an action that a policy does not settle by itself. */
export const APPROVAL_METRICS = {
  agent_os_approvals_requested_total: {
    kind: 'counter',
    unit: '{approval}',
    description: 'Approvals asked for, by the policy that wanted one.',
    labels: { policy: open },
  },
  agent_os_approvals_total: {
    kind: 'counter',
    unit: '{approval}',
    description:
      'Answers to approvals, by the class of whoever was asked; `escalated` hands the question on, which is asked anew.',
    labels: { outcome: oneOf(...APPROVAL_OUTCOMES), approver: oneOf(...APPROVER_CLASSES) },
  },
  agent_os_approval_wait_seconds: {
    kind: 'histogram',
    unit: 's',
    description: 'Time from the question to its answer.',
    labels: { outcome: oneOf(...APPROVAL_OUTCOMES) },
    buckets: [1, 5, 15, 30, 60, 300, 900, 1800, 3600, 14_400, 43_200, 86_400],
  },
  agent_os_approvals_waiting: {
    kind: 'upDownCounter',
    unit: '{approval}',
    description: 'Approvals that wait for an answer now.',
    labels: {},
    initialSeries: [{}],
  },
  agent_os_approved_action_changed_total: {
    kind: 'counter',
    unit: '{action}',
    description: 'Actions that ran as another than was approved: its name or its arguments had changed.',
    labels: { policy: open },
    initialSeries: [{ policy: UNKNOWN }],
  },
} as const satisfies Record<string, MetricDefinition>;
