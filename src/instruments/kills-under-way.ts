import { type Clock, secondsSince } from '../common/clock.js';
import type { Stop } from '../common/timers.js';
import { KILL_TIMEOUT_SECONDS, type KillOutcome } from '../semconv/values.js';
import { dropCall, type Recorder } from './host-calls.js';
import type { Instruments } from './instruments.js';

/** More are counted all the same, but a host that never ends them must not fill the memory. */
const MOST_UNDER_WAY = 10_000;

/** Calls `act` after so many milliseconds, unless it is stopped. */
export type Schedule = (millis: number, act: () => void) => Stop;

/** Kills that have begun and not ended, of all KillMetrics on a provider: what its gauges show. */
export class KillsUnderWay {
  private begun = new Set<UnderWay>();
  private readonly stops: readonly (() => void)[];

  private constructor(make: Instruments) {
    const { clock } = make;
    this.stops = [
      make.gauge('agent_os_kills_in_progress').addSource((observe) => observe(this.begun.size, {})),
      make
        .gauge('agent_os_kill_oldest_age_seconds')
        .addSource((observe) => observe(this.oldestAge(clock), {})),
    ];
  }

  /** @internal */
  static of(make: Instruments): KillsUnderWay {
    return make.shared(
      'kills',
      (instruments) => new KillsUnderWay(instruments),
      (mine, theirs) => mine.follow(theirs),
    );
  }

  add(kill: UnderWay): void {
    if (this.begun.size < MOST_UNDER_WAY) this.begun.add(kill);
  }

  remove(kill: UnderWay): void {
    this.begun.delete(kill);
  }

  private oldestAge(clock: Clock): number {
    let oldest = Infinity;
    for (const { startMs } of this.begun) oldest = Math.min(oldest, startMs);
    return oldest === Infinity ? 0 : secondsSince(clock, oldest);
  }

  /** Shows from now on what `other` shows, which takes the kills under way over. */
  private follow(other: KillsUnderWay): void {
    for (const stop of this.stops) stop();
    for (const kill of this.begun) other.begun.add(kill);
    this.begun = other.begun;
  }
}

interface UnderWay {
  readonly startMs: number;
}

/** A kill that has begun, for those who cannot wrap it. */
export interface RunningKill {
  /** Says how it went; only the first call counts. `durationSeconds` where it was timed elsewhere. */
  end(how: { outcome: KillOutcome; durationSeconds?: number | undefined }): void;
}

/** What is told of one kill. */
export interface KillCounts {
  /** Counts the attempt; `errorType` is of what it threw. */
  attempt(outcome: KillOutcome, durationSeconds?: number, errorType?: string): void;
  /** Counts what was sent and how long it took, where something was stopped. */
  stopped(durationSeconds: number): void;
  /** It is under way for too long. */
  timedOut(): void;
}

/**
 * One kill from its begin to its end. One that takes too long is counted then, as timed out, and not a second time when
 * it ends after all; what it stopped then is counted.
 */
export class TrackedKill implements RunningKill {
  /** It was counted as timed out. */
  late = false;
  private ended = false;
  readonly startMs: number;
  private readonly stopTimer: Stop;

  constructor(
    private readonly recorder: Recorder,
    private readonly underWay: KillsUnderWay,
    private readonly counts: KillCounts,
    schedule: Schedule,
  ) {
    this.startMs = recorder.registry.clock();
    this.stopTimer = schedule(KILL_TIMEOUT_SECONDS * 1000, () => this.timeOut());
    underWay.add(this);
  }

  end(how: { outcome: KillOutcome; durationSeconds?: number | undefined; errorType?: string }): void {
    if (this.ended) return;
    this.ended = true;
    this.stopTimer();
    this.underWay.remove(this);
    try {
      const { outcome, durationSeconds = secondsSince(this.recorder.registry.clock, this.startMs) } = how;
      // A handler that blocks the event loop ends before the timer has had its turn.
      if (durationSeconds > KILL_TIMEOUT_SECONDS || outcome === 'timed_out') this.timeOut();
      if (!this.late) this.counts.attempt(outcome, durationSeconds, how.errorType);
      if (outcome === 'stopped') this.counts.stopped(durationSeconds);
    } catch (error) {
      dropCall(this.recorder, 'RunningKill.end', error);
    }
  }

  /** It is the same as one that is counted inside of it. */
  countedWithin(): void {
    if (this.ended) return;
    this.ended = true;
    this.stopTimer();
    this.underWay.remove(this);
  }

  private timeOut(): void {
    if (this.late) return;
    this.late = true;
    try {
      this.counts.attempt('timed_out');
      this.counts.timedOut();
    } catch (error) {
      dropCall(this.recorder, 'KillMetrics', error);
    }
  }
}
