// The service of drills: nothing that is added up has what its kernels did, and no alert but those that are rehearsed.
import type { AlertName } from '../thresholds.js';

const DRILL = 'agent-os-drill';
/** What a drill waits for; presence and gauges know it as any other service. */
const REHEARSED: readonly AlertName[] = ['AgentOSUnblockedViolation', 'AgentOSKillFailed'];

/** A counter of a host, whose matchers' values may have any character. */
const COUNTED = /\bincrease\(((?:agent_os|amb|gen_ai)_\w+)(?:\{((?:[^"}]|"(?:[^"\\]|\\.)*")*)\})?\[/g;

/** The expression of a rule that has this name, if it is an alert. */
export function withoutDrills(expr: string, alert?: string): string {
  if (REHEARSED.some((name) => name === alert)) return expr;
  return expr.replace(COUNTED, (_, name: string, matchers?: string) => {
    const before = matchers === undefined ? '' : `${matchers},`;
    return `increase(${name}{${before}service_name!="${DRILL}"}[`;
  });
}
