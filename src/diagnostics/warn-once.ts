import { diag } from '@opentelemetry/api';

/** What is said, or what makes it when it is. */
export type Message = string | (() => string);

/** Causes remembered at most; past it a new cause is not warned about (it is still counted). */
const MAX_CAUSES = 1000;

/**
 * Warns once per cause through the API's `diag`, so that a fault in a hot loop costs one line. What is warned about is
 * also counted in `agent_os_telemetry_dropped_total`. Never throws, whatever logger the host has set.
 */
export class WarnOnce {
  private readonly warned = new Set<string>();

  warnOnce(cause: string, message: Message): void {
    if (this.warned.has(cause) || this.warned.size >= MAX_CAUSES) return;
    this.warned.add(cause);
    try {
      diag.warn(`agent-os-observability: ${typeof message === 'function' ? message() : message}`);
    } catch {
      // A logger of the host that throws is not the host's recording path.
    }
  }
}
