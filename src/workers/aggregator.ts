import { nextTurn } from '../common/timers.js';
import type { PageRequest, ExpositionPage } from '../exposition/exposition-source.js';
import type { PageContent } from '../exposition/page-content.js';
import { GroupState, type MemberState } from './group-state.js';
import { type HostGauges, mergedContent } from './merged-page.js';
import {
  type AggregatorMessage,
  type Change,
  type Channel,
  type FollowerMessage,
  type Member,
  PROTOCOL,
  type Version,
} from './messages.js';
import { OwnReports } from './own-reports.js';
import { type Scheduler, settledBefore } from './scheduler.js';
import { Standbys } from './standbys.js';
import { Succession } from './succession.js';
import type { WorkerSource } from './worker-source.js';

/** Longest time for the answers of the other processes to one scrape; past it their last reports are shown. */
const POLL_MILLIS = 1000;
/** How long a process that has left is kept apart, in case it comes back. */
const FOLD_AFTER_MILLIS = 60_000;
/** Processes that have left and are kept apart. */
const MAX_LEFT = 64;
/** Processes at once. */
const MAX_MEMBERS = 256;
/** A process that has connected must say who it is by then. */
const HELLO_MILLIS = 5000;

export interface AggregatorOptions {
  readonly self: Member;
  readonly service: string;
  readonly source: WorkerSource;
  readonly gauges: HostGauges;
  readonly state: GroupState;
  /** Makes a state for a copy that another process gives. */
  readonly emptyState: () => GroupState;
  /** Where the page is served. */
  readonly url: string | undefined;
  /** Whether there was an aggregator before, of whose followers some may come. */
  readonly succeeds: boolean;
  readonly scheduler: Scheduler;
  readonly isRunning: (pid: number) => boolean;
  readonly openPage: (request: PageRequest) => Promise<ExpositionPage>;
  /** Told once for each cause why a process was not taken. */
  readonly refused: (why: string) => void;
}

interface Connection {
  readonly channel: Channel;
  readonly id: string;
  /** The poll it was asked last, and the one it answered last. */
  asked: number;
  answered: number;
  onAnswer: () => void;
  copy: GroupState | undefined;
}

/** The process that serves the page of all: it takes what the others report. */
export class Aggregator {
  private readonly connections = new Map<string, Connection>();
  private readonly leftAt = new Map<string, number>();
  private readonly standbys: Standbys;
  private readonly own: OwnReports;
  private polls = 0;
  private collecting: Promise<PageContent> | undefined;
  private readonly succession: Succession;

  constructor(private readonly options: AggregatorOptions) {
    const { state, self, scheduler, succeeds } = options;
    this.succession = new Succession(state, self.id, succeeds, scheduler, () => this.hasFollowers);
    state.version = [state.version[0] + 1, 0, self.id];
    this.standbys = new Standbys(state, scheduler);
    this.own = new OwnReports(options.source, (report) =>
      this.change({ type: 'reported', id: self.id, report }),
    );
    for (const { id } of state.members.values()) {
      state.apply({ type: 'left', id });
      this.leftAt.set(id, scheduler.now());
    }
    if (state.instance === undefined) {
      const { startedAt, resource } = self;
      const instance = resource['service.instance.id'];
      state.apply({
        type: 'founded',
        startedAt,
        instance: instance === undefined ? null : String(instance),
        folded: [],
      });
    }
    state.apply({ type: 'joined', ...self });
  }

  /** Whether the page of this process alone is that of all. */
  get isAlone(): boolean {
    const { state, self } = this.options;
    return !this.succession.isUnderWay && !state.isMoreThan(self.id);
  }

  get hasFollowers(): boolean {
    return this.connections.size > 0;
  }

  /** Takes a process that has connected. */
  accept(channel: Channel): void {
    const stop = this.options.scheduler.after(HELLO_MILLIS, () => channel.close());
    channel.onClose = stop;
    channel.onMessage = (message) => {
      stop();
      if (message.type === 'hello') this.welcome(channel, message);
      else channel.close();
    };
  }

  /** What is due each interval. */
  async tick(): Promise<void> {
    const { scheduler, state } = this.options;
    const now = scheduler.now();
    const surplus = this.leftAt.size - MAX_LEFT;
    for (const [index, [id, at]] of [...this.leftAt].entries()) {
      const { pid } = state.members.get(id) ?? {};
      const mayReturn = now - at < FOLD_AFTER_MILLIS || (pid !== undefined && this.options.isRunning(pid));
      if (index >= surplus && mayReturn) continue;
      this.leftAt.delete(id);
      if (state.members.get(id)?.live === false) this.change({ type: 'folded', id });
    }
    if (!this.standbys.isEmpty) await this.own.report(false);
  }

  /** All processes' metrics as they are now. Those at the same time share one collection. */
  collect(): Promise<PageContent> {
    this.collecting ??= this.collectOnce().finally(() => (this.collecting = undefined));
    return this.collecting;
  }

  /** Hands the last values to those that take over. */
  async handOver(deadlineMillis: number): Promise<void> {
    if (!this.hasFollowers) return;
    const work = this.own.report(true).then(() => this.standbys.drained());
    await settledBefore(work, deadlineMillis, this.options.scheduler);
  }

  /** The same at once, in the last turn of the process. */
  leaveAtOnce(): void {
    if (this.hasFollowers) this.own.reportAtOnce();
  }

  close(): void {
    for (const { channel } of this.connections.values()) channel.close();
    this.connections.clear();
  }

  private async collectOnce(): Promise<PageContent> {
    const { scheduler, state, self, gauges } = this.options;
    await this.succession.ended;
    const polled = Promise.all([...this.connections.values()].map((connection) => this.poll(connection)));
    await Promise.all([this.own.report(true), settledBefore(polled, POLL_MILLIS, scheduler)]);
    // What a page shows must outlive this process: otherwise totals would fall, which looks like a restart.
    await settledBefore(this.standbys.drained(), POLL_MILLIS, scheduler);
    const own = state.members.get(self.id) as MemberState;
    const steps = mergedContent(state, own, gauges, scheduler.now());
    for (let step = steps.next(); ; step = steps.next()) {
      if (step.done) return step.value;
      await nextTurn();
    }
  }

  /** Asks a process for its values now. One that did not answer the last time is asked, and not waited for. */
  private async poll(connection: Connection): Promise<void> {
    const isLate = connection.answered < connection.asked;
    const poll = ++this.polls;
    connection.asked = poll;
    send(connection.channel, { type: 'poll', poll });
    if (!isLate) await new Promise<void>((resolve) => (connection.onAnswer = resolve));
  }

  private welcome(channel: Channel, { protocol, service, member, copy }: Hello): void {
    const { options } = this;
    const why = this.whyNot(protocol, service, member);
    if (why !== undefined) {
      options.refused(why);
      send(channel, { type: 'refused', why });
      return channel.close();
    }
    const { id } = member;
    this.connections.get(id)?.channel.close();
    this.standbys.lost(id);
    const connection: Connection = {
      channel,
      id,
      asked: 0,
      answered: 0,
      onAnswer: () => {},
      copy: undefined,
    };
    this.connections.set(id, connection);
    this.leftAt.delete(id);
    const { url } = options;
    send(channel, {
      type: 'welcome',
      protocol: PROTOCOL,
      pid: options.self.pid,
      url: url ?? null,
      base: this.succession.base,
    });
    this.change({ type: 'joined', ...member });
    channel.onMessage = (message) => this.take(connection, message as FollowerMessage);
    channel.onClose = () => this.lost(connection);
    if (this.succession.wants(copy)) send(channel, { type: 'giveCopy' });
    this.standbys.offer(id, channel);
    void this.own.report(false); // while it was alone there was nobody to report to
  }

  private whyNot(protocol: number, service: string, { id }: Member): string | undefined {
    const { options, connections } = this;
    if (protocol !== PROTOCOL) return `it speaks version ${protocol} of the protocol, not ${PROTOCOL}`;
    if (service !== options.service) return 'it is of another service';
    if (id === options.self.id) return 'it has the id of the process that serves the page';
    if (options.state.folded.has(id)) return 'its counters were added to those of processes that have ended';
    if (connections.size >= MAX_MEMBERS) return `there are ${MAX_MEMBERS} processes already`;
    return undefined;
  }

  private take(connection: Connection, message: FollowerMessage): void {
    const { id, channel } = connection;
    switch (message.type) {
      case 'report':
        this.change({ type: 'reported', id, report: message.report });
        if (message.report.end) this.succession.arrived(id);
        break;
      case 'polled':
        connection.answered = message.poll;
        connection.onAnswer();
        break;
      case 'page':
        void this.sendPage(channel, message.page, message.request);
        break;
      case 'copied':
        connection.copy ??= this.options.emptyState();
        connection.copy.apply(message.change);
        break;
      case 'copyEnded':
        this.adopt(connection, message.version);
        break;
      case 'bye':
        send(channel, { type: 'goodbye' });
        break;
      case 'hello':
        break;
    }
  }

  /** A follower had a newer copy of what a predecessor knew. */
  private adopt(connection: Connection, version: Version | null): void {
    const { state, scheduler } = this.options;
    const { copy } = connection;
    connection.copy = undefined;
    if (copy === undefined) return;
    if (version === null || !this.succession.wants(version)) return copy.clear();
    const { self } = this.options;
    this.succession.adopts(copy, version, this.connections.keys());
    state.adopt(copy, (id) => id === self.id || this.connections.has(id));
    state.version = [Math.max(state.version[0], version[0] + 1), state.version[1] + 1, self.id];
    for (const { id, live } of state.members.values()) {
      if (!live && !this.leftAt.has(id)) this.leftAt.set(id, scheduler.now());
    }
    this.standbys.renew();
  }

  private lost(connection: Connection): void {
    const { id } = connection;
    connection.onAnswer();
    connection.copy?.clear();
    if (this.connections.get(id) !== connection) return;
    this.connections.delete(id);
    this.leftAt.set(id, this.options.scheduler.now());
    this.standbys.lost(id);
    this.change({ type: 'left', id });
    for (const other of this.connections.values()) this.standbys.offer(other.id, other.channel);
  }

  private change(change: Change): void {
    const { state } = this.options;
    state.version = [state.version[0], state.version[1] + 1, state.version[2]];
    state.apply(change);
    this.standbys.hand(change);
  }

  private async sendPage(channel: Channel, page: number, request: PageRequest): Promise<void> {
    try {
      for await (const text of await this.options.openPage(request)) {
        send(channel, { type: 'chunk', page, text });
        await channel.drained();
      }
      send(channel, { type: 'pageEnd', page });
    } catch {
      send(channel, { type: 'pageEnd', page, failed: 'the page could not be made' });
    }
  }
}

type Hello = Extract<FollowerMessage, { type: 'hello' }>;

function send(channel: Channel, message: AggregatorMessage): void {
  channel.send(message);
}
