import { labelText } from '../cardinality/label-text.js';
import type { GovernanceEvents } from '../events/governance-events.js';
import { ATTR_CLAIM_ID, ATTR_DRIFT_SCORE, ATTR_VERIFICATION_RESULT } from '../semconv/attributes.js';
import { RATE_WINDOW_SECONDS, type ConfidenceLevel, type VerificationResult } from '../semconv/values.js';
import { CMVK_KEYS } from './call-keys.js';
import { dropCall } from './host-calls.js';
import { Instruments, type InstrumentOptions } from './instruments.js';
import { SlidingRatio } from './sliding-ratio.js';

/** One cross-model verification. */
export interface Verification {
  result: VerificationResult;
  /** 0 to 1. */
  confidence: number;
  /** 0 to 1: how far the models' answers lie apart. */
  driftScore: number;
  durationSeconds: number;
  /** Verifiers that answered. @defaultValue 3 */
  modelCount?: number;
  /**
   * Verifiers that agreed with the result.
   * @defaultValue all of them for `verified`, none otherwise
   */
  agreeingCount?: number;
  /** Of the claim that was verified; in the event alone. */
  claimId?: string;
}

const HIGH_CONFIDENCE = 0.9;
const MEDIUM_CONFIDENCE = 0.7;
const DEFAULT_MODEL_COUNT = 3;
/** Joins a model pair; the bar inside a name is escaped, so that no two pairs read the same. */
const PAIR_SEPARATOR = '|';

/**
 * Metrics of cross-model verification (CMVK). API only; no method throws.
 *
 * @example
 * ```ts
 * const cmvk = new CmvkMetrics();
 * cmvk.recordVerification({ result: 'verified', confidence: 0.95, driftScore: 0.08, durationSeconds: 2.3 });
 * ```
 */
export class CmvkMetrics {
  /** @internal */
  readonly registry: Instruments;
  private readonly votes: Votes;
  private readonly instruments;

  /** @throws TypeError for options that cannot be read, and for a `meterProvider` that is none */
  constructor(options: InstrumentOptions = {}) {
    const make = Instruments.of(options);
    this.registry = make;
    this.instruments = {
      verifications: make.counter('agent_os_cmvk_verifications_total'),
      disagreements: make.counter('agent_os_cmvk_model_disagreements_total'),
      drift: make.histogram('agent_os_cmvk_drift_score'),
      duration: make.histogram('agent_os_cmvk_verification_duration_seconds'),
      modelLatency: make.histogram('agent_os_cmvk_model_latency_seconds'),
      claims: make.counter('agent_os_cmvk_claims_by_confidence_total'),
      verifierErrors: make.counter('agent_os_cmvk_verifier_errors_total'),
    };
    this.votes = Votes.of(make);
  }

  /** Records one verification: its result, confidence, drift, duration and votes. Emits it as an event. */
  recordVerification(verification: Verification): void {
    try {
      const { result, confidence, driftScore, durationSeconds } = verification;
      const { modelCount = DEFAULT_MODEL_COUNT } = verification;
      heedKeys(this, verification);
      const { agreeingCount = result === 'verified' ? modelCount : 0 } = verification;
      this.instruments.verifications.add(1, { result });
      this.instruments.drift.record(driftScore, {});
      this.instruments.duration.record(durationSeconds, { model_count: String(modelCount) });
      if (Number.isFinite(confidence))
        this.instruments.claims.add(1, { confidence: confidenceLevel(confidence) });
      if (
        modelCount > 0 &&
        agreeingCount >= 0 &&
        agreeingCount <= modelCount &&
        Number.isFinite(modelCount)
      ) {
        this.votes.window.add(agreeingCount, modelCount);
      }
      showVerification(this.registry.events, verification);
    } catch (error) {
      dropCall(this, 'CmvkMetrics.recordVerification', error);
    }
  }

  /** Records how long one model took to answer, in seconds. */
  recordModelResponse(response: { model: string; latencySeconds: number }): void {
    try {
      const { model, latencySeconds } = response;
      if (model === undefined || latencySeconds === undefined)
        CMVK_KEYS.recordModelResponse.missed(this, response);
      this.instruments.modelLatency.record(latencySeconds, { model });
    } catch (error) {
      dropCall(this, 'CmvkMetrics.recordModelResponse', error);
    }
  }

  /** Counts a disagreement of two models; their order does not matter. */
  recordDisagreement(pair: { modelA: string; modelB: string }): void {
    try {
      const { modelA, modelB } = pair;
      if (modelA === undefined || modelB === undefined) CMVK_KEYS.recordDisagreement.missed(this, pair);
      this.instruments.disagreements.add(1, { model_pair: modelPair(modelA, modelB) });
    } catch (error) {
      dropCall(this, 'CmvkMetrics.recordDisagreement', error);
    }
  }

  /** Counts a verifier that is down or failed; it casts no vote. */
  recordVerifierError(failure: { model: string; errorType: string }): void {
    try {
      const { model, errorType } = failure;
      if (model === undefined || errorType === undefined) CMVK_KEYS.recordVerifierError.missed(this, failure);
      this.instruments.verifierErrors.add(1, { model, error_type: errorType });
    } catch (error) {
      dropCall(this, 'CmvkMetrics.recordVerifierError', error);
    }
  }

  /** Share of votes that agreed over the last 5 minutes; undefined while there were none. */
  consensusRatio(): number | undefined {
    return this.votes.window.ratio();
  }
}

/** The votes of all CmvkMetrics on a provider, and the gauge that shows them. */
class Votes {
  window: SlidingRatio;
  private readonly stop: () => void;

  private constructor(make: Instruments) {
    this.window = new SlidingRatio(RATE_WINDOW_SECONDS, make.clock);
    this.stop = make.gauge('agent_os_cmvk_consensus_ratio').addSource((observe) => {
      const ratio = this.window.ratio();
      if (ratio !== undefined) observe(ratio, {});
    });
  }

  static of(make: Instruments): Votes {
    return make.shared(
      'cmvk',
      (instruments) => new Votes(instruments),
      (mine, theirs) => mine.follow(theirs),
    );
  }

  private follow(other: Votes): void {
    this.stop();
    this.window = other.window;
  }
}

function showVerification(events: GovernanceEvents, { result, driftScore, claimId }: Verification): void {
  if (!events.on) return;
  const attributes = {
    [ATTR_CLAIM_ID]: claimId,
    [ATTR_VERIFICATION_RESULT]: result,
    [ATTR_DRIFT_SCORE]: driftScore,
  };
  events.emit('agent_os.verification', attributes, result === 'verified' ? 'INFO' : 'WARN');
}

function heedKeys(recorder: CmvkMetrics, verification: Verification): void {
  const { result, confidence, driftScore, durationSeconds, modelCount, agreeingCount } = verification;
  const given = result !== undefined && confidence !== undefined && driftScore !== undefined;
  if (!given || durationSeconds === undefined) CMVK_KEYS.recordVerification.missed(recorder, verification);
  else if (modelCount === undefined || agreeingCount === undefined)
    CMVK_KEYS.recordVerification.omitted(recorder, verification);
}

function confidenceLevel(confidence: number): ConfidenceLevel {
  if (confidence >= HIGH_CONFIDENCE) return 'high';
  return confidence >= MEDIUM_CONFIDENCE ? 'medium' : 'low';
}

function modelPair(a: unknown, b: unknown): string {
  return [a, b]
    .map((model) => labelText(model).replace(/%/g, '%25').replace(/\|/g, '%7C'))
    .sort()
    .join(PAIR_SEPARATOR);
}
