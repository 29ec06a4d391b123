import type { GroupState } from './group-state.js';
import type { AggregatorMessage, Change, Channel } from './messages.js';
import { type Scheduler, settledBefore } from './scheduler.js';

/** Processes that keep a copy of the group's state, so that it outlives as many less one that end at the same time. */
const COPIES = 2;
/** Longest time for a standby to take one part of its copy; one that does not take it, keeps none. */
const COPY_MILLIS = 5000;

interface Standby {
  readonly id: string;
  readonly rank: number;
  readonly channel: Channel;
  /** Ends the copying that is under way. */
  cancelled: boolean;
  /** Resolves when the copy is complete, or is no more. */
  copied: Promise<void>;
}

/** The followers that keep a copy of the group's state and take over, the first of them first. */
export class Standbys {
  private readonly standbys: (Standby | undefined)[] = [];

  constructor(
    private readonly state: GroupState,
    private readonly scheduler: Scheduler,
  ) {}

  get isEmpty(): boolean {
    return this.standbys.every((standby) => standby === undefined);
  }

  /** Makes a process a standby, if one is needed. */
  offer(id: string, channel: Channel): void {
    if (this.standbys.some((standby) => standby?.id === id)) return;
    for (let rank = 0; rank < COPIES; rank++) {
      if (this.standbys[rank] === undefined) return this.appoint(id, rank, channel);
    }
  }

  lost(id: string): void {
    const rank = this.standbys.findIndex((standby) => standby?.id === id);
    const standby = this.standbys[rank];
    if (standby === undefined) return;
    standby.cancelled = true;
    this.standbys[rank] = undefined;
  }

  /** Hands a change on, to all but the process that made it: that knows its own series best. */
  hand(change: Change): void {
    const by = 'id' in change ? change.id : undefined;
    const { version } = this.state;
    for (const standby of this.standbys) {
      if (standby !== undefined && standby.id !== by)
        send(standby.channel, { type: 'change', change, version });
    }
  }

  /** Copies all of the state anew: it has changed by more than changes. */
  renew(): void {
    for (const { id, rank, channel } of this.standbys.filter((standby) => standby !== undefined)) {
      this.lost(id);
      this.appoint(id, rank, channel);
    }
  }

  /** Resolves when the system has all that was handed on. */
  async drained(): Promise<void> {
    await Promise.all(
      this.standbys.map(async (standby) => {
        await standby?.copied;
        await standby?.channel.drained();
      }),
    );
  }

  private appoint(id: string, rank: number, channel: Channel): void {
    const standby: Standby = { id, rank, channel, cancelled: false, copied: Promise.resolve() };
    this.standbys[rank] = standby;
    send(channel, { type: 'standby', rank });
    standby.copied = this.copy(standby);
  }

  /** What changes on the way is handed on as it changes; what was not copied yet is copied as it is then. */
  private async copy(standby: Standby): Promise<void> {
    const { channel, id } = standby;
    for (const changes of this.state.copy(id)) {
      for (const change of changes) send(channel, { type: 'change', change, version: this.state.version });
      const taken = await settledBefore(channel.drained(), COPY_MILLIS, this.scheduler);
      if (standby.cancelled) return;
      if (!taken) return this.lost(id);
    }
    send(channel, { type: 'copyComplete', version: this.state.version });
  }
}

function send(channel: Channel, message: AggregatorMessage): void {
  channel.send(message);
}
