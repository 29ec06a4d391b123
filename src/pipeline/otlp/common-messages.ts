import type { Attributes } from '@opentelemetry/api';
import { KEY, STRING_VALUE, VALUE } from './message-writer.js';
import type { Field, MessageWriter } from './message-writer.js';

// Messages that all signals share, of opentelemetry/proto/common/v1/common.proto and resource/v1/resource.proto.

const BOOL_VALUE: Field = { number: 2, name: 'boolValue' };
const INT_VALUE: Field = { number: 3, name: 'intValue' };
const DOUBLE_VALUE: Field = { number: 4, name: 'doubleValue' };
const ARRAY_VALUE: Field = { number: 5, name: 'arrayValue' };
const KVLIST_VALUE: Field = { number: 6, name: 'kvlistValue' };
const BYTES_VALUE: Field = { number: 7, name: 'bytesValue' };
const VALUES: Field = { number: 1, name: 'values' };

const RESOURCE_ATTRIBUTES: Field = { number: 1, name: 'attributes' };
const SCOPE_NAME: Field = { number: 1, name: 'name' };
const SCOPE_VERSION: Field = { number: 2, name: 'version' };
const SCOPE_ATTRIBUTES: Field = { number: 3, name: 'attributes' };

const TWO_63 = 2 ** 63;
/** Levels of lists and maps in one value; what lies deeper is left out. */
const MAX_DEPTH = 16;

/** Who made the telemetry. */
export interface ScopeMessage {
  readonly name: string;
  readonly version?: string | undefined;
  readonly attributes?: Readonly<Record<string, unknown>> | undefined;
}

export function writeResource(writer: MessageWriter, field: Field, attributes: Attributes): void {
  const mark = writer.open(field);
  writeAttributes(writer, RESOURCE_ATTRIBUTES, attributes);
  writer.close(mark);
}

export function writeScope(
  writer: MessageWriter,
  field: Field,
  { name, version, attributes }: ScopeMessage,
): void {
  const mark = writer.open(field);
  writer.text(SCOPE_NAME, name);
  if (version !== undefined) writer.text(SCOPE_VERSION, version);
  if (attributes !== undefined) writeAttributes(writer, SCOPE_ATTRIBUTES, attributes);
  writer.close(mark);
}

/** A repeated field of attributes. */
export function writeAttributes(
  writer: MessageWriter,
  field: Field,
  attributes: Readonly<Record<string, unknown>>,
): void {
  writer.openList(field);
  for (const key of Object.keys(attributes)) {
    const value = attributes[key];
    if (value !== undefined) writeAttribute(writer, field, key, value);
  }
  writer.closeList();
}

/** One attribute, as an item of a list that is open. */
export function writeAttribute(writer: MessageWriter, field: Field, key: string, value: unknown): void {
  if (typeof value === 'string') return writer.textAttribute(field, key, value);
  const mark = writer.openItem(field);
  writer.text(KEY, key);
  const inner = writer.open(VALUE);
  writeValue(writer, value, 0);
  writer.close(inner);
  writer.close(mark);
}

/** A value in a field of its own, as the body of a log record. */
export function writeAnyValue(writer: MessageWriter, field: Field, value: unknown): void {
  const mark = writer.open(field);
  writeValue(writer, value, 0);
  writer.close(mark);
}

/** The value itself, inside of its message; of what cannot be written nothing, which reads as an empty value. */
function writeValue(writer: MessageWriter, value: unknown, depth: number): void {
  switch (typeof value) {
    case 'string':
      return writer.text(STRING_VALUE, value);
    case 'number':
      return isInteger64(value) ? writer.int64(INT_VALUE, value) : writer.double(DOUBLE_VALUE, value);
    case 'boolean':
      return writer.bool(BOOL_VALUE, value);
    case 'object':
      if (value !== null && depth < MAX_DEPTH) writeObject(writer, value, depth);
      return;
    default:
      return;
  }
}

/** Whether it is an integer that 64 bits with sign hold. */
function isInteger64(value: number): boolean {
  return Number.isInteger(value) && value >= -TWO_63 && value < TWO_63;
}

function writeObject(writer: MessageWriter, value: object, depth: number): void {
  if (value instanceof Uint8Array) return writer.bytes(BYTES_VALUE, value);
  const mark = writer.open(Array.isArray(value) ? ARRAY_VALUE : KVLIST_VALUE);
  writer.openList(VALUES);
  if (Array.isArray(value)) {
    for (const item of value as unknown[]) {
      const inner = writer.openItem(VALUES);
      writeValue(writer, item, depth + 1);
      writer.close(inner);
    }
  } else {
    for (const [key, item] of Object.entries(value)) {
      const entry = writer.openItem(VALUES);
      writer.text(KEY, key);
      const inner = writer.open(VALUE);
      writeValue(writer, item, depth + 1);
      writer.close(inner);
      writer.close(entry);
    }
  }
  writer.closeList();
  writer.close(mark);
}
