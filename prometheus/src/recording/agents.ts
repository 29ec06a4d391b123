// Agents are too many to be added up by a page: who did the most in 30 days is asked once an hour, and of each service the
// first are kept.
import { binary, counter, increaseOver, overTime, sum, topk, type Expression } from '../promql/index.js';
import { record, type RecordingRule } from './rule.js';
import { recorded, WHO } from './series.js';

const HOUR = '1h';
const MONTH = '30d';
export const MOST_AGENTS = 50;

const BY_AGENT = [...WHO, 'agent_id'] as const;
type Label = (typeof BY_AGENT)[number];

/** Who did nothing has no sample. */
const hourly = (expression: Expression<Label>) => binary(expression, '>', 0);
const monthly = (hours: Expression<Label>) => sum(overTime('sum', hours, MONTH), BY_AGENT);

export const AGENTS: readonly RecordingRule[] = [
  record(
    'agent_os_agent:violations:each1h',
    hourly(sum(increaseOver(counter('agent_os_violations_total'), HOUR), BY_AGENT)),
  ),
  record(
    'agent_os_agent:sigkills:each1h',
    hourly(sum(increaseOver(counter('agent_os_sigkill_total'), HOUR), BY_AGENT)),
  ),
  record(
    'agent_os_agent:violations:increase30d',
    topk(MOST_AGENTS, monthly(recorded('agent_os_agent:violations:each1h')), WHO),
  ),
  record('agent_os_agent:sigkills:increase30d', monthly(recorded('agent_os_agent:sigkills:each1h'))),
];
