import {
  SpanStatusCode,
  TraceFlags,
  type Attributes,
  type HrTime,
  type SpanContext,
  type SpanKind,
  type SpanStatus,
  type TimeInput,
  type TraceState,
} from '@opentelemetry/api';
import { keptAttributes, put, type KeptValue } from './span-attributes.js';
import { SpanIdentity, spanContextOf, wordAt, type TraceId } from './span-ids.js';
import type { SpanLink } from './span-links.js';
import type { InstrumentationScope, SpanPipeline, SpanResource } from './span-pipeline.js';
import { estimatedSpanBytes } from './span-size.js';
import { timeOf } from './span-time.js';

/** An event as span exporters read it. */
export interface SpanEvent {
  time: HrTime;
  name: string;
  attributes: Attributes;
  droppedAttributesCount: number;
}

/** What the spans of one tracer share. */
export interface SpanOrigin {
  readonly instrumentationScope: InstrumentationScope;
  readonly pipeline: SpanPipeline;
}

const UNSET: SpanStatus = Object.freeze({ code: SpanStatusCode.UNSET });
const NONE: readonly never[] = [];

/** Room for the keys and values of this many attributes at first; it doubles. */
const FIRST_ATTRIBUTES = 4;
const NANOS = 1_000_000_000;

// What a span knows of itself in bits.
export const START_GIVEN = 1;
export const ENDING = 2;
export const ENDED = 4;
const HAS_PARENT = 8;
const PARENT_IS_REMOTE = 16;
const PARENT_IS_SAMPLED = 32;

/** What few spans have. */
class SpanExtras {
  events: SpanEvent[] | undefined = undefined;
  links: SpanLink[] | undefined = undefined;
  parent: SpanContext | undefined = undefined;
  droppedAttributes = 0;
  droppedEvents = 0;
  droppedLinks = 0;
}

/**
 * What is kept of a span that records: what its message is written from, and what processors of the host read, as they
 * read the spans of the official SDK, 2 or 3. A host has thousands waiting, so all that can be made later is: ids are
 * words, times are numbers, attributes stand in one list of keys and values, and there are no events or links until one
 * comes.
 */
export abstract class SpanRecord extends SpanIdentity {
  name: string;
  kind: SpanKind;
  status: SpanStatus = UNSET;
  protected bits = 0;
  /** Keys and values in turn, until somebody asks for them as an object: from then on that is what counts. */
  private entries: unknown[] | undefined = undefined;
  private object: Attributes | undefined = undefined;
  private attributeCount = 0;
  private extras: SpanExtras | undefined = undefined;
  /** The span id of the parent. */
  parentHigh = 0;
  parentLow = 0;
  startSeconds = 0;
  startNanos = 0;
  /**
   * Until it has ended this is when it started, on the monotonic clock. Seconds and nanoseconds are small integers; a
   * number with a fraction would be an object of its own.
   */
  endSeconds: number;
  endNanos: number;
  private bytes = 0;
  /** The span around it, of this process, until it has ended. */
  around: SpanIdentity | undefined = undefined;

  constructor(
    protected readonly origin: SpanOrigin,
    trace: TraceId,
    high: number,
    low: number,
    traceFlags: number,
    traceState: TraceState | undefined,
    name: string,
    kind: SpanKind,
    startTime: TimeInput | undefined,
  ) {
    super(trace, high, low, traceFlags, traceState);
    this.name = name;
    this.kind = kind;
    const { clock } = origin.pipeline;
    const elapsed = clock.monotonic();
    this.endSeconds = Math.floor(elapsed / 1000);
    this.endNanos = Math.round((elapsed - this.endSeconds * 1000) * 1e6);
    const given = startTime === undefined ? undefined : timeOf(startTime, clock);
    if (given === undefined) {
      const now = clock.now(elapsed);
      this.startSeconds = Math.floor(now / 1000);
      this.startNanos = Math.round((now - this.startSeconds * 1000) * 1e6);
    } else {
      this.bits = START_GIVEN;
      [this.startSeconds, this.startNanos] = given;
    }
  }

  /** Tells the parent, before anybody has seen the span. */
  setParent(parent: SpanIdentity | SpanContext): void {
    this.bits |= HAS_PARENT;
    if ((parent.traceFlags & TraceFlags.SAMPLED) !== 0) this.bits |= PARENT_IS_SAMPLED;
    if (parent instanceof SpanIdentity) {
      this.around = parent;
      this.parentHigh = parent.high;
      this.parentLow = parent.low;
      if (parent.traceState !== undefined) this.extra.parent = parent.spanContext();
    } else {
      this.parentHigh = wordAt(parent.spanId, 0);
      this.parentLow = wordAt(parent.spanId, 8);
      if (parent.isRemote) this.bits |= PARENT_IS_REMOTE;
      this.extra.parent = parent;
    }
  }

  get ended(): boolean {
    return (this.bits & ENDED) !== 0;
  }
  get resource(): SpanResource {
    return this.origin.pipeline.resource;
  }
  get instrumentationScope(): InstrumentationScope {
    return this.origin.instrumentationScope;
  }
  /** As SDK 1 had it. */
  get instrumentationLibrary(): InstrumentationScope {
    return this.origin.instrumentationScope;
  }

  get parentSpanContext(): SpanContext | undefined {
    if ((this.bits & HAS_PARENT) === 0) return undefined;
    const flags = (this.bits & PARENT_IS_SAMPLED) === 0 ? TraceFlags.NONE : TraceFlags.SAMPLED;
    return (this.extra.parent ??= spanContextOf(this.trace, this.parentHigh, this.parentLow, flags));
  }
  /** As SDK 1 had it. */
  get parentSpanId(): string | undefined {
    return this.parentSpanContext?.spanId;
  }

  get startTime(): HrTime {
    return [this.startSeconds, this.startNanos];
  }
  /** [0, 0] until it has ended, as in the official SDK. */
  get endTime(): HrTime {
    return (this.bits & (ENDING | ENDED)) === 0 ? [0, 0] : [this.endSeconds, this.endNanos];
  }
  /** [-1, -1] until it has ended, as in the official SDK. */
  get duration(): HrTime {
    if ((this.bits & (ENDING | ENDED)) === 0) return [-1, -1];
    const seconds = this.endSeconds - this.startSeconds;
    const nanos = this.endNanos - this.startNanos;
    return nanos < 0 ? [seconds - 1, nanos + NANOS] : [seconds, nanos];
  }

  /** What is changed in it is changed in the span, as processors that redact do. */
  get attributes(): Attributes {
    if (this.object !== undefined) return this.object;
    const object: Attributes = {};
    const { entries = [] } = this;
    for (let index = 0; index < this.attributeCount * 2; index += 2) {
      put(object, entries[index] as string, entries[index + 1] as KeptValue);
    }
    this.entries = undefined;
    return (this.object = object);
  }
  get events(): SpanEvent[] {
    return (this.extra.events ??= []);
  }
  get links(): SpanLink[] {
    return (this.extra.links ??= []);
  }
  get droppedAttributesCount(): number {
    return this.extras?.droppedAttributes ?? 0;
  }
  get droppedEventsCount(): number {
    return this.extras?.droppedEvents ?? 0;
  }
  get droppedLinksCount(): number {
    return this.extras?.droppedLinks ?? 0;
  }

  /** At least what it takes as a message, and what its texts take in memory. */
  get estimatedBytes(): number {
    if (this.bytes !== 0) return this.bytes;
    const bytes = estimatedSpanBytes(this, this.attributeEntries(), this.extras?.events, this.extras?.links);
    if ((this.bits & ENDED) !== 0) this.bytes = bytes;
    return bytes;
  }

  // What the message of a span is written from, without what is made only to be read.

  /** Keys and values in turn, up to the first key that is undefined. */
  attributeEntries(): readonly unknown[] {
    if (this.object === undefined) return this.entries ?? NONE;
    // The host has had it in hand.
    const { attributes } = keptAttributes(this.object, Infinity, Infinity);
    return Object.entries(attributes).flat(1);
  }
  recordedEvents(): readonly SpanEvent[] {
    return this.extras?.events ?? NONE;
  }
  recordedLinks(): readonly SpanLink[] {
    return this.extras?.links ?? NONE;
  }
  get hasParent(): boolean {
    return (this.bits & HAS_PARENT) !== 0;
  }
  get parentIsRemote(): boolean {
    return (this.bits & PARENT_IS_REMOTE) !== 0;
  }

  /** Made when it is first needed. */
  protected get extra(): SpanExtras {
    return (this.extras ??= new SpanExtras());
  }

  /** Milliseconds of the monotonic clock at its start; known until it ends. */
  protected get startedAt(): number {
    return this.endSeconds * 1000 + this.endNanos / 1e6;
  }

  /** Sets an attribute; past the limit a new one is counted as dropped. */
  protected put(key: string, value: KeptValue, limit: number): void {
    if (this.object === undefined) this.putIntoEntries(key, value, limit);
    else this.putIntoObject(this.object, key, value, limit);
  }

  private putIntoEntries(key: string, value: KeptValue, limit: number): void {
    const used = this.attributeCount * 2;
    let entries = this.entries;
    if (entries === undefined) {
      if (limit === 0) {
        this.extra.droppedAttributes++;
        return;
      }
      entries = this.entries = new Array<unknown>(FIRST_ATTRIBUTES * 2);
    }
    for (let index = 0; index < used; index += 2) {
      if (entries[index] === key) {
        entries[index + 1] = value;
        return;
      }
    }
    if (this.attributeCount >= limit) {
      this.extra.droppedAttributes++;
      return;
    }
    if (used === entries.length) {
      const grown = new Array<unknown>(used * 2);
      for (let index = 0; index < used; index++) grown[index] = entries[index];
      entries = this.entries = grown;
    }
    entries[used] = key;
    entries[used + 1] = value;
    this.attributeCount++;
  }

  private putIntoObject(object: Attributes, key: string, value: KeptValue, limit: number): void {
    if (!Object.hasOwn(object, key)) {
      if (this.attributeCount >= limit) {
        this.extra.droppedAttributes++;
        return;
      }
      this.attributeCount++;
    }
    put(object, key, value);
  }
}
