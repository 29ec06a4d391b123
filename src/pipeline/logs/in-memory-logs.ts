import type { Attributes } from '@opentelemetry/api';
import type { LoggerProvider, LogValue } from '../../common/host-types.js';
import type { DropLog } from '../../diagnostics/drop-log.js';
import { shownBody, shownLogValue } from '../../diagnostics/shown-text.js';
import { nameOf } from './log-messages.js';
import type { KeptLogRecord } from './log-record.js';
import { NativeLoggerProvider } from './native-logger-provider.js';

/** One event, or another log record, as it would be sent. */
export interface CollectedEvent {
  /** Undefined of a log record that is no event. */
  readonly name: string | undefined;
  readonly severity: string | undefined;
  readonly severityNumber: number | undefined;
  readonly attributes: Attributes;
  readonly body: unknown;
  /** Of the span that it belongs to. */
  readonly traceId: string | undefined;
  readonly spanId: string | undefined;
}

/** Keeps the log records that are emitted, for a test to read. */
export class InMemoryLogs {
  readonly loggerProvider: LoggerProvider;
  private readonly emitted: KeptLogRecord[] = [];
  private stopped = false;

  constructor(drops: DropLog) {
    const sink = { emitted: (record: KeptLogRecord) => void (this.stopped || this.emitted.push(record)) };
    this.loggerProvider = new NativeLoggerProvider({ sink, drops });
  }

  /** Oldest first. */
  events(): CollectedEvent[] {
    return this.emitted.map(collected);
  }

  forget(): void {
    this.emitted.length = 0;
  }

  /** Forgets all, and keeps no more. */
  shutdown(): void {
    this.stopped = true;
    this.forget();
  }
}

function collected(record: KeptLogRecord): CollectedEvent {
  const { eventName, severityText, severityNumber, attributes: entries, body, spanContext } = record;
  const event = nameOf(record);
  const attributes: Record<string, unknown> = {};
  for (let index = 0; index < entries.length; index += 2) {
    const key = entries[index] as string;
    attributes[key] = shownLogValue(event, key, entries[index + 1] as LogValue);
  }
  return {
    name: eventName,
    severity: severityText,
    severityNumber,
    attributes: attributes as Attributes,
    body: shownBody(event, body),
    traceId: spanContext?.traceId,
    spanId: spanContext?.spanId,
  };
}
