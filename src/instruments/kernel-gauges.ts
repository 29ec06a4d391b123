import { secondsSince } from '../common/clock.js';
import { RATE_WINDOW, RATE_WINDOW_SECONDS } from '../semconv/values.js';
import type { Instruments } from './instruments.js';
import { KernelPresence } from './kernel-presence.js';
import { SlidingRatio } from './sliding-ratio.js';

interface KernelInfo {
  readonly version: string;
  readonly policy_mode: string;
}

/**
 * What the kernel's gauges show. One for all KernelMetrics on a provider, or an idle one would hide what another
 * counted.
 */
export class KernelGauges {
  /** Violations by requests. */
  violations: SlidingRatio;
  private known: { info: KernelInfo | undefined } = { info: undefined };
  private readonly stops: readonly (() => void)[];

  private constructor(make: Instruments) {
    const { clock } = make;
    const startedMillis = clock();
    KernelPresence.of(make);
    this.violations = new SlidingRatio(RATE_WINDOW_SECONDS, clock);
    this.stops = [
      make
        .gauge('agent_os_kernel_uptime_seconds')
        .addSource((observe) => observe(secondsSince(clock, startedMillis), {})),
      make
        .gauge('agent_os_violation_rate')
        .addSource((observe) => observe(this.violations.perThousand(), { window: RATE_WINDOW })),
      make.gauge('agent_os_kernel_info').addSource((observe) => {
        if (this.known.info) observe(1, this.known.info);
      }),
    ];
  }

  static of(make: Instruments): KernelGauges {
    return make.shared(
      'kernel',
      (instruments) => new KernelGauges(instruments),
      (mine, theirs) => mine.follow(theirs),
    );
  }

  /** What `agent_os_kernel_info` shows, once it is known. */
  set info(info: KernelInfo) {
    this.known.info = info;
  }

  /** Shows from now on what `other` shows, which reads it as well. */
  private follow(other: KernelGauges): void {
    for (const stop of this.stops) stop();
    this.violations = other.violations;
    other.known.info ??= this.known.info;
    this.known = other.known;
  }
}
