import { SpanStatusCode, SpanKind, type SpanContext } from '@opentelemetry/api';
import { writeAttribute, writeResource, writeScope } from '../otlp/common-messages.js';
import type { Field, MessageWriter } from '../otlp/message-writer.js';
import type { NativeSpan } from './native-span.js';
import type { SpanEvent } from './span-record.js';
import { eachAttribute, keptValue } from './span-attributes.js';
import { traceStateText, type SpanLink } from './span-links.js';
import type { InstrumentationScope, SpanResource } from './span-pipeline.js';
import { redacted } from '../../diagnostics/redaction.js';
import { shownInEvent, shownValue } from '../../diagnostics/shown-text.js';

// opentelemetry/proto/collector/trace/v1/trace_service.proto and trace/v1/trace.proto

const RESOURCE_SPANS: Field = { number: 1, name: 'resourceSpans' };

const RESOURCE: Field = { number: 1, name: 'resource' };
const SCOPE_SPANS: Field = { number: 2, name: 'scopeSpans' };
const SCHEMA_URL: Field = { number: 3, name: 'schemaUrl' };

const SCOPE: Field = { number: 1, name: 'scope' };
const SPANS: Field = { number: 2, name: 'spans' };

const TRACE_ID: Field = { number: 1, name: 'traceId' };
const SPAN_ID: Field = { number: 2, name: 'spanId' };
const TRACE_STATE: Field = { number: 3, name: 'traceState' };
const PARENT_SPAN_ID: Field = { number: 4, name: 'parentSpanId' };
const NAME: Field = { number: 5, name: 'name' };
const KIND: Field = { number: 6, name: 'kind' };
const START_TIME: Field = { number: 7, name: 'startTimeUnixNano' };
const END_TIME: Field = { number: 8, name: 'endTimeUnixNano' };
const ATTRIBUTES: Field = { number: 9, name: 'attributes' };
const DROPPED_ATTRIBUTES: Field = { number: 10, name: 'droppedAttributesCount' };
const EVENTS: Field = { number: 11, name: 'events' };
const DROPPED_EVENTS: Field = { number: 12, name: 'droppedEventsCount' };
const LINKS: Field = { number: 13, name: 'links' };
const DROPPED_LINKS: Field = { number: 14, name: 'droppedLinksCount' };
const STATUS: Field = { number: 15, name: 'status' };
const FLAGS: Field = { number: 16, name: 'flags' };

const EVENT_TIME: Field = { number: 1, name: 'timeUnixNano' };
const EVENT_NAME: Field = { number: 2, name: 'name' };
const EVENT_ATTRIBUTES: Field = { number: 3, name: 'attributes' };
const EVENT_DROPPED_ATTRIBUTES: Field = { number: 4, name: 'droppedAttributesCount' };

const LINK_ATTRIBUTES: Field = { number: 4, name: 'attributes' };
const LINK_DROPPED_ATTRIBUTES: Field = { number: 5, name: 'droppedAttributesCount' };
const LINK_FLAGS: Field = { number: 6, name: 'flags' };

const STATUS_MESSAGE: Field = { number: 2, name: 'message' };
const STATUS_CODE: Field = { number: 3, name: 'code' };

/** Whether it is known that the parent, or what is linked to, is of another process; and whether it is. */
const HAS_IS_REMOTE = 0x100;
const IS_REMOTE = 0x200;

/** Writes an ExportTraceServiceRequest. What a host's processor has made of a span costs no other one. */
export function writeTraces(
  writer: MessageWriter,
  resource: SpanResource,
  spans: readonly NativeSpan[],
): void {
  if (spans.length === 0) return;
  writer.openList(RESOURCE_SPANS);
  const mark = writer.openItem(RESOURCE_SPANS);
  writeResource(writer, RESOURCE, resource.attributes);
  writer.openList(SCOPE_SPANS);
  for (const [scope, ofScope] of byScope(spans)) writeScopeSpans(writer, scope, ofScope);
  writer.closeList();
  if (resource.schemaUrl) writer.text(SCHEMA_URL, resource.schemaUrl);
  writer.close(mark);
  writer.closeList();
}

function byScope(spans: readonly NativeSpan[]): Map<InstrumentationScope, NativeSpan[]> {
  const scopes = new Map<InstrumentationScope, NativeSpan[]>();
  for (const span of spans) {
    const { instrumentationScope } = span;
    const known = scopes.get(instrumentationScope);
    if (known === undefined) scopes.set(instrumentationScope, [span]);
    else known.push(span);
  }
  return scopes;
}

function writeScopeSpans(
  writer: MessageWriter,
  scope: InstrumentationScope,
  spans: readonly NativeSpan[],
): void {
  const mark = writer.openItem(SCOPE_SPANS);
  writeScope(writer, SCOPE, scope);
  writer.openList(SPANS);
  for (const span of spans) writeSpan(writer, span);
  writer.closeList();
  if (scope.schemaUrl) writer.text(SCHEMA_URL, scope.schemaUrl);
  writer.close(mark);
}

function writeSpan(writer: MessageWriter, span: NativeSpan): void {
  const mark = writer.openItem(SPANS);
  const { trace, traceState } = span;
  writer.id128(TRACE_ID, trace.a, trace.b, trace.c, trace.d);
  writer.id64(SPAN_ID, span.high, span.low);
  if (traceState !== undefined) writeTraceState(writer, traceState);
  if (span.hasParent) writer.id64(PARENT_SPAN_ID, span.parentHigh, span.parentLow);
  writer.text(NAME, textOf(span.name));
  // The API has no value for a kind that is not set, the message has.
  writer.uint32(KIND, (SpanKind[span.kind] === undefined ? SpanKind.INTERNAL : span.kind) + 1);
  writer.time(START_TIME, span.startSeconds, span.startNanos);
  writer.time(END_TIME, span.endSeconds, span.endNanos);
  writeEntries(writer, span.attributeEntries());
  writeCount(writer, DROPPED_ATTRIBUTES, span.droppedAttributesCount);
  const events = span.recordedEvents();
  if (events.length > 0) writeEvents(writer, events);
  writeCount(writer, DROPPED_EVENTS, span.droppedEventsCount);
  const links = span.recordedLinks();
  if (links.length > 0) writeLinks(writer, links);
  writeCount(writer, DROPPED_LINKS, span.droppedLinksCount);
  writeStatus(writer, span);
  writer.fixed32(FLAGS, flagsOf(span.traceFlags, span.parentIsRemote));
  writer.close(mark);
}

function writeEntries(writer: MessageWriter, entries: readonly unknown[]): void {
  if (entries.length === 0) return;
  writer.openList(ATTRIBUTES);
  for (let index = 0; index < entries.length; index += 2) {
    const key = entries[index];
    if (key === undefined) break;
    writeAttribute(writer, ATTRIBUTES, key as string, shownValue(key as string, entries[index + 1]));
  }
  writer.closeList();
}

function writeEvents(writer: MessageWriter, events: readonly SpanEvent[]): void {
  writer.openList(EVENTS);
  for (const { time, name, attributes, droppedAttributesCount } of events) {
    const mark = writer.openItem(EVENTS);
    writer.time(EVENT_TIME, time[0], time[1]);
    const event = textOf(name);
    writer.text(EVENT_NAME, event);
    writeObject(writer, EVENT_ATTRIBUTES, attributes, (key, value) => shownInEvent(event, key, value));
    writeCount(writer, EVENT_DROPPED_ATTRIBUTES, droppedAttributesCount);
    writer.close(mark);
  }
  writer.closeList();
}

function writeLinks(writer: MessageWriter, links: readonly SpanLink[]): void {
  writer.openList(LINKS);
  for (const { context, attributes, droppedAttributesCount = 0 } of links) {
    const mark = writer.openItem(LINKS);
    writer.hex(TRACE_ID, context.traceId);
    writer.hex(SPAN_ID, context.spanId);
    if (context.traceState !== undefined) writeTraceState(writer, context.traceState);
    if (attributes !== undefined) writeObject(writer, LINK_ATTRIBUTES, attributes);
    writeCount(writer, LINK_DROPPED_ATTRIBUTES, droppedAttributesCount);
    writer.fixed32(LINK_FLAGS, flagsOf(context.traceFlags, context.isRemote === true));
    writer.close(mark);
  }
  writer.closeList();
}

/** Checked again: a processor of the host may have had it in hand. */
function writeObject(writer: MessageWriter, field: Field, attributes: object, show = shownValue): void {
  writer.openList(field);
  eachAttribute(attributes, (key, value) => {
    const kept = keptValue(value, Infinity);
    if (kept !== undefined) writeAttribute(writer, field, key, show(key, kept));
  });
  writer.closeList();
}

function writeStatus(writer: MessageWriter, { status }: NativeSpan): void {
  const mark = writer.open(STATUS);
  if (typeof status.message === 'string' && status.message !== '')
    writer.text(STATUS_MESSAGE, redacted(status.message));
  if (SpanStatusCode[status.code] !== undefined) writeCount(writer, STATUS_CODE, status.code);
  writer.close(mark);
}

function writeTraceState(writer: MessageWriter, state: NonNullable<SpanContext['traceState']>): void {
  const text = traceStateText(state);
  if (text) writer.text(TRACE_STATE, text);
}

/** Zero is what a reader takes it for when it is absent. */
function writeCount(writer: MessageWriter, field: Field, count: number): void {
  if (count > 0) writer.uint32(field, count);
}

function flagsOf(traceFlags: number, isRemote: boolean): number {
  return (traceFlags & 0xff) | HAS_IS_REMOTE | (isRemote ? IS_REMOTE : 0);
}

function textOf(name: unknown): string {
  return typeof name === 'string' ? name : String(name);
}
