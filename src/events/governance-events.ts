import { type Context, context as contextApi } from '@opentelemetry/api';
import { redacted } from '../diagnostics/redaction.js';
import {
  EVENTS,
  type EventAttributes,
  type EventDefinition,
  type EventName,
  type EventSeverity,
} from '../semconv/events.js';
import { SCOPE_NAME, VERSION } from '../semconv/resource.js';

/** What is emitted; a logger of the Logs API takes it. */
export interface EventRecord {
  readonly eventName: string;
  readonly severityNumber: number;
  readonly severityText: EventSeverity;
  readonly attributes: Record<string, string | number | boolean>;
  readonly context?: Context;
}
/** The part of a logger of the Logs API that is used. */
export interface EventLogger {
  emit(record: EventRecord): void;
}
/** The part of a LoggerProvider of the Logs API that is used. */
export interface EventLoggerProvider {
  getLogger(name: string, version?: string): EventLogger;
}

/** https://opentelemetry.io/docs/specs/otel/logs/data-model/#field-severitynumber */
const SEVERITY_NUMBERS: Readonly<Record<EventSeverity, number>> = { INFO: 9, WARN: 13, ERROR: 17, FATAL: 21 };

/**
 * The events of the contract, as log records of the Logs API: never sampled, in the trace that is active, without content.
 * No method throws.
 *
 * @example
 * ```ts
 * obs.events.emit('agent_os.violation', { 'agent.id': 'support-1', 'agent_os.policy': 'data-access' });
 * ```
 */
export class GovernanceEvents {
  private readonly logger: EventLogger;

  constructor(provider: EventLoggerProvider) {
    this.logger = provider.getLogger(SCOPE_NAME, VERSION);
  }

  /** @param severity - where it is not that of the registry */
  emit<N extends EventName>(name: N, given: EventAttributes<N>, severity?: EventSeverity): void {
    try {
      const definition: EventDefinition = EVENTS[name];
      const severityText = severity ?? definition.severity;
      const attributes: EventRecord['attributes'] = {};
      for (const key of definition.attributes) {
        const value = (given as Readonly<Record<string, unknown>>)[key];
        if (typeof value === 'string') attributes[key] = redacted(value);
        else if (typeof value === 'number' || typeof value === 'boolean') attributes[key] = value;
      }
      this.logger.emit({
        eventName: name,
        severityNumber: SEVERITY_NUMBERS[severityText],
        severityText,
        attributes,
        context: contextApi.active(),
      });
    } catch {
      // Telemetry never throws into the host; the pipeline counts what it loses.
    }
  }
}
