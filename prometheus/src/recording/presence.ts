// Which kernels there are, and how each of them is: one state for each, whichever way its metrics come.
//
// What is heard of a process is remembered here, because its series end: at once where a scrape fails or a push says so,
// after 5 minutes where it is killed. It is forgotten where its kernel has begun anew since, or has said that it stops.
// Rules of one group run one after the other, so a rule finds what those before it made.
import { Expression } from '../promql/index.js';
import { THRESHOLDS } from '../thresholds.js';
import { record, type RecordingRule } from './rule.js';
import { KERNEL, WHO, type RecordedLabel, type RecordedName } from './series.js';

/** What these rules are evaluated in: their windows count evaluations. */
export const PRESENCE_INTERVAL = '15s';

const down = THRESHOLDS.AgentOSKernelDown;
const loop = THRESHOLDS.AgentOSKernelCrashLoop;
const idle = THRESHOLDS.AgentOSKernelIdle;
const skewed = THRESHOLDS.AgentOSKernelSkewed;

const who = WHO.join(', ');
const kernel = KERNEL.join(', ');
const process = `${kernel}, service_instance_id`;

const HEARTBEAT = 'agent_os_kernel_heartbeat_timestamp_seconds';
const UPTIME = 'agent_os_kernel_uptime_seconds';
/** How old the last heartbeat may be, of one in so many seconds: one that is lost on the way is no loss of a kernel. */
const allowance = (seconds: number | string): string =>
  `${down.heartbeats} * ${seconds} + ${down.slackSeconds}`;
const scrapedAllowance = down.heartbeats * down.scrapeSeconds + down.slackSeconds;
const rememberedSeconds = down.rememberedDays * 86_400;

const rule = <N extends RecordedName>(name: N, text: string): RecordingRule =>
  record(name, new Expression<RecordedLabel<N>>(text));

/** The kernels of an expression are in this state, unless one that goes before it is theirs. */
const inState = (state: string, text: string, before?: string): RecordingRule => {
  const others =
    before === undefined ? '' : ` unless ignoring (state) agent_os:kernel_state{state=~"${before}"}`;
  return { ...rule('agent_os:kernel_state', `group by (${kernel}) (${text})${others}`), labels: { state } };
};

const PROCESSES: readonly RecordingRule[] = [
  // What was heard before this is of an earlier life. A goodbye counts from when it is found, since its series can end
  // with it; the start is told by whoever receives, not by the kernel's clock.
  rule(
    'agent_os_kernel:renewed:timestamp',
    `max by (${kernel}) ((last_over_time(agent_os_kernel_stopping[30s]) == 1) * 0 + time() or timestamp(${UPTIME}) - ${UPTIME})`,
  ),
  rule(
    'agent_os_process:heard:timestamp',
    `max by (${process}) (timestamp(${HEARTBEAT})) or last_over_time(agent_os_process:present:timestamp[1h]) > time() - ${rememberedSeconds}`,
  ),
  rule(
    'agent_os_process:present:timestamp',
    `agent_os_process:heard:timestamp unless on (${process}) (agent_os_process:heard:timestamp <= on (${kernel}) group_left () max_over_time(agent_os_kernel:renewed:timestamp[1h]))`,
  ),
  // Since when nothing kept a heartbeat away: no Collector that is down, and no pause of Prometheus itself.
  rule(
    'agent_os:listening:timestamp',
    `(last_over_time(agent_os:listening:timestamp[45s]) or vector(time())) unless on () (max(up{job="otel-collector"}) == 0)`,
  ),
  rule(
    'agent_os_process:silent:seconds',
    `time() - clamp_min(agent_os_process:present:timestamp, scalar(agent_os:listening:timestamp)) and on () agent_os:listening:timestamp`,
  ),
  rule(
    'agent_os_process:allowed:seconds',
    allowance(`max by (${process}) (last_over_time(agent_os_kernel_heartbeat_interval_seconds[1h]))`),
  ),
  rule(
    'agent_os_process:overdue:seconds',
    `agent_os_process:silent:seconds > ${scrapedAllowance} unless agent_os_process:silent:seconds <= agent_os_process:allowed:seconds`,
  ),
  // Twice in a row; and from then on until something is heard, whatever becomes of the Collector meanwhile.
  rule(
    'agent_os_process:lost:timestamp',
    `agent_os_process:present:timestamp and count_over_time(agent_os_process:overdue:seconds[25s]) >= 2 or last_over_time(agent_os_process:lost:timestamp[1h]) == agent_os_process:present:timestamp`,
  ),
  rule(
    'agent_os_process:live:timestamp',
    'agent_os_process:present:timestamp unless agent_os_process:lost:timestamp',
  ),
];

const KERNELS: readonly RecordingRule[] = [
  rule('agent_os_kernel:live:count', `count by (${kernel}) (agent_os_process:live:timestamp)`),
  rule('agent_os:kernels_live:count', `count by (${who}) (agent_os_kernel:live:count)`),
  rule('agent_os_kernel:start:timestamp', `max by (${kernel}) (agent_os_kernel_start_timestamp_seconds)`),
  rule('agent_os_kernel:starts:count', `changes(agent_os_kernel:start:timestamp[${loop.window}])`),
  rule(
    'agent_os_kernel:goodbyes:count',
    `sum by (${kernel}) (max by (${process}) (max_over_time(agent_os_kernel_stopping[${loop.goodbyesWindow}])))`,
  ),
  // Processes that are there no more and said no goodbye. While one says it, its neighbours are not live for a moment.
  rule(
    'agent_os_kernel:vanished:count',
    `count by (${kernel}) (group by (${process}) (count_over_time(${HEARTBEAT}[${loop.window}]))) - agent_os_kernel:goodbyes:count - max_over_time(agent_os_kernel:live:count[5m])`,
  ),
  // From 0, so that the first request is a change.
  rule(
    'agent_os_kernel:activity:total',
    `sum by (${kernel}) (agent_os_requests_total or agent_os_policy_check_duration_seconds_count) or agent_os_kernel:start:timestamp * 0`,
  ),
  rule(
    'agent_os:kernels_missing:count',
    `agent_os:kernel_expected{agent_os_kernel_id!=""} unless on (${kernel}) agent_os_kernel:live:count or agent_os:kernel_expected{agent_os_kernel_id=""} unless on (${who}) agent_os:kernels_live:count`,
  ),
];

/** In the order in which one goes before another. */
const STATES: readonly RecordingRule[] = [
  // Several processes on one host are one kernel. In a deployment each starts once, after a goodbye.
  inState(
    'looping',
    `agent_os_kernel:starts:count >= ${loop.starts} * max_over_time(agent_os_kernel:live:count[${loop.window}]) or agent_os_kernel:vanished:count >= ${loop.starts}`,
  ),
  inState(
    'lost',
    `agent_os_process:lost:timestamp or (agent_os:kernels_missing:count and agent_os:kernels_missing:count offset ${down.expectedWithin})`,
    'looping',
  ),
  inState(
    'stopping',
    `max by (${kernel}) (last_over_time(agent_os_kernel_stopping[10m])) == 1 unless agent_os_kernel:live:count`,
    'looping|lost',
  ),
  inState(
    'skewed',
    `max by (${kernel}) (abs(${HEARTBEAT} - timestamp(${HEARTBEAT}))) > ${skewed.seconds} and agent_os_kernel:live:count`,
    'looping|lost',
  ),
  inState(
    'idle',
    `agent_os_kernel:live:count and agent_os_kernel:start:timestamp offset ${idle.window} unless changes(agent_os_kernel:activity:total[${idle.window}]) > 0`,
    'looping|lost|skewed',
  ),
  inState('up', 'agent_os_kernel:live:count', 'looping|lost|skewed|idle'),
];

export const PRESENCE: readonly RecordingRule[] = [...PROCESSES, ...KERNELS, ...STATES];
