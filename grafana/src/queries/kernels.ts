// One row for each kernel: by its id, which a restart leaves as it is.
import { aggregate, Expression, overTime, sum } from '../../../prometheus/src/promql/index.js';
import { KERNEL, recorded } from '../../../prometheus/src/recording/series.js';
import { increaseOf } from './increase-of.js';
import { measured, SCOPE } from './scope.js';

/** So long a kernel that is gone stays in the lists. */
export const LISTED = '1h';
type Kernel = (typeof KERNEL)[number];

const info = measured('agent_os_kernel_info');
const uptime = measured('agent_os_kernel_uptime_seconds');

/** One of `up`, `stopping`, `lost`, `looping`, `skewed` and `idle` for each, as the rules of presence have it. */
export const STATE = aggregate('max', recorded('agent_os:kernel_state', SCOPE), [...KERNEL, 'state']);

export const BY_STATE = aggregate('count', recorded('agent_os:kernel_state', SCOPE), ['state']);
export const GONE = aggregate('count', recorded('agent_os:kernel_state', { ...SCOPE, state: 'lost' }));

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

/** Seconds that the clock of each is ahead, or behind, of whoever took its newest sample. */
const heartbeat = measured('agent_os_kernel_heartbeat_timestamp_seconds');
export const SKEW: Expression<Kernel> = aggregate(
  'max',
  new Expression<Kernel>(`${heartbeat.text} - timestamp(${heartbeat.text})`),
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
