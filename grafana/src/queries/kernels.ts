// One row for each kernel: by its id, which a restart leaves as it is.
import { aggregate, Expression, overTime, sum } from '../../../prometheus/src/promql/index.js';
import { increaseOf } from './increase-of.js';
import { measured } from './scope.js';

/** So long a kernel that is gone stays in the lists. */
export const LISTED = '1h';
export const KERNEL = ['service_name', 'deployment_environment_name', 'agent_os_kernel_id'] as const;
type Kernel = (typeof KERNEL)[number];

const info = measured('agent_os_kernel_info');
const uptime = measured('agent_os_kernel_uptime_seconds');

/** With what each runs, of those that were there within the hour. */
export const RUNNING = aggregate('max', overTime('last', info, LISTED), [
  ...KERNEL,
  'version',
  'policy_mode',
]);

export const UPTIME = aggregate('min', uptime, KERNEL);

/** Seconds since the newest sample of each, by the clock of Prometheus and the timestamps of whoever took the sample. */
export const SILENCE: Expression<Kernel> = aggregate(
  'min',
  new Expression<Kernel>(`time() - timestamp(${uptime.text})`),
  KERNEL,
);

export const AGENTS = sum(measured('agent_os_active_agents'), KERNEL);

/** What a kernel lost of its own telemetry within the hour. */
export const LOST = increaseOf('agent_os_telemetry_dropped_total', LISTED, { by: KERNEL });

/** How many kernels say so of themselves, by some of what they say. */
export const kernelsBy = <B extends 'version' | 'policy_mode' | 'service_name'>(label: B) =>
  aggregate('count', aggregate('max', info, ['agent_os_kernel_id', label]), [label]);

/** How many there are of a label's values. */
export const differentValues = (label: 'version' | 'policy_mode' | 'agent_os_kernel_id') =>
  aggregate('count', aggregate('max', info, [label]));
