import type { Channel } from './messages.js';

/** Where the processes of a group meet. */
export interface Place {
  /** Tries to become the one that serves for all. Rejects where nobody could. */
  claim(): Promise<ClaimedPlace | TakenPlace>;
  /** Gives up a claim that is under way. */
  abandon(): Promise<void>;
  /** A way to the one that serves. Rejects where there is none. */
  connect(): Promise<Channel>;
}

/** Another has the place. */
export interface TakenPlace {
  readonly takenBecause: unknown;
}

/** The place, while this process serves for all. */
export interface ClaimedPlace {
  /** URL of the page; undefined where it is not known. */
  readonly url: string | undefined;
  /** Whether one that served before has left its mark: some of its followers may come. */
  readonly succeeds: boolean;
  /** Others come from now on. */
  listen(onChannel: (channel: Channel) => void): void;
  /** Whether the place is still ours; looked at now and then. */
  isHeld(): Promise<boolean>;
  /** @param leavesMark - whether there are followers, one of which is to take over */
  release(leavesMark: boolean): Promise<void>;
}
