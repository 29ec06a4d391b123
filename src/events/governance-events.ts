import { type Context, context as contextApi } from '@opentelemetry/api';
import type { HostLoggerProvider, LogRecord } from '../common/host-types.js';
import { errorType } from '../common/outcome.js';
import { DropLog, printable } from '../diagnostics/drop-log.js';
import { shownValue } from '../diagnostics/shown-text.js';
import {
  EVENTS,
  type EventAttributes,
  type EventDefinition,
  type EventName,
  type EventSeverity,
} from '../semconv/events.js';
import { type FindLogger, globalLogger, loggerOf } from './event-logger.js';

/** What a host decides of events. */
export interface EventSettings {
  /** Whether what is an event is an event of the active span too. @defaultValue true */
  readonly spanEvents?: boolean | undefined;
  /** Whether decisions to allow are events too. @defaultValue false */
  readonly allows?: boolean | undefined;
}

/** Sees events beside the logger, as the live page does. Never throws. */
export interface EventWatch {
  /** Whether events are wanted now, also where no logger takes them. */
  readonly watching: boolean;
  saw(
    name: EventName,
    severity: EventSeverity,
    attributes: Readonly<Record<string, string | number | boolean>>,
  ): void;
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
  /** Whether what is an event is an event of the active span too. */
  readonly spanEvents: boolean;
  private readonly allows: boolean;
  private readonly logger: FindLogger;
  private watch: EventWatch | undefined;

  /**
   * @internal
   * @param provider - takes the events; without one that which is registered globally, as soon as there is one
   * @param drops - where it is counted that a logger of the host fails
   */
  constructor(
    provider?: HostLoggerProvider,
    settings?: EventSettings,
    private readonly drops: DropLog = new DropLog(),
  ) {
    const { spanEvents = true, allows = false } = readSettings(settings);
    this.spanEvents = spanEvents;
    this.allows = allows;
    this.logger = provider === undefined ? globalLogger() : loggerOf(provider);
  }

  /** Whether anybody takes events: where nobody does, none need be put together. Never throws. */
  get on(): boolean {
    return this.logger() !== undefined || this.watch?.watching === true;
  }

  /** @internal */
  watchedBy(watch: EventWatch): void {
    this.watch = watch;
  }

  /** Whether a decision is an event: one to allow is none unless it was made up, or the host wants all. */
  takes(enforced: string, provenance?: string): boolean {
    return (this.allows || enforced !== 'allowed' || isMadeUp(provenance)) && this.on;
  }

  /**
   * @param severity - where it is not that of the registry
   * @param context - where it is not the active one
   */
  emit<N extends EventName>(
    name: N,
    given: EventAttributes<N>,
    severity?: EventSeverity,
    context?: Context,
  ): void {
    const logger = this.logger();
    const { watch } = this;
    if (logger === undefined && watch?.watching !== true) return;
    try {
      const refused = logger?.refuses?.() === true;
      if (refused && watch?.watching !== true) return;
      const definition: EventDefinition = EVENTS[name];
      const severityText = severity ?? definition.severity;
      const attributes = attributesOf(definition, given, logger?.redacts === true);
      watch?.saw(name, severityText, attributes);
      if (logger === undefined || refused) return;
      const record: LogRecord = {
        eventName: name,
        severityNumber: SEVERITY_NUMBERS[severityText],
        severityText,
        attributes,
        context: context ?? activeContext(),
      };
      logger.emit(record);
    } catch (error) {
      const message = `the event ${printable(name)} was not taken (${errorType(error)}).`;
      this.drops.dropped('logs', 'export_failed', `event/${errorType(error)}`, message);
    }
  }
}

/** What a host gave may be anything, and refuse to be read: it decides nothing then. */
function readSettings(settings: EventSettings | undefined): EventSettings {
  try {
    return { spanEvents: settings?.spanEvents, allows: settings?.allows };
  } catch {
    return {};
  }
}

/** Whether a verdict came about without asking the policy, as after a failure. */
function isMadeUp(provenance: string | undefined): boolean {
  return provenance === 'backend_error' || provenance === 'timeout' || provenance === 'rate_limited';
}

/** What a host has made active; undefined where its context manager fails. */
function activeContext(): Context | undefined {
  try {
    return contextApi.active();
  } catch {
    return undefined;
  }
}

function attributesOf(
  { attributes: names }: EventDefinition,
  given: object,
  redacted: boolean,
): Record<string, string | number | boolean> {
  const attributes: Record<string, string | number | boolean> = {};
  for (const name of names) {
    const value = (given as Readonly<Record<string, unknown>>)[name];
    if (typeof value === 'string') attributes[name] = redacted ? value : (shownValue(name, value) as string);
    else if (typeof value === 'number' || typeof value === 'boolean') attributes[name] = value;
  }
  return attributes;
}

/** Of whoever has no handle: events go to what is registered globally. */
export const GLOBAL_EVENTS = new GovernanceEvents();
