import {
  ROOT_CONTEXT,
  trace,
  type Context,
  type Span,
  type TextMapPropagator,
  type TracerProvider,
} from '@opentelemetry/api';
import { isUnseen, type FollowedEnd } from '../common/followed-stream.js';
import { AmbMetrics } from '../instruments/amb-metrics.js';
import { BUS_KEYS } from '../instruments/call-keys.js';
import { activeContext, dropCall, followedCall, isFunction } from '../instruments/host-calls.js';
import type { Instruments } from '../instruments/instruments.js';
import { ATTR_STREAM_UNSEEN } from '../semconv/attributes.js';
import type { DeadLetterReason } from '../semconv/values.js';
import { callInContext, contextWithSpan } from '../tracing/active-context.js';
import { endSpan, failSpan, guarded } from '../tracing/span-lifecycle.js';
import type { MessageCarrier } from './carrier.js';
import { injectMcp, withMcpContext, type McpCarrier } from './mcp-meta.js';
import { MessageContexts, withSpanOf } from './message-contexts.js';
import { failExpired, MessageSpans, showDeadLetter } from './message-spans.js';
import {
  readEach,
  readProcessed,
  readPublished,
  type OneOrMany,
  type ProcessedMessage,
  type PublishedMessage,
  type ReadProcessed,
} from './messages.js';

const PUBLISH = 'obs.amb.publish';
const PROCESS = 'obs.amb.process';

/** What no retry can help. */
const FINAL: ReadonlySet<DeadLetterReason> = new Set([
  'validation_error',
  'rejected',
  'expired',
  'max_retries',
]);

/**
 * The bus on the handle: the metrics of {@link AmbMetrics}, and `publish` and `process` as one call each for the metrics,
 * the span and the context that goes with a message. No call throws by itself. A carrier that cannot be written or read
 * costs the context, not the message.
 *
 * @example
 * ```ts
 * const headers: Record<string, string> = {};
 * await obs.amb.publish({ topic: 'claims', carrier: headers }, async () => run('send it with the headers'));
 * await obs.amb.process({ topic: 'claims', carrier: headers }, async () => run(action));
 * ```
 */
export interface AmbCalls extends AmbMetrics {
  /** @internal */
  readonly contexts: MessageContexts;
  /** Carries contexts through MCP, for who has the handle alone. @internal */
  readonly mcp: McpCarrier;

  /**
   * Publishes by `send`, in a span `publish {topic}`, whose context is in the carrier before `send` runs. Timed and counted;
   * one that throws is not counted as published. Several messages that are sent as one have one span and share its context.
   */
  publish<T>(message: PublishedMessage, send: (carrier: MessageCarrier) => T): T;
  publish<T>(messages: readonly PublishedMessage[], send: (carriers: readonly MessageCarrier[]) => T): T;

  /**
   * Has `handle` process a message, in a span `process {topic}` that is a child of the one that published it. Timed and
   * counted as delivered; one that throws is a delivery failure, and after its last attempt, or where no retry can help, a dead letter. An expired message is not handled, but a dead letter, and undefined is given back. Several
   * messages that are processed as one have one span, which links to each; `handle` is given those that have not expired.
   */
  process<T>(message: ProcessedMessage, handle: () => T): T | undefined;
  process<M extends ProcessedMessage, T>(
    messages: readonly M[],
    handle: (messages: readonly M[]) => T,
  ): T | undefined;
}

/**
 * The bus with spans.
 * @internal
 */
export class TracedAmb extends AmbMetrics implements AmbCalls {
  readonly contexts: MessageContexts;
  readonly mcp: McpCarrier = {
    inject: (params) => injectMcp({ amb: this }, params),
    within: (request, handler) => withMcpContext({ amb: this }, request, handler),
  };
  private readonly spans: MessageSpans;

  constructor(
    instruments: Instruments,
    tracerProvider: TracerProvider,
    propagator?: () => TextMapPropagator | undefined,
  ) {
    super(instruments);
    this.contexts = new MessageContexts(instruments.drops, propagator);
    this.spans = new MessageSpans(tracerProvider);
  }

  override publish<T>(message: PublishedMessage, send: (carrier: MessageCarrier) => T): T;
  override publish<T>(
    messages: readonly PublishedMessage[],
    send: (carriers: readonly MessageCarrier[]) => T,
  ): T;
  override publish<T>(given: OneOrMany<PublishedMessage>, send: (carrier: never) => T): T {
    if (!isFunction(this, PUBLISH, send)) return undefined as T;
    let read;
    try {
      read = readEach(given, (message) => readPublished(this, BUS_KEYS.publish, message));
    } catch (error) {
      dropCall(this, PUBLISH, error);
      return send({} as never);
    }
    const { batch, messages } = read;
    const outer = activeContext() ?? ROOT_CONTEXT;
    const held = messages.map((message) => this.contexts.given(message));
    const span = this.spans.start('publish', messages, batch, held, outer);
    const inner = contextWithSpan(outer, span);
    messages.forEach((message, i) => {
      if (trace.getSpanContext(held[i]!) === undefined) this.contexts.inject(inner, message, PUBLISH);
    });
    const carriers = messages.map(({ carrier }) => carrier);
    return this.within(PUBLISH, span, inner, () => send((batch ? carriers : carriers[0]) as never), {
      returned: (durationSeconds) => {
        for (const { topic, priority = 'normal' } of messages)
          this.recordPublished({ topic, priority, durationSeconds });
      },
    });
  }

  process<T>(message: ProcessedMessage, handle: () => T): T | undefined;
  process<M extends ProcessedMessage, T>(
    messages: readonly M[],
    handle: (messages: readonly M[]) => T,
  ): T | undefined;
  process<T>(given: OneOrMany<ProcessedMessage>, handle: (messages: never) => T): T | undefined {
    if (!isFunction(this, PROCESS, handle)) return undefined;
    let read;
    try {
      read = readEach(given, (message) => readProcessed(this, BUS_KEYS.process, message));
    } catch (error) {
      dropCall(this, PROCESS, error);
      return handle(given as never);
    }
    const { batch, messages } = read;
    const outer = activeContext() ?? ROOT_CONTEXT;
    const contexts = messages.map((message) => this.contexts.extract(outer, message, PROCESS));
    const parent = batch ? outer : parentOf(messages[0]!, contexts[0]!, outer);
    // No link to a parent: it says nothing more, and Jaeger shows the link in place of the parent.
    const linked = parent === contexts[0] && !batch ? [] : contexts;
    const span = this.spans.start('process', messages, batch, linked, parent);
    const inner = contextWithSpan(parent, span);

    const live = messages.filter(({ expired }) => !expired);
    const expired = messages.filter((message) => message.expired);
    if (expired.length > 0) callInContext(inner, () => this.expire(expired), []);
    if (live.length === 0 && messages.length > 0) {
      failExpired(span);
      endSpan(span);
      return undefined;
    }
    const handled = batch ? read.given.filter((_, i) => !messages[i]!.expired) : given;
    return this.within(PROCESS, span, inner, () => handle(handled as never), {
      returned: (durationSeconds) => {
        for (const { topic, priority = 'normal' } of live)
          this.recordDelivered({ topic, priority, durationSeconds });
      },
      threw: (error) => {
        for (const message of live) this.fail(message, error, span);
      },
    });
  }

  private expire(messages: readonly ReadProcessed[]): void {
    for (const { topic } of messages) {
      this.recordDeliveryFailure({ topic, reason: 'expired' });
      this.recordDeadLetter({ topic, reason: 'expired' });
    }
  }

  /** One attempt is one failure, with its own reason; a dead letter says why there is no other. */
  private fail(message: ReadProcessed, error: unknown, span: Span): void {
    const { topic, attempt, maxAttempts } = message;
    const reason = this.reasonOf(message, error);
    this.recordDeliveryFailure({ topic, reason });
    const last = attempt !== undefined && maxAttempts !== undefined && attempt >= maxAttempts;
    if (!last && !FINAL.has(reason)) return;
    const dead = FINAL.has(reason) ? reason : 'max_retries';
    this.recordDeadLetter({ topic, reason: dead });
    showDeadLetter(span, dead);
  }

  private reasonOf({ failure }: ReadProcessed, error: unknown): DeadLetterReason {
    if (failure === undefined) return 'handler_error';
    try {
      return failure(error);
    } catch (thrown) {
      dropCall(this, PROCESS, thrown);
      return 'handler_error';
    }
  }

  /** Runs a function of the host in the span, follows what it gives, and ends the span with it. */
  private within<T>(
    method: string,
    span: Span,
    inner: Context,
    run: () => T,
    told: { returned(durationSeconds: number): void; threw?(error: unknown): void },
  ): T {
    const measured = (): T =>
      followedCall<T>(this, method, run, (end: FollowedEnd<unknown>, durationSeconds) => {
        try {
          if (end.threw) told.threw?.(end.error);
          else told.returned(durationSeconds);
        } catch (error) {
          dropCall(this, method, error);
        }
        if (end.threw) failSpan(span, end.error);
        else if (isUnseen(end)) guarded(() => span.setAttribute(ATTR_STREAM_UNSEEN, end.unseen));
        endSpan(span);
      });
    return callInContext(inner, measured, []);
  }
}

/** The context of the message, with its baggage; the active span stays where the message names none, or the host wants it. */
function parentOf(message: ReadProcessed, extracted: Context, outer: Context): Context {
  const isParent = message.parent !== 'active' && trace.getSpanContext(extracted) !== undefined;
  return isParent ? extracted : withSpanOf(outer, extracted);
}
