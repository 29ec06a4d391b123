import type { Link, SpanContext, TraceState } from '@opentelemetry/api';
import { keptAttributes, keysOf } from './span-attributes.js';
import { MAX_TEXT_LENGTH, type SpanLimits } from './span-limits.js';

/** A link as a span keeps it, and as span exporters read it. */
export interface SpanLink extends Link {
  droppedAttributesCount?: number;
}

/**
 * A copy of a link; undefined for one that leads nowhere: ids that are no bytes of the right length, or a trace state
 * that cannot be written, as a propagator of the host may make it. Never throws.
 */
export function keptLink(link: Link, limits: SpanLimits): SpanLink | undefined {
  try {
    const context = keptContext(link.context);
    if (context === undefined) return undefined;
    const { attributes, dropped } = keptAttributes(
      link.attributes,
      limits.attributesPerLink,
      limits.attributeLength,
    );
    const kept: SpanLink = { context };
    if (keysOf(attributes).length > 0) kept.attributes = attributes;
    if (dropped > 0) kept.droppedAttributesCount = dropped;
    return kept;
  } catch {
    return undefined;
  }
}

/** May throw what the context throws. */
function keptContext({
  traceId,
  spanId,
  traceFlags,
  isRemote,
  traceState,
}: SpanContext): SpanContext | undefined {
  if (typeof traceId !== 'string' || typeof spanId !== 'string') return undefined;
  if (!/^[\da-f]{32}$/i.test(traceId) || !/^[\da-f]{16}$/i.test(spanId)) return undefined;
  const context: SpanContext = { traceId, spanId, traceFlags: traceFlags & 0xff };
  if (typeof isRemote === 'boolean') context.isRemote = isRemote;
  if (traceState !== undefined && traceState !== null) {
    if (traceStateText(traceState) === undefined) return undefined;
    context.traceState = traceState;
  }
  return context;
}

/** A trace state as it is written; undefined for one that cannot be, or is too long. Never throws. */
export function traceStateText(state: TraceState): string | undefined {
  try {
    const text: unknown = state.serialize();
    return typeof text === 'string' && text.length <= MAX_TEXT_LENGTH ? text : undefined;
  } catch {
    return undefined;
  }
}
