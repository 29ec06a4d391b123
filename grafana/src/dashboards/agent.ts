import { AGENT_VARIABLE } from '../../../prometheus/src/links.js';
import { MEASURES } from '../../../prometheus/src/measures.js';
import { aggregate, binary, Expression, sum, topk } from '../../../prometheus/src/promql/index.js';
import { THRESHOLDS } from '../../../prometheus/src/thresholds.js';
import { grid, line } from '../grid.js';
import { traceLink, tracesLink } from '../links.js';
import { page } from '../page.js';
import { bars, events, ranking, stat, table, traces } from '../panels/index.js';
import { OF_ONE_AGENT } from '../queries/events.js';
import { increaseOf } from '../queries/increase-of.js';
import { measured, ONE_AGENT as where, SCOPE } from '../queries/scope.js';
import { badAbove, KILL_COLOURS, NEUTRAL, SEVERITY_COLOURS, watchFrom } from '../theme.js';
import { oneAgentVariable } from '../variables.js';

const MOST_ROWS = 20;
const THE_AGENT = `\${${AGENT_VARIABLE}}`;
/** Raw series are read for a day at most. */
const DAY = '24h';
const NONE = 'None in this time, or no such agent.';
const { AgentOSAllowedAfterStop, AgentOSUngovernedActions, AgentOSKillFailed } = THRESHOLDS;
const violations = increaseOf('agent_os_violations_total', DAY, { where });
const blocked = increaseOf('agent_os_violations_blocked_total', DAY, { where });
const ofAgent = { ...SCOPE, ...where };

const numbers = line(5, [
  stat({
    id: 1,
    title: 'Violations (24h)',
    description: 'Policy violations of the agent in the last 24 hours, blocked or not.',
    unit: 'short',
    decimals: 0,
    noValue: NONE,
    steps: watchFrom(1),
    queries: [{ expression: violations, legend: 'violations' }],
  }),
  stat({
    id: 2,
    title: 'Blocked Share (24h)',
    description: 'Violations of the agent that the kernel stopped, as a share of all in the last 24 hours.',
    unit: 'percentunit',
    decimals: 1,
    noValue: 'No violations',
    queries: [
      {
        expression: binary(
          binary(blocked, 'or', new Expression('vector(0)')),
          '/',
          binary(violations, '>', 0),
        ),
        legend: 'blocked',
      },
    ],
  }),
  stat({
    id: 3,
    title: 'Kills That Failed (24h)',
    description:
      'Attempts to kill the agent in the last 24 hours that failed, were refused or stopped nothing: it may go on. One fires AgentOSKillFailed.',
    unit: 'short',
    decimals: 0,
    noValue: NONE,
    steps: badAbove(AgentOSKillFailed.attempts),
    queries: [{ expression: sum(MEASURES.AgentOSKillFailed(ofAgent, DAY)), legend: 'attempts' }],
  }),
  stat({
    id: 4,
    title: 'Allowed After Stop (24h)',
    description:
      'Verdicts in the last 24 hours that allowed the agent to act although it was killed, suspended or quarantined. One fires AgentOSAllowedAfterStop.',
    unit: 'short',
    decimals: 0,
    noValue: NONE,
    steps: badAbove(AgentOSAllowedAfterStop.actions),
    queries: [{ expression: sum(MEASURES.AgentOSAllowedAfterStop(ofAgent, DAY)), legend: 'verdicts' }],
  }),
  stat({
    id: 5,
    title: 'Ungoverned Actions (24h)',
    description:
      'Actions of the agent in the last 24 hours that had no policy decision before them. One fires AgentOSUngovernedActions.',
    unit: 'short',
    decimals: 0,
    noValue: NONE,
    steps: badAbove(AgentOSUngovernedActions.actions),
    queries: [{ expression: sum(MEASURES.AgentOSUngovernedActions(ofAgent, DAY)), legend: 'actions' }],
  }),
  stat({
    id: 6,
    title: 'Trust Score',
    description: 'How far the agent is trusted, from 0 to 1, as it was last asked for.',
    unit: 'none',
    decimals: 2,
    noValue: 'Nobody asked',
    queries: [{ expression: aggregate('min', measured('agent_os_trust_score', where)), legend: 'score' }],
  }),
]);

const courses = line(9, [
  bars({
    id: 7,
    title: 'Violations by Severity',
    description: 'Policy violations of the agent in the time of each bar.',
    unit: 'short',
    decimals: 0,
    noValue: NONE,
    atLeast: '1m',
    colours: SEVERITY_COLOURS,
    queries: [
      {
        expression: increaseOf('agent_os_violations_total', '$__interval', { where, by: ['severity'] }),
        legend: '{{severity}}',
      },
    ],
  }),
  bars({
    id: 8,
    title: 'Kills, Crashes and Errors',
    description:
      'What befell the agent in the time of each bar: kills by outcome, crashes and errors by type.',
    unit: 'short',
    decimals: 0,
    noValue: NONE,
    atLeast: '1m',
    colours: Object.fromEntries(
      Object.entries(KILL_COLOURS).map(([outcome, colour]) => [`kill ${outcome}`, colour]),
    ),
    queries: [
      {
        expression: increaseOf('agent_os_kill_attempts_total', '$__interval', { where, by: ['outcome'] }),
        legend: 'kill {{outcome}}',
      },
      {
        expression: increaseOf('agent_os_agent_crashes_total', '$__interval', { where, by: ['reason'] }),
        legend: 'crash: {{reason}}',
      },
      {
        expression: increaseOf('agent_os_agent_errors_total', '$__interval', { where, by: ['error_type'] }),
        legend: 'error: {{error_type}}',
      },
    ],
  }),
  bars({
    id: 9,
    title: 'LLM Calls by Model',
    description: 'Calls of models by the agent in the time of each bar.',
    unit: 'short',
    decimals: 0,
    noValue: NONE,
    atLeast: '1m',
    shadesOf: NEUTRAL,
    queries: [
      {
        expression: increaseOf('agent_os_agent_llm_calls_total', '$__interval', { where, by: ['model'] }),
        legend: '{{model}}',
      },
    ],
  }),
]);

const stops = line(
  9,
  [
    events({
      id: 10,
      title: 'Why It Was Stopped',
      description:
        'The newest kills, signals and changes of state of the agent in the time range, each an event with its reason and a link to its trace. Where Grafana lacks the data source of VictoriaLogs, SIGKILLs by Reason counts them.',
      noValue: NONE,
      events: ['agent_os.kill', 'agent_os.signal', 'agent_os.lifecycle'],
      where: OF_ONE_AGENT,
      columns: {
        event_name: 'Event',
        'agent_os.reason': 'Reason',
        'agent_os.signal': 'Signal',
        'agent_os.kill.outcome': 'Kill',
        'agent_os.state.from': 'From state',
        'agent_os.state': 'To state',
        'service.name': 'Service',
        trace_id: 'Trace',
      },
      links: [traceLink('Trace of this event')],
    }),
    ranking({
      id: 11,
      title: 'SIGKILLs by Reason (24h)',
      description: 'Kills of the agent in the last 24 hours by why they were sent.',
      unit: 'short',
      noValue: NONE,
      queries: [
        {
          expression: increaseOf('agent_os_sigkill_total', DAY, { where, by: ['reason'] }),
          legend: '{{reason}}',
        },
      ],
    }),
  ],
  [17, 7],
);

const story = line(11, [
  events({
    id: 12,
    title: 'Events of the Agent',
    description:
      'The newest events of the agent in the time range, whatever they are, with links to their traces. Events are never sampled, traces are.',
    noValue: NONE,
    where: OF_ONE_AGENT,
    columns: {
      event_name: 'Event',
      'agent_os.action': 'Action',
      'agent_os.policy': 'Policy',
      'agent_os.rule': 'Rule',
      'agent_os.decision': 'Decision',
      'agent_os.enforced': 'Enforced',
      'agent_os.severity': 'Severity',
      'agent_os.reason': 'Reason',
      'service.name': 'Service',
      trace_id: 'Trace',
    },
    links: [traceLink('Trace of this event')],
  }),
]);

const evidence = line(10, [
  traces({
    id: 13,
    title: 'Latest Traces',
    description:
      'The newest traces in the time range that the agent has a span in, as far as they were sampled: all with a violation, a block, a kill or an error are. Jaeger searches in one service: choose the one of the agent.',
    noValue: 'No traces, or more than one service is chosen.',
    tags: { 'agent.id': THE_AGENT },
  }),
  table({
    id: 14,
    title: 'Violations by Policy and Action (24h)',
    description: `The ${MOST_ROWS} most frequent kinds of violation of the agent in the last 24 hours. Each row leads to the traces of what it counts.`,
    unit: 'short',
    decimals: 0,
    noValue: NONE,
    columns: {
      severity: 'Severity',
      policy: 'Policy',
      action: 'Action',
      service_name: 'Service',
      Value: 'Violations',
    },
    most: 'Violations',
    links: [
      tracesLink({
        title: 'Traces of these violations',
        service: '${__data.fields.service_name}',
        operation: 'kernel.violation',
        tags: { 'agent.id': THE_AGENT, 'agent_os.action': '${__data.fields.action}' },
      }),
    ],
    queries: [
      {
        expression: topk(
          MOST_ROWS,
          binary(
            increaseOf('agent_os_violations_total', DAY, {
              where,
              by: ['severity', 'policy', 'action', 'service_name'],
            }),
            '>',
            0,
          ),
        ),
      },
    ],
  }),
]);

export const agent = () =>
  page({
    uid: 'agent-os-agent',
    description:
      'What one agent did, why it was stopped, its traces and its events. Tables of the other pages lead here; or type the id of an agent.',
    lastly: '24h',
    refresh: '1m',
    variables: [oneAgentVariable()],
    panels: grid(numbers, courses, stops, story, evidence),
  });
