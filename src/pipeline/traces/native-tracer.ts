import {
  context as contextApi,
  INVALID_SPAN_CONTEXT,
  isSpanContextValid,
  ROOT_CONTEXT,
  SpanKind,
  trace as traceApi,
  TraceFlags,
  type Context,
  type Link,
  type Span,
  type SpanContext,
  type SpanOptions,
  type Tracer,
  type TraceState,
} from '@opentelemetry/api';
import type { Sampler } from '../../common/host-types.js';
import { labelText } from '../../cardinality/label-text.js';
import { printable } from '../../diagnostics/drop-log.js';
import { isTracingSuppressed } from '../context/suppress-tracing.js';
import { askSampler, type SamplingDecision } from './host-sampler.js';
import { NativeSpan } from './native-span.js';
import type { SpanOrigin } from './span-record.js';
import { DEFAULT_SAMPLER, TraceSampler } from './sampler.js';
import { keptAttributes } from './span-attributes.js';
import { type RandomWords, SpanIdentity, TraceId, wordAt } from './span-ids.js';
import { cutText, MAX_TEXT_LENGTH } from './span-limits.js';
import { keptLink, traceStateText } from './span-links.js';
import type { InstrumentationScope, SpanPipeline } from './span-pipeline.js';
import { UnrecordedSpan } from './unrecorded-span.js';

/** Makes ids, as those of the official SDK do; what it makes must be valid. */
export interface IdGenerator {
  generateTraceId(): string;
  generateSpanId(): string;
}

/** What the tracers of one provider share. */
export interface TracerSettings {
  readonly pipeline: SpanPipeline;
  readonly sampler: TraceSampler | Sampler;
  /** The host's; without one, ids are made of `words`. */
  readonly idGenerator: IdGenerator | undefined;
  readonly words: RandomWords;
}

/** The options of a span; those of a JavaScript host may be anything. */
type Given = Readonly<SpanOptions>;
const NOTHING: Given = {};

/** Makes the spans of one instrumentation scope. Never throws. */
export class NativeTracer implements Tracer, SpanOrigin {
  readonly pipeline: SpanPipeline;

  constructor(
    readonly instrumentationScope: InstrumentationScope,
    private readonly settings: TracerSettings,
  ) {
    this.pipeline = settings.pipeline;
  }

  startSpan(name: string, options?: SpanOptions, context?: Context): Span {
    const surrounding = usable(context ?? contextApi.active());
    try {
      return this.start(name, options ?? NOTHING, surrounding);
    } catch {
      return this.start(name, NOTHING, surrounding); // options that refuse to be read are none
    }
  }

  startActiveSpan<F extends (span: Span) => ReturnType<F>>(name: string, fn: F): ReturnType<F>;
  startActiveSpan<F extends (span: Span) => ReturnType<F>>(
    name: string,
    options: SpanOptions,
    fn: F,
  ): ReturnType<F>;
  startActiveSpan<F extends (span: Span) => ReturnType<F>>(
    name: string,
    options: SpanOptions,
    context: Context,
    fn: F,
  ): ReturnType<F>;
  startActiveSpan<F extends (span: Span) => ReturnType<F>>(
    name: string,
    ...rest: [F] | [SpanOptions, F] | [SpanOptions, Context, F]
  ): ReturnType<F> | undefined {
    const fn = rest.at(-1);
    if (typeof fn !== 'function') return undefined;
    const options = rest.length > 1 ? (rest[0] as SpanOptions) : undefined;
    const parent = usable(
      (rest.length > 2 ? (rest[1] as Context | undefined) : undefined) ?? contextApi.active(),
    );
    const span = this.startSpan(name, options, parent);
    return contextApi.with(traceApi.setSpan(parent, span), fn, undefined, span);
  }

  private start(name: string, given: Given, surrounding: Context): Span {
    if (isTracingSuppressed(surrounding)) return traceApi.wrapSpanContext(INVALID_SPAN_CONTEXT);
    const parent = given.root ? undefined : parentIn(surrounding);
    const trace = parent === undefined ? this.newTrace() : traceOf(parent);
    const { idGenerator, sampler, words } = this.settings;
    let high = words.next();
    let low = words.next();
    if (idGenerator !== undefined) {
      const digits = idGenerator.generateSpanId();
      high = wordAt(digits, 0);
      low = wordAt(digits, 8);
    }
    if ((high | low) === 0) low = 1; // zeros are no id
    const text = typeof name === 'string' ? cutText(name, MAX_TEXT_LENGTH) : labelText(name);
    const kind = kindOf(given.kind);
    const state = stateOf(parent);

    if (!(sampler instanceof TraceSampler)) {
      const asked = given.root ? traceApi.deleteSpan(surrounding) : surrounding;
      const decision = this.ask(sampler, asked, parent, trace, text, kind, given);
      if (!decision.recorded)
        return new UnrecordedSpan(trace, high, low, TraceFlags.NONE, decision.traceState ?? state);
      const span = new NativeSpan(
        this,
        trace,
        high,
        low,
        decision.sampled ? TraceFlags.SAMPLED : TraceFlags.NONE,
        decision.traceState ?? state,
        text,
        kind,
        given.startTime,
      );
      return this.started(span, parent, given, decision.attributes, asked);
    }
    if (!sampler.samples(parent?.traceFlags, trace)) {
      return new UnrecordedSpan(trace, high, low, TraceFlags.NONE, state);
    }
    const { startTime } = given;
    const span = new NativeSpan(this, trace, high, low, TraceFlags.SAMPLED, state, text, kind, startTime);
    return this.started(span, parent, given, undefined, surrounding);
  }

  private started(
    span: NativeSpan,
    parent: Parent | undefined,
    { links, attributes }: Given,
    sampled: Readonly<SpanOptions['attributes']>,
    context: Context,
  ): NativeSpan {
    if (parent !== undefined) span.setParent(parent);
    if (links !== undefined) span.addLinks(links);
    if (attributes !== undefined) span.setAttributes(attributes);
    if (sampled !== undefined) span.setAttributes(sampled);
    const { processors } = this.pipeline;
    if (!processors.none) processors.onStart(span, context);
    return span;
  }

  private newTrace(): TraceId {
    const { idGenerator, words } = this.settings;
    return idGenerator === undefined ? TraceId.random(words) : TraceId.of(idGenerator.generateTraceId());
  }

  /** Where the host's sampler fails, the specification's default decides. */
  private ask(
    sampler: Sampler,
    context: Context,
    parent: Parent | undefined,
    trace: TraceId,
    name: string,
    kind: SpanKind,
    given: Given,
  ): SamplingDecision {
    const { limits } = this.pipeline;
    try {
      const { attributes } = keptAttributes(given.attributes, Infinity, limits.attributeLength);
      const links = linksOf(given.links).flatMap((link) => keptLink(link, limits) ?? []);
      return askSampler(sampler, context, trace.hex, name, kind, attributes, links);
    } catch (error) {
      this.pipeline.warn('sampler', `the sampler of the host failed (${printable(error)}).`);
      const sampled = DEFAULT_SAMPLER.samples(parent?.traceFlags, trace);
      return { recorded: sampled, sampled, attributes: undefined, traceState: undefined };
    }
  }
}

/** A span of ours, or the context of another's. */
type Parent = SpanIdentity | SpanContext;

/** A context that can be asked. */
function usable(context: Context): Context {
  return typeof context?.getValue === 'function' ? context : ROOT_CONTEXT;
}

function parentIn(context: Context): Parent | undefined {
  const span = traceApi.getSpan(context);
  if (span === undefined || span instanceof SpanIdentity) return span;
  try {
    const parent = span.spanContext();
    return isSpanContextValid(parent) ? parent : undefined;
  } catch {
    return undefined;
  }
}

function traceOf(parent: Parent): TraceId {
  return parent instanceof SpanIdentity ? parent.trace : TraceId.of(parent.traceId);
}

function stateOf(parent: Parent | undefined): TraceState | undefined {
  const state = parent?.traceState;
  if (state === undefined || state === null || parent instanceof SpanIdentity) return state;
  return traceStateText(state) === undefined ? undefined : state;
}

function kindOf(kind: unknown): SpanKind {
  if (kind === undefined || kind === SpanKind.INTERNAL) return SpanKind.INTERNAL; // most are
  return Number.isInteger(kind) && SpanKind[kind as SpanKind] !== undefined
    ? (kind as SpanKind)
    : SpanKind.INTERNAL;
}

function linksOf(links: unknown): Link[] {
  return Array.isArray(links) ? (links as Link[]) : [];
}
