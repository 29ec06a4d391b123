import type { Attributes, TraceState } from '@opentelemetry/api';
import type { Sampler } from '../../common/host-types.js';
import { traceStateText } from './span-links.js';

/** What a host's sampler has decided, read once. */
export interface SamplingDecision {
  readonly recorded: boolean;
  readonly sampled: boolean;
  readonly attributes: Readonly<Attributes> | undefined;
  readonly traceState: TraceState | undefined;
}

// https://opentelemetry.io/docs/specs/otel/trace/sdk/#shouldsample
const DROP = 0;
const RECORD_AND_SAMPLE = 2;

/** Asks a host's sampler. Throws what it throws, and for an answer that is none. */
export function askSampler(
  sampler: Sampler,
  ...question: Parameters<Sampler['shouldSample']>
): SamplingDecision {
  const { decision, attributes, traceState } = sampler.shouldSample(...question);
  if (!Number.isInteger(decision) || decision < DROP || decision > RECORD_AND_SAMPLE) {
    throw new TypeError('its decision must be 0, 1 or 2');
  }
  const usable = traceState !== undefined && traceState !== null && traceStateText(traceState) !== undefined;
  return {
    recorded: decision !== DROP,
    sampled: decision === RECORD_AND_SAMPLE,
    attributes,
    traceState: usable ? traceState : undefined,
  };
}
