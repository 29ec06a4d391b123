import { MEASURES } from '../../../prometheus/src/measures.js';
import { aggregate, binary, bottomk, matches, sum, topk } from '../../../prometheus/src/promql/index.js';
import { quantileOf } from '../../../prometheus/src/promql/functions.js';
import { THRESHOLDS } from '../../../prometheus/src/thresholds.js';
import { recorded, WHO } from '../../../prometheus/src/recording/series.js';
import { grid, line } from '../grid.js';
import { tracesLink } from '../links.js';
import { page } from '../page.js';
import { bars, distribution, lines, ranking, stat, table } from '../panels/index.js';
import { highest } from '../queries/as-the-alert.js';
import { CHOSEN_AGENTS as where, measured, orZeroWhileAlive, SCOPE } from '../queries/scope.js';
import { increaseOf } from '../queries/increase-of.js';
import { shareOf } from '../queries/shares.js';
import { hoursIn, monthOfAgents, recordedStepsIn, stepsIn, worstAgents } from '../queries/steps.js';
import {
  BAD,
  badAbove,
  badFrom,
  KILL_COLOURS,
  NO_DATA,
  nothingOrNoData,
  SEVERITY_COLOURS,
  WATCH,
  watchFrom,
} from '../theme.js';
import { agentVariable } from '../variables.js';

const MONTH = '30d';
const MOST_ROWS = 20;
const MOST_BARS = 10;
const NO_AGENTS =
  'None in the hours that are added up: what agents do is there within an hour. If the count above is empty too, no data arrives.';
const NO_VIOLATIONS = 'No violations in 30 days. If the count above is empty too, no data arrives.';
const {
  AgentOSKillFailed,
  AgentOSKillHung,
  AgentOSSlowContainment,
  AgentOSUngovernedActions,
  AgentOSAllowedAfterStop,
  AgentOSApprovedActionChanged,
  AgentOSHighViolationRate,
} = THRESHOLDS;

const containment = hoursIn('agent_os:containment', MONTH);

const numbers = line(6, [
  stat({
    id: 1,
    title: '30-Day Violation Count',
    description:
      'Policy violations in the last 30 days, blocked or not. Recorded every five minutes: may lag by as much, and begins when the rules did.',
    unit: 'short',
    decimals: 0,
    noValue: NO_DATA,
    queries: [
      { expression: orZeroWhileAlive(stepsIn('agent_os:violations:each5m', MONTH)), legend: 'violations' },
    ],
  }),
  stat({
    id: 2,
    title: 'High and Critical (30 Days)',
    description: 'Violations of high or critical severity in the last 30 days.',
    unit: 'short',
    decimals: 0,
    noValue: NO_DATA,
    steps: watchFrom(1),
    queries: [
      {
        expression: orZeroWhileAlive(
          stepsIn('agent_os:violations:each5m', MONTH, { where: { severity: matches('high|critical') } }),
        ),
        legend: 'high and critical',
      },
    ],
  }),
  stat({
    id: 3,
    title: 'Blocked Share (30 Days)',
    description:
      'Violations that the kernel stopped, as a share of all, in the last 30 days. Policies that only warn or log let the rest pass.',
    unit: 'percentunit',
    decimals: 1,
    noValue: 'No violations, or no data',
    queries: [
      {
        expression: shareOf(
          recordedStepsIn('agent_os:violations_blocked:each5m', MONTH),
          recordedStepsIn('agent_os:violations:each5m', MONTH),
        ),
        legend: 'blocked',
      },
    ],
  }),
  stat({
    id: 4,
    title: 'Containment p95 (30 Days)',
    description:
      'Time a kill took, until every handler and compensation had run, of the slowest service: 95 % took less. Added up each hour: may lag by as much. Red from where AgentOSSlowContainment fires.',
    unit: 's',
    noValue: 'No kills, or no data',
    steps: badFrom(AgentOSSlowContainment.seconds),
    queries: [
      {
        expression: highest(quantileOf(AgentOSSlowContainment.quantile, containment, WHO)),
        legend: 'p95',
      },
    ],
  }),
  stat({
    id: 5,
    title: 'Ungoverned Actions (30 Days)',
    description:
      'Actions of the chosen agents that ran with no policy decision before them. There should be none: one fires AgentOSUngovernedActions.',
    unit: 'short',
    decimals: 0,
    noValue: NO_DATA,
    steps: badAbove(AgentOSUngovernedActions.actions),
    queries: [
      {
        expression: orZeroWhileAlive(stepsIn('agent_os:ungoverned:each5m', MONTH, { where })),
        legend: 'actions',
      },
    ],
  }),
  stat({
    id: 6,
    title: 'Allowed After Stop (30 Days)',
    description:
      'Verdicts to allow for agents that were killed, suspended or quarantined. There should be none: one fires AgentOSAllowedAfterStop.',
    unit: 'short',
    decimals: 0,
    noValue: NO_DATA,
    steps: badAbove(AgentOSAllowedAfterStop.actions),
    queries: [
      {
        expression: orZeroWhileAlive(stepsIn('agent_os:after_stop:each5m', MONTH, { where })),
        legend: 'verdicts',
      },
    ],
  }),
]);

const trend = line(9, [
  bars({
    id: 7,
    title: 'Violations per Day',
    description: 'The trend of 30 days: violations by severity, one bar a day.',
    unit: 'short',
    decimals: 0,
    noValue: NO_VIOLATIONS,
    atLeast: '1d',
    lastly: '30d',
    colours: SEVERITY_COLOURS,
    queries: [
      {
        expression: recordedStepsIn('agent_os:violations:each5m', '$__interval', { by: ['severity'] }),
        legend: '{{severity}}',
      },
    ],
  }),
  lines({
    id: 8,
    title: 'Violation Rate by Service',
    description:
      'Violations per request over 5 minutes: by the counts of all kernels of a service together, and as its kernel with the most says of itself. AgentOSHighViolationRate fires where the former is above the dashed line.',
    unit: 'percentunit',
    noValue: NO_DATA,
    many: true,
    steps: badFrom(AgentOSHighViolationRate.ratio),
    queries: [
      {
        expression: highest(MEASURES.AgentOSHighViolationRate(SCOPE), ['service_name']),
        legend: '{{service_name}}',
      },
      {
        expression: binary(
          aggregate('max', measured('agent_os_violation_rate', { window: '5m' }), ['service_name']),
          '/',
          1000, // the gauge is per 1000 requests
        ),
        legend: '{{service_name}}, by its kernel',
      },
    ],
  }),
]);

const kinds = line(9, [
  ranking({
    id: 9,
    title: 'By Severity (30 Days)',
    description: 'Violations of the last 30 days by severity.',
    unit: 'short',
    noValue: NO_VIOLATIONS,
    colours: SEVERITY_COLOURS,
    queries: [
      {
        expression: stepsIn('agent_os:violations:each5m', MONTH, { by: ['severity'] }),
        legend: '{{severity}}',
      },
    ],
  }),
  ranking({
    id: 10,
    title: 'By Policy (30 Days)',
    description: `The ${MOST_BARS} policies with the most violations in the last 30 days.`,
    unit: 'short',
    noValue: NO_VIOLATIONS,
    queries: [
      {
        expression: topk(MOST_BARS, stepsIn('agent_os:violation_policies:each5m', MONTH, { by: ['policy'] })),
        legend: '{{policy}}',
      },
    ],
  }),
  ranking({
    id: 11,
    title: 'Policy Decisions (30 Days)',
    description:
      'What policies said, and what the kernel did about it, in the last 30 days. `deny → allowed` is a policy that only advises.',
    unit: 'none',
    noValue: nothingOrNoData('No policy decisions'),
    queries: [
      {
        expression: stepsIn('agent_os:policy_decisions:each5m', MONTH, { by: ['decision', 'enforced'] }),
        legend: '{{decision}} → {{enforced}}',
      },
    ],
  }),
  ranking({
    id: 26,
    title: 'Made-up Verdicts (30 Days)',
    description:
      'Verdicts of the last 30 days that did not deny though nothing was evaluated, since the engine or a backend of it failed or took too long. There should be none: one fires AgentOSFailOpen.',
    unit: 'none',
    noValue: nothingOrNoData('No made-up verdicts'),
    queries: [
      {
        expression: stepsIn('agent_os:made_up_verdicts:each5m', MONTH, { by: ['policy', 'provenance'] }),
        legend: '{{policy}}: {{provenance}}',
      },
    ],
  }),
]);

const agents = line(10, [
  table({
    id: 12,
    title: 'Top Agents (30 Days)',
    description: `The ${MOST_ROWS} agents with the most violations in the last 30 days, and how often they were killed. Added up each hour; of who begins, every ten minutes. Past the cap of the label, agents are together under __overflow__.`,
    unit: 'short',
    decimals: 0,
    noValue: NO_AGENTS,
    columns: {
      agent_id: 'Agent',
      service_name: 'Service',
      'Value #A': 'Violations',
      'Value #B': 'SIGKILLs',
    },
    most: 'Violations',
    links: [
      tracesLink({
        title: 'Traces of the violations of this agent',
        service: '${__data.fields.service_name}',
        operation: 'kernel.violation',
        tags: { 'agent.id': '${__data.fields.agent_id}' },
      }),
    ],
    queries: topAgents(),
  }),
  ranking({
    id: 13,
    title: 'SIGKILLs by Reason (30 Days)',
    description: 'Kills of the last 30 days by why they were sent. Other signals are on the overview.',
    unit: 'short',
    noValue: 'No kills in 30 days. If the count above is empty too, no data arrives.',
    queries: [
      {
        expression: topk(MOST_BARS, stepsIn('agent_os:sigkills:each5m', MONTH, { by: ['reason'] })),
        legend: '{{reason}}',
      },
    ],
  }),
]);

const recovery = line(
  9,
  [
    distribution({
      id: 14,
      title: 'Containment Time Distribution (30 Days)',
      description: 'Kills of the last 30 days by how long they took, in seconds. Added up each hour.',
      unit: 'short',
      noValue: 'No kills in 30 days. If the count above is empty too, no data arrives.',
      queries: [{ expression: sum(containment, ['le']), legend: '{{le}}' }],
    }),
    bars({
      id: 15,
      title: 'Recoveries and Crashes',
      description: 'Recoveries after a kill, and crashes of agents and kernels, in the time of each bar.',
      unit: 'short',
      noValue: nothingOrNoData('No recoveries or crashes'),
      atLeast: '1h',
      colours: { 'recovery success': 'green', 'recovery failed': WATCH, 'kernel crash': BAD },
      queries: [
        {
          expression: increaseOf('agent_os_recovery_total', '$__interval', { by: ['status'] }),
          legend: 'recovery {{status}}',
        },
        {
          expression: increaseOf('agent_os_agent_crashes_total', '$__interval', { where, by: ['reason'] }),
          legend: 'agent crash: {{reason}}',
        },
        { expression: increaseOf('agent_os_kernel_crashes_total', '$__interval'), legend: 'kernel crash' },
      ],
    }),
    table({
      id: 16,
      title: 'Governed Kernels',
      description:
        'What runs now: versions and the mode of the policies. A mode that only audits blocks nothing.',
      unit: 'short',
      decimals: 0,
      noValue: NO_DATA,
      columns: {
        service_name: 'Service',
        deployment_environment_name: 'Environment',
        version: 'Version',
        policy_mode: 'Policy mode',
        Value: 'Kernels',
      },
      most: 'Kernels',
      queries: [
        {
          expression: sum(measured('agent_os_kernel_info'), [
            'service_name',
            'deployment_environment_name',
            'version',
            'policy_mode',
          ]),
        },
      ],
    }),
  ],
  [8, 6, 10],
);

const kills = line(
  8,
  [
    bars({
      id: 17,
      title: 'Kill Attempts by Outcome',
      description:
        'Attempts to kill an agent in the time of each bar. All but `stopped` leave whom they were to stop as it was, or do so for now: `nothing_stopped` found no handler, `failed` had one that threw, `refused` was asked of a kill switch that is off, and `timed_out` hung.',
      unit: 'short',
      noValue: nothingOrNoData('No kills'),
      atLeast: '1h',
      colours: KILL_COLOURS,
      queries: [
        {
          expression: increaseOf('agent_os_kill_attempts_total', '$__interval', { where, by: ['outcome'] }),
          legend: '{{outcome}}',
        },
      ],
    }),
    stat({
      id: 18,
      title: 'Kills That Failed (30 Days)',
      description:
        'Attempts that failed, were refused or stopped nothing. There should be none: one fires AgentOSKillFailed.',
      unit: 'short',
      decimals: 0,
      noValue: NO_DATA,
      steps: badAbove(AgentOSKillFailed.attempts),
      queries: [
        {
          expression: orZeroWhileAlive(stepsIn('agent_os:kills_failed:each5m', MONTH, { where })),
          legend: 'attempts',
        },
      ],
    }),
    stat({
      id: 19,
      title: 'Kills under Way',
      description: 'Kills that have begun and not ended, now.',
      unit: 'short',
      decimals: 0,
      noValue: NO_DATA,
      queries: [{ expression: sum(measured('agent_os_kills_in_progress')), legend: 'kills' }],
    }),
    stat({
      id: 20,
      title: 'Oldest Kill under Way',
      description:
        'How long the oldest kill has taken so far, of the service with the oldest. Red from where AgentOSKillHung fires.',
      unit: 's',
      noValue: NO_DATA,
      steps: badFrom(AgentOSKillHung.seconds),
      queries: [{ expression: highest(MEASURES.AgentOSKillHung(SCOPE)), legend: 'age' }],
    }),
  ],
  [12, 4, 4, 4],
);

const parts = line(
  9,
  [
    bars({
      id: 21,
      title: 'Components: Denied and Failed',
      description:
        'What the parts of the SDK refused, or failed at, in the time of each bar: vaults, rings, breakers, audit log, trust, sandboxes, mesh.',
      unit: 'short',
      decimals: 0,
      noValue: nothingOrNoData('Nothing denied and nothing failed'),
      atLeast: '1h',
      queries: [
        {
          expression: increaseOf('agent_os_component_operations_total', '$__interval', {
            where: { result: matches('denied|failed|error|unknown') },
            by: ['component', 'result'],
          }),
          legend: '{{component}} {{result}}',
        },
      ],
    }),
    ranking({
      id: 22,
      title: 'Findings by Type',
      description: `The ${MOST_BARS} kinds that scanners, detectors, vaults, breakers and containment found most in the last 30 days.`,
      unit: 'short',
      noValue: nothingOrNoData('No findings'),
      queries: [
        {
          expression: topk(
            MOST_BARS,
            stepsIn('agent_os:findings:each5m', MONTH, { by: ['component', 'finding'] }),
          ),
          legend: '{{component}}: {{finding}}',
        },
      ],
    }),
  ],
  [14, 10],
);

const trust = line(8, [
  ranking({
    id: 23,
    title: 'Least Trusted Agents',
    description: `The ${MOST_BARS} agents with the lowest score of trust, from 0 to 1, as it was last asked for.`,
    unit: 'none',
    decimals: 2,
    noValue: nothingOrNoData('No trust was asked for'),
    queries: [
      {
        expression: bottomk(
          MOST_BARS,
          aggregate('min', measured('agent_os_trust_score', where), ['agent_id']),
        ),
        legend: '{{agent_id}}',
      },
    ],
  }),
  bars({
    id: 24,
    title: 'Moves Between Tiers of Trust',
    description: 'Agents that moved from one tier of trust to another, in the time of each bar.',
    unit: 'short',
    decimals: 0,
    noValue: nothingOrNoData('No moves'),
    atLeast: '1h',
    queries: [
      {
        expression: increaseOf('agent_os_trust_tier_changes_total', '$__interval', { by: ['from', 'to'] }),
        legend: '{{from}} → {{to}}',
      },
    ],
  }),
  ranking({
    id: 25,
    title: 'Oldest Credentials',
    description: `The ${MOST_BARS} credentials of vaults that were made or rotated longest ago.`,
    unit: 's',
    decimals: 1,
    noValue: nothingOrNoData('No credentials are known'),
    queries: [
      {
        expression: topk(
          MOST_BARS,
          aggregate('max', measured('agent_os_credential_age_seconds'), ['credential']),
        ),
        legend: '{{credential}}',
      },
    ],
  }),
]);

const approvals = line(
  9,
  [
    ranking({
      id: 31,
      title: 'Approvals (30 Days)',
      description:
        'Approvals that policies asked for in the last 30 days, and how they were answered, by which class of approver. What is asked and not answered still waits, or nobody told the kernel.',
      unit: 'short',
      noValue: nothingOrNoData('No approvals'),
      queries: [
        { expression: stepsIn('agent_os:approvals_requested:each5m', MONTH), legend: 'asked' },
        {
          expression: stepsIn('agent_os:approvals:each5m', MONTH, { by: ['outcome', 'approver'] }),
          legend: '{{outcome}} by {{approver}}',
        },
      ],
    }),
    lines({
      id: 32,
      title: 'Human Escalation Rate',
      description:
        'Approvals that came before a person, as a share of all policy decisions of an hour, by service.',
      unit: 'percentunit',
      noValue: 'No approvals by people, or no data',
      many: true,
      queries: [
        {
          expression: highest(recorded('agent_os:human_escalations:ratio1h', SCOPE), ['service_name']),
          legend: '{{service_name}}',
        },
      ],
    }),
    distribution({
      id: 33,
      title: 'Approval Wait (30 Days)',
      description:
        'Answered approvals of the last 30 days by how long the answer took, in seconds. Added up each hour.',
      unit: 'short',
      noValue: nothingOrNoData('No answers'),
      queries: [{ expression: sum(hoursIn('agent_os:approval_wait', MONTH), ['le']), legend: '{{le}}' }],
    }),
    stat({
      id: 34,
      title: 'Approvals Waiting',
      description: 'Approvals that wait for an answer now, of all kernels together.',
      unit: 'short',
      decimals: 0,
      noValue: NO_DATA,
      queries: [{ expression: sum(measured('agent_os_approvals_waiting')), legend: 'waiting' }],
    }),
    stat({
      id: 35,
      title: 'Approved Actions Changed (30 Days)',
      description:
        'Actions that ran as another than was approved. There should be none: one fires AgentOSApprovedActionChanged.',
      unit: 'short',
      decimals: 0,
      noValue: NO_DATA,
      steps: badAbove(AgentOSApprovedActionChanged.actions),
      queries: [
        {
          expression: orZeroWhileAlive(stepsIn('agent_os:approved_changed:each5m', MONTH)),
          legend: 'actions',
        },
      ],
    }),
  ],
  [7, 6, 5, 3, 3],
);

/** Kills only of the agents that the first column names. */
function topAgents() {
  const kills = monthOfAgents('agent_os_agent:sigkills:ranked', where);
  const worst = worstAgents(MOST_ROWS, where);
  return [{ expression: worst }, { expression: binary(kills, 'and', worst) }];
}

export const safety = () =>
  page({
    uid: 'agent-os-safety',
    description:
      'What a security officer asks: what went wrong in 30 days, who did it, was it stopped, how fast.',
    lastly: '30d',
    refresh: '5m',
    variables: [agentVariable()],
    panels: grid(numbers, trend, kinds, agents, kills, recovery, approvals, parts, trust),
  });
