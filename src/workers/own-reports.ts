import { nextTurn } from '../common/timers.js';
import type { PageContent } from '../exposition/page-content.js';
import { ChangeReports } from './change-reports.js';
import type { Report } from './messages.js';
import type { WorkerSource } from './worker-source.js';

/** Where reports go; resolves when they may go on. */
export type ReportSink = (report: Report) => Promise<void> | void;

/** The reports of this process to one reader: one look after the other. */
export class OwnReports {
  private readonly changes = new ChangeReports();
  private last: Promise<void> = Promise.resolve();
  private running = false;
  /** One that has not begun; whoever asks meanwhile gets it too. */
  private waiting: Promise<void> | undefined;

  constructor(
    private readonly source: WorkerSource,
    private readonly sink: ReportSink,
  ) {}

  /** Reports what has changed. Never rejects. */
  report(askCallbacks: boolean): Promise<void> {
    if (this.waiting !== undefined) return this.waiting;
    if (!askCallbacks && this.running) return this.last;
    const report = this.last.then(() => this.reportNow(askCallbacks)).catch(() => {});
    this.waiting = askCallbacks ? report : undefined;
    this.last = report;
    return report;
  }

  /** The same at once, in the last turn of the process: what callbacks give is as they last gave it. */
  reportAtOnce(): void {
    const content = this.source.recorded();
    if (content === undefined) return;
    const changes = this.changes.isBroken ? new ChangeReports() : this.changes;
    for (const report of changes.look(content.streams, false))
      if (report !== undefined) void this.sink(report);
  }

  private async reportNow(askCallbacks: boolean): Promise<void> {
    this.running = true;
    if (askCallbacks) this.waiting = undefined;
    try {
      const { content, complete } = await this.look(askCallbacks);
      if (content === undefined) return;
      for (const report of this.changes.look(content.streams, complete)) {
        if (report === undefined) await nextTurn();
        else await this.sink(report);
      }
      if (complete) this.source.contentRead();
    } finally {
      this.running = false;
    }
  }

  private async look(
    askCallbacks: boolean,
  ): Promise<{ content: PageContent | undefined; complete: boolean }> {
    const { source } = this;
    const recorded = askCallbacks ? undefined : source.recorded();
    if (recorded !== undefined) return { content: recorded, complete: false };
    try {
      return { content: await source.content(), complete: true };
    } catch {
      return { content: source.recorded(), complete: false }; // callbacks that fail cost no more than what they give
    }
  }
}
