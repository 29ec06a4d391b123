import { elapsedMillis, nextTurn } from '../common/timers.js';

/** Longest time between two turns of the event loop. */
const TURN_MILLIS = 5;
/** Steps between two looks at the clock. */
const STEPS_PER_LOOK = 64;

/** Long work in pieces: between them the event loop runs, so that a host's requests wait for no more than one piece. */
export class Turns {
  private steps = 0;
  private began = elapsedMillis();

  /** Counts one step of the work; true when it is time to wait for `next()`. */
  isOver(): boolean {
    return ++this.steps % STEPS_PER_LOOK === 0 && elapsedMillis() - this.began > TURN_MILLIS;
  }

  async next(): Promise<void> {
    await nextTurn();
    this.began = elapsedMillis();
  }
}
