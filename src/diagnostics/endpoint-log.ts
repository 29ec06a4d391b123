import type { EvictedState, RefusalReason } from '../semconv/values.js';
import type { DropLog } from './drop-log.js';

/** What each refusal means, and what may be done about it. */
const REFUSALS: Readonly<Record<RefusalReason, string>> = {
  unauthenticated:
    'without credentials that prometheus.auth accepts (401). If it is your scraper, give it the same secret',
  host: 'for a host that is not in prometheus.allowedHosts (421). If it is your scraper, list the name it uses',
  malformed: 'that is no sound HTTP (400 or 431)',
  timeout: 'that was not sent in time (408)',
  tls: 'whose TLS handshake failed: another protocol, or no client certificate that tls.clientCaFile has signed',
  sockets: 'because all sockets were taken by requests under way',
};

/** Where it is counted, and once for each reason said, whom the endpoint turned away. */
export class EndpointLog {
  private onRefused: ((reason: RefusalReason) => void) | undefined;
  private onEvicted: ((state: EvictedState) => void) | undefined;

  constructor(private readonly drops: DropLog) {}

  /** Sets where both are counted; without it they are only said. */
  countInto(refused: (reason: RefusalReason) => void, evicted: (state: EvictedState) => void): void {
    this.onRefused = refused;
    this.onEvicted = evicted;
  }

  /** @param from - address of the client */
  refused(reason: RefusalReason, from?: string): void {
    this.onRefused?.(reason);
    const whose = from === undefined ? '' : ` from ${from}`;
    this.warn(
      `refused/${reason}`,
      `the metrics endpoint refused a request${whose} ${REFUSALS[reason]}. Said once; agent_os_telemetry_endpoint_refused_total counts.`,
    );
  }

  /** A socket that had to go for another. */
  evicted(state: EvictedState): void {
    this.onEvicted?.(state);
  }

  /** Says something once. */
  warn(cause: string, message: string): void {
    this.drops.warn(`endpoint/${cause}`, message);
  }
}
