import type { Clock } from '../../common/clock.js';

/** What is counted already of a request that the SDK is about to report. */
export interface CountedReport {
  readonly action: string;
  readonly decision: string;
  /** The SDK's own time, which tells two requests apart; undefined where it is not known. */
  readonly millis: number | undefined;
  /** Whether the request is counted, and not the decision alone. */
  readonly request: boolean;
}

/** The SDK reports a request as soon as it is decided; what is older belongs to one that nobody reports. */
const KEPT_MILLIS = 1000;
const KEPT = 256;

/**
 * The requests that were counted a moment ago. A report of one of them counts nothing more, and a report of any other
 * request does, whatever else of the process is instrumented.
 */
export class CountedReports {
  /** Whether somebody listens to the SDK's reports. */
  expected = false;
  private readonly recent: (CountedReport & { readonly atMs: number })[] = [];

  constructor(private readonly clock: Clock) {}

  add(action: string, decision: string, millis: number | undefined, request: boolean): void {
    if (!this.expected) return;
    this.recent.push({ action, decision, millis, request, atMs: this.clock() });
    if (this.recent.length > KEPT) this.recent.shift();
  }

  /** What is counted of the request that is reported, once; undefined where it is none of those. */
  take(action: string, decision: unknown, millis: unknown): CountedReport | undefined {
    const oldest = this.clock() - KEPT_MILLIS;
    while (this.recent[0] !== undefined && this.recent[0].atMs < oldest) this.recent.shift();
    const at = this.recent.findIndex(
      (one) =>
        one.action === action &&
        one.decision === decision &&
        (one.millis === undefined || one.millis === millis),
    );
    return at === -1 ? undefined : this.recent.splice(at, 1)[0];
  }
}
