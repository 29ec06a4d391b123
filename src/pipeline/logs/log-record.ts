import {
  context as contextApi,
  isSpanContextValid,
  trace,
  type Context,
  type HrTime,
  type SpanContext,
} from '@opentelemetry/api';
import type { LogRecord, LogValue } from '../../common/host-types.js';
import { exceptionAttributes } from '../traces/exception-attributes.js';
import { keptKey, keysOf, valueAt } from '../traces/span-attributes.js';
import { MAX_TEXT_LENGTH } from '../traces/span-limits.js';
import type { InstrumentationScope } from '../traces/span-pipeline.js';
import { type SpanClock, timeOf, timeOfMillis } from '../traces/span-time.js';
import type { LogLimits } from './log-limits.js';
import { ValueCopies } from './log-values.js';

/** A log record as it is sent; nobody changes it any more. */
export interface KeptLogRecord {
  readonly scope: LogScope;
  readonly time: HrTime;
  readonly observedTime: HrTime;
  readonly severityNumber: number | undefined;
  readonly severityText: string | undefined;
  readonly eventName: string | undefined;
  readonly body: LogValue;
  /** Keys and values by turns. */
  readonly attributes: readonly unknown[];
  readonly droppedAttributesCount: number;
  /** The span that it belongs to, sampled or not. */
  readonly spanContext: SpanContext | undefined;
  /** At least the bytes that it takes as a message. */
  readonly bytes: number;
}

/** The part of a program that log records are of. */
export interface LogScope extends InstrumentationScope {
  readonly attributes?: Readonly<Record<string, LogValue>> | undefined;
}

/** Times, ids, severity, counts, and the heads of the messages between. */
const RECORD_BYTES = 128;

/** The record as it is kept: within limits, and out of reach of whoever emitted it. Throws where it cannot be read. */
export function keptLogRecord(
  scope: LogScope,
  record: LogRecord,
  limits: LogLimits,
  clock: SpanClock,
): KeptLogRecord {
  const { timestamp, observedTimestamp, severityNumber, severityText, eventName, body, context } = record;
  const copies = new ValueCopies();
  const attributes = new KeptAttributes(limits, copies);
  attributes.add(record.attributes);
  if (record.exception !== undefined && record.exception !== null)
    attributes.addMissing(exceptionAttributes(record.exception));
  const now = timeOfMillis(clock.now(clock.monotonic())) ?? [0, 0];
  const text = (value: unknown): string | undefined =>
    typeof value === 'string' && value !== '' ? copies.text(value) : undefined;
  return {
    scope,
    time: timeOf(timestamp, clock) ?? now,
    observedTime: timeOf(observedTimestamp, clock) ?? now,
    severityNumber: isSeverity(severityNumber) ? severityNumber : undefined,
    severityText: text(severityText),
    eventName: text(eventName),
    body: body === undefined ? undefined : copies.copy(body, MAX_TEXT_LENGTH),
    attributes: attributes.entries,
    droppedAttributesCount: attributes.dropped,
    spanContext: spanContextIn(context),
    bytes: RECORD_BYTES + copies.bytes,
  };
}

/** The attributes of one record, in their order. */
class KeptAttributes {
  readonly entries: unknown[] = [];
  dropped = 0;

  constructor(
    private readonly limits: LogLimits,
    private readonly copies: ValueCopies,
  ) {}

  add(given: unknown): void {
    for (const key of keysOf(given)) this.put(key, valueAt(given as object, key));
  }

  /** Adds what the record does not have already. */
  addMissing(given: Readonly<Record<string, unknown>> | undefined): void {
    for (const key of keysOf(given)) {
      if (!this.entries.some((entry, index) => index % 2 === 0 && entry === key)) this.put(key, given?.[key]);
    }
  }

  private put(key: string, value: unknown): void {
    const name = keptKey(key);
    if (name === undefined || value === undefined) return;
    if (this.entries.length >= this.limits.attributes * 2) {
      this.dropped++;
      return;
    }
    const copied = this.copies.copy(value, this.limits.attributeLength);
    if (copied !== undefined) this.entries.push(this.copies.text(name), copied);
  }
}

function isSeverity(value: unknown): value is number {
  return Number.isInteger(value) && (value as number) >= 1 && (value as number) <= 24;
}

/** Of the active span where no context is given; undefined where there is none, or the context is none of the API's. */
function spanContextIn(context: Context | undefined): SpanContext | undefined {
  try {
    const found = trace.getSpanContext(context ?? contextApi.active());
    return found !== undefined && isSpanContextValid(found) ? found : undefined;
  } catch {
    return undefined;
  }
}
