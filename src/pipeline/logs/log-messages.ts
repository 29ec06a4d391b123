import type { LogValue } from '../../common/host-types.js';
import { shownBody, shownLogValue } from '../../diagnostics/shown-text.js';
import { writeAttribute, writeAnyValue, writeResource, writeScope } from '../otlp/common-messages.js';
import type { Field, MessageWriter } from '../otlp/message-writer.js';
import type { SpanResource } from '../traces/span-pipeline.js';
import type { KeptLogRecord, LogScope } from './log-record.js';

// opentelemetry/proto/collector/logs/v1/logs_service.proto and logs/v1/logs.proto

const RESOURCE_LOGS: Field = { number: 1, name: 'resourceLogs' };

const RESOURCE: Field = { number: 1, name: 'resource' };
const SCOPE_LOGS: Field = { number: 2, name: 'scopeLogs' };
const SCHEMA_URL: Field = { number: 3, name: 'schemaUrl' };

const SCOPE: Field = { number: 1, name: 'scope' };
const LOG_RECORDS: Field = { number: 2, name: 'logRecords' };

const TIME: Field = { number: 1, name: 'timeUnixNano' };
const SEVERITY_NUMBER: Field = { number: 2, name: 'severityNumber' };
const SEVERITY_TEXT: Field = { number: 3, name: 'severityText' };
const BODY: Field = { number: 5, name: 'body' };
const ATTRIBUTES: Field = { number: 6, name: 'attributes' };
const DROPPED_ATTRIBUTES: Field = { number: 7, name: 'droppedAttributesCount' };
const FLAGS: Field = { number: 8, name: 'flags' };
const TRACE_ID: Field = { number: 9, name: 'traceId' };
const SPAN_ID: Field = { number: 10, name: 'spanId' };
const OBSERVED_TIME: Field = { number: 11, name: 'observedTimeUnixNano' };
const EVENT_NAME: Field = { number: 12, name: 'eventName' };

/** Writes an ExportLogsServiceRequest. */
export function writeLogs(
  writer: MessageWriter,
  resource: SpanResource,
  records: readonly KeptLogRecord[],
): void {
  if (records.length === 0) return;
  writer.openList(RESOURCE_LOGS);
  const mark = writer.openItem(RESOURCE_LOGS);
  writeResource(writer, RESOURCE, resource.attributes);
  writer.openList(SCOPE_LOGS);
  for (const [scope, ofScope] of byScope(records)) writeScopeLogs(writer, scope, ofScope);
  writer.closeList();
  if (resource.schemaUrl) writer.text(SCHEMA_URL, resource.schemaUrl);
  writer.close(mark);
  writer.closeList();
}

function byScope(records: readonly KeptLogRecord[]): Map<LogScope, KeptLogRecord[]> {
  const scopes = new Map<LogScope, KeptLogRecord[]>();
  for (const record of records) {
    const known = scopes.get(record.scope);
    if (known === undefined) scopes.set(record.scope, [record]);
    else known.push(record);
  }
  return scopes;
}

function writeScopeLogs(writer: MessageWriter, scope: LogScope, records: readonly KeptLogRecord[]): void {
  const mark = writer.openItem(SCOPE_LOGS);
  writeScope(writer, SCOPE, scope);
  writer.openList(LOG_RECORDS);
  for (const record of records) writeLogRecord(writer, record);
  writer.closeList();
  if (scope.schemaUrl) writer.text(SCHEMA_URL, scope.schemaUrl);
  writer.close(mark);
}

function writeLogRecord(writer: MessageWriter, record: KeptLogRecord): void {
  const { time, observedTime, severityNumber, severityText, body, spanContext, eventName } = record;
  const event = nameOf(record);
  const mark = writer.openItem(LOG_RECORDS);
  writer.time(TIME, time[0], time[1]);
  if (severityNumber !== undefined) writer.uint32(SEVERITY_NUMBER, severityNumber);
  if (severityText !== undefined) writer.text(SEVERITY_TEXT, severityText);
  if (body !== undefined) writeAnyValue(writer, BODY, shownBody(event, body));
  writeEntries(writer, record.attributes, event);
  if (record.droppedAttributesCount > 0) writer.uint32(DROPPED_ATTRIBUTES, record.droppedAttributesCount);
  if (spanContext !== undefined) {
    writer.fixed32(FLAGS, spanContext.traceFlags & 0xff);
    writer.hex(TRACE_ID, spanContext.traceId);
    writer.hex(SPAN_ID, spanContext.spanId);
  }
  writer.time(OBSERVED_TIME, observedTime[0], observedTime[1]);
  if (eventName !== undefined) writer.text(EVENT_NAME, eventName);
  writer.close(mark);
}

function writeEntries(writer: MessageWriter, entries: readonly unknown[], event: string | undefined): void {
  if (entries.length === 0) return;
  writer.openList(ATTRIBUTES);
  for (let index = 0; index < entries.length; index += 2) {
    const key = entries[index] as string;
    writeAttribute(writer, ATTRIBUTES, key, shownLogValue(event, key, entries[index + 1] as LogValue));
  }
  writer.closeList();
}

/** The name of an event, which older instrumentations write as an attribute. */
export function nameOf({ eventName, attributes }: KeptLogRecord): string | undefined {
  if (eventName !== undefined) return eventName;
  for (let index = 0; index < attributes.length; index += 2)
    if (attributes[index] === 'event.name') return String(attributes[index + 1]);
  return undefined;
}
