// One span, one metric and one event with a mark, as messages of OTLP.
import {
  writeAnyValue,
  writeAttributes,
  writeResource,
  writeScope,
} from '../../pipeline/otlp/common-messages.js';
import { JsonWriter } from '../../pipeline/otlp/json-writer.js';
import type { Field, MessageWriter } from '../../pipeline/otlp/message-writer.js';
import type { OtlpProtocol, OtlpSignal } from '../../pipeline/otlp/otlp-target.js';
import { ProtobufWriter } from '../../pipeline/otlp/protobuf-writer.js';

export interface Mark {
  /** 32 hexadecimal digits: the id of the trace, and of the instance. */
  readonly id: string;
  readonly atMillis: number;
}

export const DOCTOR = 'agent-os-doctor';
/** No metric of the contract: nobody counts it. */
export const PROBE_METRIC = 'agent_os_doctor_probe';

const field = (number: number, name: string): Field => ({ number, name });
const RESOURCE = field(1, 'resource');
const SCOPE = field(1, 'scope');
const ROOTS = {
  traces: [field(1, 'resourceSpans'), field(2, 'scopeSpans'), field(2, 'spans')],
  metrics: [field(1, 'resourceMetrics'), field(2, 'scopeMetrics'), field(2, 'metrics')],
  logs: [field(1, 'resourceLogs'), field(2, 'scopeLogs'), field(2, 'logRecords')],
} as const satisfies Readonly<Record<OtlpSignal, readonly Field[]>>;
const WRITE_ITEM = { traces: writeSpan, metrics: writeGauge, logs: writeEvent } as const;

export function probeMessage(signal: OtlpSignal, protocol: OtlpProtocol, mark: Mark): Uint8Array {
  const writer: MessageWriter = protocol === 'http/json' ? new JsonWriter() : new ProtobufWriter();
  const [resources, scopes, items] = ROOTS[signal];
  writer.openList(resources);
  const resource = writer.openItem(resources);
  writeResource(writer, RESOURCE, { 'service.name': DOCTOR, 'service.instance.id': mark.id });
  writer.openList(scopes);
  const scope = writer.openItem(scopes);
  writeScope(writer, SCOPE, { name: DOCTOR });
  writer.openList(items);
  const item = writer.openItem(items);
  WRITE_ITEM[signal](writer, mark);
  writer.close(item);
  writer.closeList();
  writer.close(scope);
  writer.closeList();
  writer.close(resource);
  writer.closeList();
  return writer.finish();
}

function time(writer: MessageWriter, at: Field, millis: number): void {
  writer.time(at, Math.floor(millis / 1000), (millis % 1000) * 1e6);
}

/** With an error, since the Collector samples: it keeps every trace that has one. */
function writeSpan(writer: MessageWriter, { id, atMillis }: Mark): void {
  writer.hex(field(1, 'traceId'), id);
  writer.hex(field(2, 'spanId'), id.slice(16));
  writer.text(field(5, 'name'), 'doctor.probe');
  writer.uint32(field(6, 'kind'), 1);
  time(writer, field(7, 'startTimeUnixNano'), atMillis - 1);
  time(writer, field(8, 'endTimeUnixNano'), atMillis);
  const status = writer.open(field(15, 'status'));
  writer.uint32(field(3, 'code'), 2);
  writer.close(status);
}

function writeGauge(writer: MessageWriter, { id, atMillis }: Mark): void {
  writer.text(field(1, 'name'), PROBE_METRIC);
  const gauge = writer.open(field(5, 'gauge'));
  const points = field(1, 'dataPoints');
  writer.openList(points);
  const point = writer.openItem(points);
  time(writer, field(3, 'timeUnixNano'), atMillis);
  writer.double(field(4, 'asDouble'), 1);
  writeAttributes(writer, field(7, 'attributes'), { mark: id });
  writer.close(point);
  writer.closeList();
  writer.close(gauge);
}

function writeEvent(writer: MessageWriter, { id, atMillis }: Mark): void {
  time(writer, field(1, 'timeUnixNano'), atMillis);
  writer.uint32(field(2, 'severityNumber'), 9);
  writeAnyValue(writer, field(5, 'body'), 'doctor.probe');
  writer.hex(field(9, 'traceId'), id);
  writer.hex(field(10, 'spanId'), id.slice(16));
  time(writer, field(11, 'observedTimeUnixNano'), atMillis);
  writer.text(field(12, 'eventName'), 'doctor.probe');
}
