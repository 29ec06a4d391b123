import { secondsSince } from '../common/clock.js';
import { RATE_WINDOW, RATE_WINDOW_SECONDS } from '../semconv/values.js';
import type { Instruments } from './instruments.js';
import { SlidingRatio } from './sliding-ratio.js';

/**
 * What the kernel's gauges show. One for all KernelMetrics on a provider, or an idle one would hide what another
 * counted.
 */
export class KernelGauges {
  /** Violations by requests. */
  readonly violations: SlidingRatio;
  /** Labels of `agent_os_kernel_info`, once they are known. */
  info: { version: string; policy_mode: string } | undefined = undefined;

  private constructor(make: Instruments) {
    const { clock } = make;
    const startedMillis = clock();
    this.violations = new SlidingRatio(RATE_WINDOW_SECONDS, clock);
    make
      .gauge('agent_os_kernel_uptime_seconds')
      .addSource((observe) => observe(secondsSince(clock, startedMillis), {}));
    make
      .gauge('agent_os_violation_rate')
      .addSource((observe) => observe(this.violations.perThousand(), { window: RATE_WINDOW }));
    make.gauge('agent_os_kernel_info').addSource((observe) => {
      if (this.info) observe(1, this.info);
    });
  }

  static of(make: Instruments): KernelGauges {
    return make.shared('kernel', () => new KernelGauges(make));
  }
}
