// Agents are too many to be added up by a page: what each did is counted once an hour, and who did the most in 30 days is
// kept of each service.
import { binary, counter, overTime, sum, topk, type Expression } from '../promql/index.js';
import { counted } from './counted.js';
import { record, type RecordingRule } from './rule.js';
import { recorded, WHO } from './series.js';

const HOUR = '1h';
const MONTH = '30d';
const LATELY = '5m';
export const MOST_AGENTS = 50;

const BY_AGENT = [...WHO, 'agent_id'] as const;
type Label = (typeof BY_AGENT)[number];

/** Who did nothing has no sample. */
const some = (expression: Expression<Label>) => binary(expression, '>', 0);
const violations = counter('agent_os_violations_total');
const kills = counter('agent_os_sigkill_total');

/** Until the first hour is counted, the last minutes are all that is known. */
const monthly = (hours: Expression<Label>, lately: Expression<Label>) =>
  binary(sum(overTime('sum', hours, MONTH), BY_AGENT), 'or', some(lately));

export const AGENT_HOURS: readonly RecordingRule[] = [
  record('agent_os_agent:violations:each1h', some(sum(counted(violations, HOUR), BY_AGENT))),
  record('agent_os_agent:sigkills:each1h', some(sum(counted(kills, HOUR), BY_AGENT))),
];

const ranked = monthly(
  recorded('agent_os_agent:violations:each1h'),
  sum(counted(violations, LATELY), BY_AGENT),
);
const killed = monthly(recorded('agent_os_agent:sigkills:each1h'), sum(counted(kills, LATELY), BY_AGENT));

export const AGENT_RANKING: readonly RecordingRule[] = [
  record('agent_os_agent:violations:increase30d', topk(MOST_AGENTS, ranked, WHO)),
  record(
    'agent_os_agent:sigkills:increase30d',
    binary(killed, 'and', recorded('agent_os_agent:violations:increase30d')),
  ),
];
