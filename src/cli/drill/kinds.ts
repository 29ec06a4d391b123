// The incidents, and what is measured of each.
import { setTimeout as delay } from 'node:timers/promises';
import { wait, type Course } from './hops.js';
import type { DrillKernel } from './kernel.js';
import { inPrometheus, tellingHops, type Required } from './stack-hops.js';

export interface Outcome extends Course {
  /** What was measured, in seconds or as a count. */
  readonly measured: Readonly<Record<string, number>>;
}

export interface Kind {
  /** Whether the way to the Collector is cut in it. */
  readonly cuts: boolean;
  readonly run: (kernel: DrillKernel, stack: Required, timeoutSeconds: number) => Promise<Outcome>;
}

const ACTION = 'drill';
const AWAY_MILLIS = 5000;
const RECORDED_WHILE_AWAY = 20;
const ARRIVES = 'kernel → Collector → Prometheus';

export const KINDS: Readonly<Record<string, Kind>> = {
  violation: {
    cuts: false,
    run: async ({ obs, id, of }, stack, timeout) => {
      const telling = await tellingHops(stack, 'AgentOSUnblockedViolation', { agent_id: id });
      const since = performance.now();
      obs.violation({ agentId: id, action: ACTION, policy: ACTION, severity: 'low', blocked: false });
      const query = of('agent_os_violations_unblocked_total');
      const course = await wait([inPrometheus(ARRIVES, stack.prometheus, query), ...telling], since, timeout);
      return { ...course, measured: told(course, 'decision to page') };
    },
  },
  kill: {
    cuts: false,
    run: async ({ obs, id, of }, stack, timeout) => {
      const telling = await tellingHops(stack, 'AgentOSKillFailed', { agent_id: `${id}-failed` });
      const since = performance.now();
      await obs.kills.kill({ agentId: id, reason: ACTION }, () => delay(50, true));
      const contained = (performance.now() - since) / 1000;
      const failed = performance.now();
      obs.kills.kill({ agentId: `${id}-failed`, reason: ACTION }, () => false);
      const query = of('agent_os_containment_seconds_count');
      const course = await wait(
        [inPrometheus(ARRIVES, stack.prometheus, query), ...telling],
        failed,
        timeout,
      );
      return {
        ...course,
        measured: {
          'kill to contained': Math.round(contained * 1000) / 1000,
          ...told(course, 'failed kill to page'),
        },
      };
    },
  },
  silence: {
    cuts: true,
    run: async ({ relay, id, of }, stack, timeout) => {
      const heard = of('agent_os_kernel_heartbeat_timestamp_seconds');
      const before = await wait(
        [inPrometheus('heartbeat in Prometheus', stack.prometheus, heard)],
        performance.now(),
        timeout,
      );
      if (before.failed !== undefined) return { ...before, measured: {} };
      const telling = await tellingHops(stack, 'AgentOSKernelDown', { agent_os_kernel_id: id });
      const since = performance.now();
      relay!.cut();
      const course = await wait(telling, since, timeout);
      relay!.mend();
      return { ...course, measured: told(course, 'silence to page') };
    },
  },
  'collector-away': {
    cuts: true,
    run: async ({ obs, relay, id, of }, stack, timeout) => {
      relay!.cut();
      for (let at = 0; at < RECORDED_WHILE_AWAY; at++) {
        obs.violation({ agentId: id, action: ACTION, policy: ACTION, severity: 'low', blocked: true });
        await delay(AWAY_MILLIS / RECORDED_WHILE_AWAY);
      }
      const since = performance.now();
      relay!.mend();
      const total = `sum(${of('agent_os_violations_total')})`;
      const course = await wait(
        [inPrometheus(ARRIVES, stack.prometheus, total, RECORDED_WHILE_AWAY)],
        since,
        timeout,
      );
      await obs.forceFlush();
      const lost = lostOn(await obs.export());
      const recorded = { recorded: RECORDED_WHILE_AWAY, lost, ...told(course, 'back to complete') };
      if (lost === 0 || course.failed !== undefined) return { ...course, measured: recorded };
      const failed = {
        name: 'kernel (queues)',
        why: `${lost} spans or events were lost`,
        fix: 'docs/metrics.md says why',
      };
      return { ...course, failed, measured: recorded };
    },
  },
};

/** The time of the last hop, where all held. */
function told({ passed, failed }: Course, what: string): Record<string, number> {
  const last = passed.at(-1);
  return failed === undefined && last !== undefined ? { [what]: last.seconds } : {};
}

function lostOn(page: string): number {
  const lines = page.split('\n').filter((line) => line.startsWith('agent_os_telemetry_dropped_total{'));
  return lines.reduce((sum, line) => sum + Number(line.split(' ')[1]), 0);
}
