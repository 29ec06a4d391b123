import { MEASURES } from '../measures.js';
import { binary, counter, deriv, gauge, increaseOver, sum } from '../promql/index.js';
import { WHO } from '../recording/series.js';
import { THRESHOLDS } from '../thresholds.js';
import type { Alert } from './alert.js';
import { failing } from './failing.js';
import { label, PERCENT, percent, SERVICE, VALUE } from './text.js';

const dead = THRESHOLDS.AMBDeadLetterGrowth;
const pressure = THRESHOLDS.AMBBackpressure;
const failed = THRESHOLDS.AMBHighDeliveryFailureRate;
const backlog = THRESHOLDS.AMBQueueBacklog;
const wal = THRESHOLDS.AMBWALGrowth;

const PER_TOPIC = [...WHO, 'topic'] as const;
const pending = gauge('amb_wal_messages_pending');

export const AMB_ALERTS: readonly Alert[] = [
  {
    name: 'AMBBrokerDisconnected',
    severity: 'critical',
    team: 'platform',
    dashboard: 'agent-os-amb',
    expr: binary(MEASURES.AMBBrokerDisconnected(), '==', 0),
    summary: `${SERVICE} has lost the broker ${label('broker')}`,
    description: `At least one process of ${SERVICE} is not connected to the broker ${label('broker')}: it neither sends nor gets messages.`,
  },
  {
    name: 'AMBDeadLetterGrowth',
    severity: 'warning',
    team: 'platform',
    dashboard: 'agent-os-amb',
    expr: binary(
      sum(increaseOver(counter('amb_dlq_messages_total'), dead.window), PER_TOPIC),
      '>',
      dead.messages,
    ),
    summary: `${VALUE} dead letters of ${label('topic')} in ${SERVICE}`,
    description: `${VALUE} messages of the topic ${label('topic')} of ${SERVICE} went to the dead-letter queue within ${dead.window}; more than ${dead.messages} is too many. Nobody reads them by itself.`,
  },
  {
    name: 'AMBBackpressure',
    severity: 'warning',
    team: 'platform',
    dashboard: 'agent-os-amb',
    expr: binary(
      sum(increaseOver(counter('amb_backpressure_activated_total'), pressure.window), PER_TOPIC),
      '>',
      pressure.activations,
    ),
    summary: `The topic ${label('topic')} of ${SERVICE} pushes back`,
    description: `The topic ${label('topic')} of ${SERVICE} pushed back ${VALUE} times within ${pressure.window}: it gets more than its consumers take.`,
  },
  {
    name: 'AMBHighDeliveryFailureRate',
    severity: 'warning',
    team: 'platform',
    dashboard: 'agent-os-amb',
    expr: failing('agent_os_topic', failed),
    summary: `${PERCENT} of the deliveries of ${label('topic')} in ${SERVICE} fail`,
    description: `Over the last ${failed.window}, ${PERCENT} of the deliveries of the topic ${label('topic')} of ${SERVICE} failed; ${percent(failed.ratio)} is the limit.`,
  },
  {
    name: 'AMBQueueBacklog',
    severity: 'warning',
    team: 'platform',
    dashboard: 'agent-os-amb',
    expr: binary(MEASURES.AMBQueueBacklog(), '>', backlog.messages),
    summary: `${VALUE} messages wait in ${label('topic')} of ${SERVICE}`,
    description: `${VALUE} messages wait in the topic ${label('topic')} of ${SERVICE}, and have for ${backlog.for}; the limit is ${backlog.messages}.`,
  },
  {
    name: 'AMBWALGrowth',
    severity: 'warning',
    team: 'platform',
    dashboard: 'agent-os-amb',
    // A backlog that shrinks is on its way out.
    expr: binary(
      binary(MEASURES.AMBWALGrowth(), '>', wal.messages),
      'and',
      binary(sum(deriv(pending, wal.window), WHO), '>', 0),
    ),
    summary: `The write-ahead log of ${SERVICE} grows: ${VALUE} messages`,
    description: `${VALUE} messages are in the write-ahead log of ${SERVICE}, and it grew over the last ${wal.window}. It is on disk, and that ends.`,
  },
];
