// What failed and what did not, in the window of the alert that compares them: each is counted once, though the alert names it
// several times.
import { counter, histogram, increaseOver, sum } from '../promql/index.js';
import { THRESHOLDS } from '../thresholds.js';
import { record, type RecordingRule } from './rule.js';
import { WHO } from './series.js';

const agents = THRESHOLDS.AgentHighErrorRate;
const verifier = THRESHOLDS.CMVKVerifierDown;
const delivery = THRESHOLDS.AMBHighDeliveryFailureRate;
const checks = THRESHOLDS.AgentOSPolicyErrors;

const PER_POLICY = [...WHO, 'policy'] as const;
const PER_MODEL = [...WHO, 'model'] as const;
const PER_TOPIC = [...WHO, 'topic'] as const;

const thrown = counter('agent_os_policy_evaluation_errors_total');
const checked = histogram('agent_os_policy_check_duration_seconds').count;
const agentErrors = counter('agent_os_agent_errors_total');
const executions = histogram('agent_os_agent_execution_duration_seconds').count;
const verifierErrors = counter('agent_os_cmvk_verifier_errors_total');
const verifierAnswers = histogram('agent_os_cmvk_model_latency_seconds').count;
const undelivered = counter('amb_delivery_failures_total');
const delivered = counter('amb_messages_delivered_total');

export const AGENT_FAILURES: readonly RecordingRule[] = [
  record('agent_os:agent_errors:count', sum(increaseOver(agentErrors, agents.window), WHO)),
  record('agent_os:agent_executions:count', sum(increaseOver(executions, agents.window), WHO)),
];

export const POLICY_FAILURES: readonly RecordingRule[] = [
  record('agent_os_policy:failed:count', sum(increaseOver(thrown, checks.window), PER_POLICY)),
  record('agent_os_policy:checked:count', sum(increaseOver(checked, checks.window), PER_POLICY)),
  record('agent_os_policy:failed_lately:count', sum(increaseOver(thrown, checks.countedOver), PER_POLICY)),
];

/** What `failing` compares. */
export const VERIFIER_FAILURES: readonly RecordingRule[] = [
  record('agent_os_model:failed:count', sum(increaseOver(verifierErrors, verifier.window), PER_MODEL)),
  record('agent_os_model:succeeded:count', sum(increaseOver(verifierAnswers, verifier.window), PER_MODEL)),
  record(
    'agent_os_model:failed_lately:count',
    sum(increaseOver(verifierErrors, verifier.countedOver), PER_MODEL),
  ),
];

export const DELIVERY_FAILURES: readonly RecordingRule[] = [
  record('agent_os_topic:failed:count', sum(increaseOver(undelivered, delivery.window), PER_TOPIC)),
  record('agent_os_topic:succeeded:count', sum(increaseOver(delivered, delivery.window), PER_TOPIC)),
  record(
    'agent_os_topic:failed_lately:count',
    sum(increaseOver(undelivered, delivery.countedOver), PER_TOPIC),
  ),
];
