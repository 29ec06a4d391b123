import type { GroupState } from './group-state.js';
import { isNewer, type Version } from './messages.js';
import { type Scheduler, settledBefore } from './scheduler.js';

/** How long the first page waits for the processes that a predecessor knew. */
const SUCCESSION_MILLIS = 1000;
/** How long it waits where a predecessor has left its mark, and nobody has come. */
const NOBODY_MILLIS = 250;
/** A copy that comes later would undo what has changed since. */
const ADOPT_MILLIS = 30_000;

/** What an aggregator takes over of one that has ended: who is to come, and what was known. */
export class Succession {
  /** The newest copy of a predecessor's state that is known here. */
  base: Version;
  /** Whether the first page must wait. */
  isUnderWay: boolean;
  /** Resolves when it need not any more. */
  readonly ended: Promise<void>;
  private readonly awaited = new Set<string>();
  private readonly beganAt: number;
  private settle: () => void = () => {};

  /**
   * @param hasMark - whether a predecessor has left its mark
   * @param hasCome - whether any process has come
   */
  constructor(
    state: GroupState,
    private readonly self: string,
    hasMark: boolean,
    private readonly scheduler: Scheduler,
    private readonly hasCome: () => boolean,
  ) {
    this.base = state.version;
    this.beganAt = scheduler.now();
    this.awaitMembers(state, this.base);
    this.isUnderWay = hasMark || this.awaited.size > 0;
    this.ended = this.isUnderWay ? this.wait() : Promise.resolve();
  }

  /** Whether a copy of a predecessor's state tells something new. */
  wants(copy: Version | null): boolean {
    const isEarly = this.scheduler.now() - this.beganAt < ADOPT_MILLIS;
    return isEarly && copy?.[2] !== this.self && isNewer(copy, this.base);
  }

  /** A copy is taken over; those that are here already are not waited for. */
  adopts(copy: GroupState, version: Version, here: Iterable<string>): void {
    this.base = version;
    this.awaitMembers(copy, version);
    for (const id of here) this.awaited.delete(id);
    this.check();
  }

  /** A process has reported all it has. */
  arrived(id: string): void {
    this.awaited.delete(id);
    this.check();
  }

  private awaitMembers(state: GroupState, [, , predecessor]: Version): void {
    for (const { id, live } of state.members.values()) {
      if (live && id !== predecessor && id !== this.self) this.awaited.add(id);
    }
  }

  private check(): void {
    if (this.awaited.size === 0 && this.base[0] > 0) this.settle();
  }

  private async wait(): Promise<void> {
    const complete = new Promise<void>((resolve) => (this.settle = resolve));
    const isComplete = await settledBefore(complete, NOBODY_MILLIS, this.scheduler);
    const mayCome = this.awaited.size > 0 || this.hasCome();
    if (!isComplete && mayCome) {
      await settledBefore(complete, SUCCESSION_MILLIS - NOBODY_MILLIS, this.scheduler);
    }
    this.awaited.clear();
    this.isUnderWay = false;
  }
}
