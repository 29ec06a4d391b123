// Agents are too many to be added up by a page: what each did is counted once an hour, and who did the most in 30 days is
// kept of each service. Who begins is in the last minutes, which are counted beside it.
import { binary, counter, increaseOver, overTime, sum, topk, type Expression } from '../promql/index.js';
import { record, type RecordingRule } from './rule.js';
import { recorded, WHO } from './series.js';

const HOUR = '1h';
const MONTH = '30d';
/** As often as they are recorded. */
export const LATELY = '10m';
export const MOST_AGENTS = 50;

const BY_AGENT = [...WHO, 'agent_id'] as const;
type Label = (typeof BY_AGENT)[number];

/** Who did nothing has no sample. */
const some = (expression: Expression<Label>) => binary(expression, '>', 0);
const violations = counter('agent_os_violations_total');
const kills = counter('agent_os_sigkill_total');
const monthly = (hours: Expression<Label>) => sum(overTime('sum', hours, MONTH), BY_AGENT);

export const AGENT_HOURS: readonly RecordingRule[] = [
  record('agent_os_agent:violations:each1h', some(sum(increaseOver(violations, HOUR), BY_AGENT))),
  record('agent_os_agent:sigkills:each1h', some(sum(increaseOver(kills, HOUR), BY_AGENT))),
  record(
    'agent_os_agent:violations:increase30d',
    topk(MOST_AGENTS, monthly(recorded('agent_os_agent:violations:each1h')), WHO),
  ),
  record(
    'agent_os_agent:sigkills:increase30d',
    binary(
      monthly(recorded('agent_os_agent:sigkills:each1h')),
      'and',
      recorded('agent_os_agent:violations:increase30d'),
    ),
  ),
];

/** What an hour has made, until the next: a little longer than that takes. */
const LATEST = '65m';
const ranked = (month: Expression<Label>, lately: Expression<Label>) =>
  binary(overTime('last', month, LATEST), 'or', some(lately));

export const AGENT_RANKING: readonly RecordingRule[] = [
  record(
    'agent_os_agent:violations:ranked',
    topk(
      MOST_AGENTS,
      ranked(
        recorded('agent_os_agent:violations:increase30d'),
        sum(increaseOver(violations, LATELY), BY_AGENT),
      ),
      WHO,
    ),
  ),
  record(
    'agent_os_agent:sigkills:ranked',
    binary(
      ranked(recorded('agent_os_agent:sigkills:increase30d'), sum(increaseOver(kills, LATELY), BY_AGENT)),
      'and',
      recorded('agent_os_agent:violations:ranked'),
    ),
  ),
];
