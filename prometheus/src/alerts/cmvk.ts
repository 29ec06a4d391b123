import { MEASURES } from '../measures.js';
import { binary, increaseOver, histogram, quantileOver, sum } from '../promql/index.js';
import { WHO } from '../recording/series.js';
import { THRESHOLDS } from '../thresholds.js';
import type { Alert } from './alert.js';
import { failing } from './failing.js';
import { label, PERCENT, percent, SECONDS, SERVICE, VALUE } from './text.js';

const consensus = THRESHOLDS.CMVKLowConsensus;
const drift = THRESHOLDS.CMVKHighDrift;
const slow = THRESHOLDS.CMVKVerificationSlow;
const disagreement = THRESHOLDS.CMVKHighDisagreementRate;
const verifier = THRESHOLDS.CMVKVerifierDown;

const verificationSeconds = histogram('agent_os_cmvk_verification_duration_seconds');
const driftScores = histogram('agent_os_cmvk_drift_score');

export const CMVK_ALERTS: readonly Alert[] = [
  {
    name: 'CMVKLowConsensus',
    severity: 'warning',
    team: 'ml-ops',
    dashboard: 'agent-os-cmvk',
    // Absent until a first vote, and so is the alert.
    expr: binary(MEASURES.CMVKLowConsensus(), '<', consensus.ratio),
    summary: `Only ${PERCENT} of the verifiers' votes in ${SERVICE} agree`,
    description: `Over the last 5 minutes ${PERCENT} of the votes of the verifying models of ${SERVICE} agreed; ${percent(consensus.ratio)} is the least. Verifiers that are down do not vote, and are not in it.`,
  },
  {
    name: 'CMVKHighDrift',
    severity: 'warning',
    team: 'ml-ops',
    dashboard: 'agent-os-cmvk',
    expr: binary(
      binary(MEASURES.CMVKHighDrift(), '>', drift.score),
      'and',
      binary(sum(increaseOver(driftScores.count, drift.window), WHO), '>=', drift.minimumVerifications),
    ),
    summary: `Answers of the models in ${SERVICE} drift apart: ${VALUE} (p95)`,
    description: `One in twenty verifications of ${SERVICE} over the last ${drift.window} had a drift score of ${VALUE} or more; the limit is ${drift.score}.`,
  },
  {
    name: 'CMVKVerificationSlow',
    severity: 'warning',
    team: 'ml-ops',
    dashboard: 'agent-os-cmvk',
    expr: binary(
      binary(quantileOver(slow.quantile, verificationSeconds, slow.window, WHO), '>', slow.seconds),
      'and',
      binary(sum(increaseOver(verificationSeconds.count, slow.window), WHO), '>=', slow.minimumVerifications),
    ),
    summary: `Verifications of ${SERVICE} take ${SECONDS} (p95)`,
    description: `One in twenty verifications of ${SERVICE} over the last ${slow.window} took ${SECONDS} or more; the limit is ${slow.seconds} s.`,
  },
  {
    name: 'CMVKHighDisagreementRate',
    severity: 'info',
    team: 'ml-ops',
    dashboard: 'agent-os-cmvk',
    expr: binary(MEASURES.CMVKHighDisagreementRate(), '>', disagreement.disagreements),
    summary: `${VALUE} disagreements between models of ${SERVICE} within ${disagreement.window}`,
    description: `Models that verify claims of ${SERVICE} disagreed ${VALUE} times within ${disagreement.window}, all pairs together; ${disagreement.disagreements} is usual.`,
  },
  {
    // Of errors and answers alone: a model that answers otherwise than the rest is a dissent, and up.
    name: 'CMVKVerifierDown',
    severity: 'warning',
    team: 'ml-ops',
    dashboard: 'agent-os-cmvk',
    expr: failing('agent_os_model', verifier),
    summary: `Verifier ${label('model')} of ${SERVICE} is down`,
    description: `${PERCENT} of the calls of ${label('model')} by ${SERVICE} over the last ${verifier.window} failed. This is no dissent: claims are verified by fewer models than configured.`,
  },
];
