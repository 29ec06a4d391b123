import type { DropLog } from '../../diagnostics/drop-log.js';

/** Causes of one outage that are told at most. */
const MAX_CAUSES = 5;

/** Says once per cause that an endpoint takes nothing, and once that it takes telemetry again. */
export class DeliveryLog {
  private readonly causes = new Set<string>();
  private outages = 0;
  private lost = 0;

  /**
   * @param what - which telemetry, as a line begins
   * @param endpoint - where it goes, without secrets
   */
  constructor(
    private readonly what: string,
    private readonly endpoint: string,
    private readonly drops: DropLog,
  ) {}

  /**
   * @param outcome - what becomes of what was not delivered
   * @param lost - how much of it nobody will get
   */
  failed(reason: string, outcome: string, lost = 0): void {
    if (this.causes.size === 0) this.outages++;
    this.lost += lost;
    if (this.causes.has(reason) || this.causes.size >= MAX_CAUSES) return;
    this.causes.add(reason);
    const cause = `${this.what}/${this.outages}/${this.causes.size}`;
    this.drops.warn(cause, `${this.what}: ${this.endpoint} did not take them (${reason}); ${outcome}.`);
  }

  delivered(): void {
    if (this.causes.size === 0) return;
    const lost = this.lost === 0 ? 'nothing was lost' : `${this.lost} were lost`;
    this.causes.clear();
    this.lost = 0;
    const cause = `${this.what}/${this.outages}/delivered`;
    this.drops.warn(cause, `${this.what}: ${this.endpoint} takes them again; ${lost}.`);
  }
}
