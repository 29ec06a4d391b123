import { isSpanContextValid, trace } from '@opentelemetry/api';
import type { Sampler, SpanLimits as SdkSpanLimits } from '@opentelemetry/sdk-trace-base';
import type { TraceSampler } from '../../pipeline/traces/sampler.js';
import { TraceId } from '../../pipeline/traces/span-ids.js';
import type { SpanLimits } from '../../pipeline/traces/span-limits.js';

// What the environment asks for, in the shapes of the official SDK: its version 3 does not read it.

const DROP = 0;
const RECORD_AND_SAMPLE = 2;

export function sdkSampler(sampler: TraceSampler): Sampler {
  return {
    shouldSample(context, traceId) {
      const parent = trace.getSpanContext(context);
      const flags = parent && isSpanContextValid(parent) ? parent.traceFlags : undefined;
      return { decision: sampler.samples(flags, TraceId.of(traceId)) ? RECORD_AND_SAMPLE : DROP };
    },
    toString: () => 'the sampler of OTEL_TRACES_SAMPLER',
  };
}

export function sdkLimits(limits: SpanLimits): SdkSpanLimits {
  return {
    attributeCountLimit: limits.attributes,
    attributeValueLengthLimit: limits.attributeLength,
    eventCountLimit: limits.events,
    linkCountLimit: limits.links,
    attributePerEventCountLimit: limits.attributesPerEvent,
    attributePerLinkCountLimit: limits.attributesPerLink,
  };
}
