import { secondsSince } from '../common/clock.js';
import type { Instruments } from './instruments.js';

/** A host that was told to stop and is there after so long has not stopped: it is missed again. */
const FAREWELL_SECONDS = 300;

/**
 * That the kernel is there: when it started, its heartbeat, and whether it is about to leave. One for all KernelMetrics
 * on a provider.
 */
export class KernelPresence {
  private said: Said = {};
  private readonly stops: readonly (() => void)[];

  private constructor(private readonly make: Instruments) {
    const startedSeconds = wallSeconds();
    this.stops = [
      make
        .gauge('agent_os_kernel_start_timestamp_seconds')
        .addSource((observe) => observe(startedSeconds, {})),
      make
        .gauge('agent_os_kernel_heartbeat_timestamp_seconds')
        .addSource((observe) => observe(wallSeconds(), {})),
      make.gauge('agent_os_kernel_heartbeat_interval_seconds').addSource((observe) => {
        if (this.said.intervalSeconds !== undefined) observe(this.said.intervalSeconds, {});
      }),
      make.gauge('agent_os_kernel_stopping').addSource((observe) => observe(this.isStopping() ? 1 : 0, {})),
    ];
  }

  static of(make: Instruments): KernelPresence {
    return make.shared(
      'presence',
      (instruments) => new KernelPresence(instruments),
      (mine, theirs) => mine.follow(theirs),
    );
  }

  /** @param intervalMillis - between two pushes; undefined where nothing is pushed */
  begin(intervalMillis: number | undefined): void {
    this.said.intervalSeconds = intervalMillis === undefined ? undefined : intervalMillis / 1000;
    this.said.farewellMillis = undefined;
    this.said.ended = false;
  }

  /** The process was told to stop. Its host decides when it does, and may not. */
  leave(): void {
    this.said.farewellMillis = this.make.clock();
  }

  /** There is no way back. */
  end(): void {
    this.said.ended = true;
  }

  private isStopping(): boolean {
    const { ended, farewellMillis } = this.said;
    if (ended === true) return true;
    return farewellMillis !== undefined && secondsSince(this.make.clock, farewellMillis) < FAREWELL_SECONDS;
  }

  /** Shows from now on what `other` shows. */
  private follow(other: KernelPresence): void {
    for (const stop of this.stops) stop();
    this.said = other.said;
  }
}

interface Said {
  intervalSeconds?: number | undefined;
  farewellMillis?: number | undefined;
  ended?: boolean;
}

const wallSeconds = (): number => Date.now() / 1000;
