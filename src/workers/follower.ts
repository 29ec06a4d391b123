import type { PageRequest } from '../exposition/exposition-source.js';
import { nextTurn } from '../common/timers.js';
import type { GroupState } from './group-state.js';
import {
  type AggregatorMessage,
  type Channel,
  type FollowerMessage,
  isNewer,
  type Member,
  PROTOCOL,
  type Version,
} from './messages.js';
import { OwnReports } from './own-reports.js';
import { RemotePages } from './remote-pages.js';
import { type Scheduler, settledBefore } from './scheduler.js';
import type { WorkerSource } from './worker-source.js';

/** The aggregator must have answered by then. */
const WELCOME_MILLIS = 5000;

export interface FollowerOptions {
  readonly self: Member;
  readonly service: string;
  readonly source: WorkerSource;
  readonly scheduler: Scheduler;
  /** Longest time between two chunks of a page. */
  readonly pageTimeoutMillis: number;
  /** A copy of the group's state that is left from a predecessor of the aggregator. */
  readonly copy: GroupState | undefined;
  readonly emptyState: () => GroupState;
}

/** How a process was received. */
export interface Reception {
  /** Who serves the page; undefined where this process was not taken. */
  readonly welcome: Extract<AggregatorMessage, { type: 'welcome' }> | undefined;
  readonly why: string;
}

/** A process that reports to the aggregator of its group. */
export class Follower {
  /** Settles when the aggregator has answered, or gone. */
  readonly received: Promise<Reception>;
  /** Resolves when the way to the aggregator is gone. */
  readonly ended: Promise<void>;
  /** How soon it takes over. */
  rank = Infinity;
  /** The newest complete copy of the group's state. */
  copy: GroupState | undefined;
  private copying: GroupState | undefined;
  private readonly own: OwnReports;
  private readonly pages: RemotePages;
  private receive: (reception: Reception) => void = () => {};
  private parted: () => void = () => {};

  constructor(
    private readonly channel: Channel,
    private readonly options: FollowerOptions,
  ) {
    const { self, service, copy, scheduler } = options;
    this.copy = copy;
    this.own = new OwnReports(options.source, (report) => {
      this.send({ type: 'report', report });
      return channel.drained();
    });
    this.pages = new RemotePages((page, request) => this.send({ type: 'page', page, request }), {
      scheduler,
      timeoutMillis: options.pageTimeoutMillis,
    });
    this.received = new Promise((resolve) => (this.receive = resolve));
    let ended: () => void = () => {};
    this.ended = new Promise((resolve) => (ended = resolve));
    channel.onMessage = (message) => this.take(message as AggregatorMessage);
    channel.onClose = () => {
      this.receive({ welcome: undefined, why: 'it has gone' });
      this.pages.fail();
      this.parted();
      ended();
    };
    this.send({ type: 'hello', protocol: PROTOCOL, service, member: self, copy: copy?.version ?? null });
    const stop = scheduler.after(WELCOME_MILLIS, () => channel.close());
    void this.received.then(stop);
  }

  /** Reports what has changed. Never rejects. */
  report(): Promise<void> {
    return this.own.report(false);
  }

  /** The page of all processes, from the one that serves it. Rejects where it does not come in time. */
  page(request: PageRequest): AsyncIterable<string> {
    return this.pages.open(request);
  }

  /** Hands the last values over, and parts. */
  async leave(deadlineMillis: number): Promise<void> {
    const parted = new Promise<void>((resolve) => (this.parted = resolve));
    const work = this.own.report(true).then(() => {
      this.send({ type: 'bye' });
      return parted;
    });
    await settledBefore(work, deadlineMillis, this.options.scheduler);
    this.channel.close();
  }

  /** The same at once, in the last turn of the process. */
  leaveAtOnce(): void {
    this.own.reportAtOnce();
  }

  close(): void {
    this.channel.close();
  }

  private take(message: AggregatorMessage): void {
    switch (message.type) {
      case 'welcome':
        if (message.protocol !== PROTOCOL)
          return this.refused(`it speaks version ${message.protocol} of the protocol`);
        if (!isNewer(this.copy?.version ?? null, message.base)) this.keep(undefined);
        this.receive({ welcome: message, why: '' });
        void this.own.report(true);
        break;
      case 'refused':
        return this.refused(message.why);
      case 'poll':
        void this.own.report(true).then(() => this.send({ type: 'polled', poll: message.poll }));
        break;
      case 'standby':
        this.rank = message.rank;
        this.copying?.clear();
        this.copying = this.options.emptyState();
        break;
      case 'change':
        if (this.copying !== undefined) this.copying.apply(message.change);
        else this.apply(this.copy, message);
        break;
      case 'copyComplete':
        if (this.copying === undefined) break;
        this.copying.version = message.version;
        this.keep(this.copying);
        this.copying = undefined;
        break;
      case 'giveCopy':
        void this.giveCopy(this.copy);
        break;
      case 'goodbye':
        this.parted();
        break;
      case 'chunk':
        this.pages.take(message.page, message.text);
        break;
      case 'pageEnd':
        this.pages.end(message.page, message.failed);
        break;
    }
  }

  private keep(copy: GroupState | undefined): void {
    this.copy?.clear();
    this.copy = copy;
  }

  private apply(copy: GroupState | undefined, message: Extract<AggregatorMessage, { type: 'change' }>): void {
    if (copy === undefined || copy.version[2] !== message.version[2]) return;
    copy.apply(message.change);
    copy.version = message.version;
  }

  private refused(why: string): void {
    this.receive({ welcome: undefined, why });
    this.channel.close();
  }

  private async giveCopy(copy: GroupState | undefined): Promise<void> {
    const version: Version | null = copy?.version ?? null;
    for (const changes of copy?.copy(this.options.self.id) ?? []) {
      for (const change of changes) this.send({ type: 'copied', change });
      await this.channel.drained();
      await nextTurn();
    }
    this.send({ type: 'copyEnded', version });
  }

  private send(message: FollowerMessage): void {
    this.channel.send(message);
  }
}
