import {
  INVALID_SPAN_CONTEXT,
  isSpanContextValid,
  SpanKind,
  SpanStatusCode,
  trace,
  type Attributes,
  type Context,
  type Link,
  type Span,
  type Tracer,
  type TracerProvider,
} from '@opentelemetry/api';
import { ATTR_DELIVERY_ATTEMPT, ATTR_ERROR_TYPE, ATTR_REASON } from '../semconv/attributes.js';
import {
  ATTR_MESSAGING_BATCH_MESSAGE_COUNT,
  ATTR_MESSAGING_DESTINATION_NAME,
  ATTR_MESSAGING_MESSAGE_ID,
  ATTR_MESSAGING_OPERATION_NAME,
  ATTR_MESSAGING_OPERATION_TYPE,
  ATTR_MESSAGING_SYSTEM,
  BUS_OPERATIONS,
  OWN_MESSAGING_SYSTEM,
  type BusOperation,
} from '../semconv/messaging.js';
import { SCOPE_NAME, VERSION } from '../semconv/resource.js';
import type { DeadLetterReason } from '../semconv/values.js';
import { guarded } from '../tracing/span-lifecycle.js';
import type { ReadMessage } from './messages.js';

const KINDS: Readonly<Record<BusOperation, SpanKind>> = {
  publish: SpanKind.PRODUCER,
  process: SpanKind.CONSUMER,
};

/** What a message shows on the span or, in a batch, on the link that is its own. */
type Shown = ReadMessage & { readonly attempt?: number | undefined };

/** The spans on the bus, by the conventions of OpenTelemetry for messaging. */
export class MessageSpans {
  private readonly tracer: Tracer;

  constructor(tracerProvider: TracerProvider) {
    this.tracer = tracerProvider.getTracer(SCOPE_NAME, VERSION);
  }

  /**
   * Starts the span of one message or of a batch. Never throws.
   *
   * @param linked - of each message that it links to: the context that its carrier holds
   */
  start(
    operation: BusOperation,
    messages: readonly Shown[],
    batch: boolean,
    linked: readonly Context[],
    parent: Context,
  ): Span {
    try {
      const topic = commonTopic(messages);
      const attributes: Attributes = {
        [ATTR_MESSAGING_SYSTEM]: messages[0]?.system ?? OWN_MESSAGING_SYSTEM,
        [ATTR_MESSAGING_OPERATION_NAME]: operation,
        [ATTR_MESSAGING_OPERATION_TYPE]: BUS_OPERATIONS[operation],
        ...(topic !== undefined && { [ATTR_MESSAGING_DESTINATION_NAME]: topic }),
        ...(batch ? { [ATTR_MESSAGING_BATCH_MESSAGE_COUNT]: messages.length } : attributesOf(messages[0]!)),
      };
      const links = linked.flatMap((context, i) => linkTo(context, batch ? messages[i] : undefined));
      const name = topic === undefined ? operation : `${operation} ${topic}`;
      return this.tracer.startSpan(name, { kind: KINDS[operation], attributes, links }, parent);
    } catch {
      return trace.wrapSpanContext(trace.getSpanContext(parent) ?? INVALID_SPAN_CONTEXT);
    }
  }
}

/** Says why a message is a dead letter. Never throws. */
export function showDeadLetter(span: Span, reason: DeadLetterReason): void {
  guarded(() => span.setAttribute(ATTR_REASON, reason));
}

/** Marks a span whose messages were not handled, as none was in time. Never throws. */
export function failExpired(span: Span): void {
  guarded(() => span.setStatus({ code: SpanStatusCode.ERROR }));
  guarded(() => span.setAttribute(ATTR_ERROR_TYPE, 'expired'));
  showDeadLetter(span, 'expired');
}

function commonTopic(messages: readonly Shown[]): string | undefined {
  const topic: unknown = messages[0]?.topic;
  return typeof topic === 'string' && messages.every((message) => message.topic === topic)
    ? topic
    : undefined;
}

function attributesOf({ id, attempt }: Shown): Attributes {
  return {
    ...(id !== undefined && { [ATTR_MESSAGING_MESSAGE_ID]: String(id) }),
    ...(typeof attempt === 'number' && attempt > 1 && { [ATTR_DELIVERY_ATTEMPT]: attempt }),
  };
}

function linkTo(context: Context, message: Shown | undefined): Link[] {
  const spanContext = trace.getSpanContext(context);
  if (spanContext === undefined || !isSpanContextValid(spanContext)) return [];
  return [{ context: spanContext, ...(message && { attributes: attributesOf(message) }) }];
}
