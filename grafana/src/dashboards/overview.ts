import { MEASURES } from '../../../prometheus/src/measures.js';
import { aggregate, binary, rate, sum, topk } from '../../../prometheus/src/promql/index.js';
import { THRESHOLDS } from '../../../prometheus/src/thresholds.js';
import { WHO } from '../../../prometheus/src/recording/series.js';
import { grid, line } from '../grid.js';
import { runbookLink, traceLink, tracesLink } from '../links.js';
import { page } from '../page.js';
import { bars, distribution, events, stat, table } from '../panels/index.js';
import { highest } from '../queries/as-the-alert.js';
import { counted, measured, orZeroWhileAlive, SCOPE } from '../queries/scope.js';
import { FIRING } from '../queries/firing.js';
import { increaseOf } from '../queries/increase-of.js';
import { recordedStepsIn, stepsIn, stepsInRange } from '../queries/steps.js';
import { violationRatio } from '../queries/shares.js';
import { BAD, badFrom, NO_DATA, nothingOrNoData, SEVERITY_COLOURS, watchFrom } from '../theme.js';

const MOST_ROWS = 20;
const { AgentOSHighViolationRate, AgentOSHighPolicyLatency } = THRESHOLDS;

const numbers = line(5, [
  stat({
    id: 1,
    title: 'Violation Rate',
    description: `Policy violations as a share of requests, over the last ${AgentOSHighViolationRate.window}, of the service with the most. Red from where AgentOSHighViolationRate fires.`,
    unit: 'percentunit',
    decimals: 2,
    noValue: `No requests in ${AgentOSHighViolationRate.window}`,
    steps: badFrom(AgentOSHighViolationRate.ratio),
    course: true,
    queries: [{ expression: violationRatio(), legend: 'violations per request' }],
  }),
  stat({
    id: 2,
    title: 'SIGKILL Count (24h)',
    description:
      'SIGKILLs issued in the last 24 hours, of all agents together. A kill is a decision that worked; many in a few minutes raise AgentOSSIGKILLSpike.',
    unit: 'short',
    decimals: 0,
    noValue: NO_DATA,
    steps: watchFrom(1),
    queries: [
      {
        expression: orZeroWhileAlive(sum(MEASURES.AgentOSSIGKILLSpike(SCOPE, '24h'))),
        legend: 'SIGKILLs',
      },
    ],
  }),
  stat({
    id: 3,
    title: 'Kernel Uptime',
    description:
      'Time since the kernel that started last did so, of all that report. Empty where none reports: then every other panel is empty too.',
    unit: 's',
    noValue: 'No kernel reports',
    noValueColour: BAD,
    queries: [{ expression: aggregate('min', measured('agent_os_kernel_uptime_seconds')), legend: 'uptime' }],
  }),
  stat({
    id: 4,
    title: 'Active Agents',
    description: 'Agents that kernels govern now.',
    unit: 'short',
    decimals: 0,
    min: 0,
    noValue: NO_DATA,
    course: true,
    queries: [{ expression: sum(measured('agent_os_active_agents')), legend: 'agents' }],
  }),
  stat({
    id: 5,
    title: 'Requests per Second',
    description: 'Requests that kernels processed, whether they were allowed, denied or failed.',
    unit: 'reqps',
    noValue: NO_DATA,
    course: true,
    queries: [
      {
        expression: orZeroWhileAlive(sum(rate(counted('agent_os_requests_total'), '$__rate_interval'))),
        legend: 'requests',
      },
    ],
  }),
  stat({
    id: 6,
    title: 'Policy Check Latency (p99)',
    description: `Time to evaluate the policies for one action over the last ${AgentOSHighPolicyLatency.window}, of the slowest service: 99 % take less. Red from where AgentOSHighPolicyLatency fires.`,
    unit: 's',
    noValue: 'No policy checks',
    steps: badFrom(AgentOSHighPolicyLatency.seconds),
    course: true,
    queries: [
      {
        expression: highest(MEASURES.AgentOSHighPolicyLatency(SCOPE)),
        legend: 'p99',
      },
    ],
  }),
]);

const courses = line(9, [
  bars({
    id: 7,
    title: 'Violations Over Time',
    description:
      'Policy violations in the time of each bar, by severity. Recorded every five minutes: may lag by as much.',
    unit: 'short',
    noValue: nothingOrNoData('No violations'),
    atLeast: '5m',
    colours: SEVERITY_COLOURS,
    queries: [
      {
        expression: recordedStepsIn('agent_os:violations:each5m', '$__interval', { by: ['severity'] }),
        legend: '{{severity}}',
      },
    ],
  }),
  bars({
    id: 8,
    title: 'Signals Sent',
    description:
      'Signals to agents in the time of each bar, by signal. Their reasons are on the safety dashboard.',
    unit: 'short',
    noValue: nothingOrNoData('No signals'),
    atLeast: '1m',
    colours: { SIGKILL: BAD },
    queries: [
      {
        expression: increaseOf('agent_os_signals_total', '$__interval', { by: ['signal'] }),
        legend: '{{signal}}',
      },
    ],
  }),
]);

const evidence = line(
  10,
  [
    distribution({
      id: 9,
      title: 'MTTR Distribution',
      description: `Recoveries in the time range by how long they took, from SIGKILL to recovery in seconds. AgentOSHighMTTR fires when half take longer than ${THRESHOLDS.AgentOSHighMTTR.seconds} s.`,
      unit: 'short',
      noValue: nothingOrNoData('No recoveries'),
      queries: [{ expression: stepsInRange('agent_os:mttr', { by: ['le'] }), legend: '{{le}}' }],
    }),
    events({
      id: 10,
      title: 'Recent Violations',
      description:
        'The newest violations in the time range, each an event with a link to its trace. Events are never sampled, traces are. Where Grafana lacks the data source of VictoriaLogs, Violations by Kind counts the same.',
      noValue: nothingOrNoData('No violations'),
      events: ['agent_os.violation'],
      columns: {
        'agent_os.severity': 'Severity',
        'agent_os.policy': 'Policy',
        'agent_os.rule': 'Rule',
        'agent_os.action': 'Action',
        'agent.id': 'Agent',
        'agent_os.blocked': 'Blocked',
        'service.name': 'Service',
        trace_id: 'Trace',
      },
      links: [traceLink('Trace of this violation')],
    }),
  ],
  [8, 16],
);

const kinds = line(10, [
  table({
    id: 12,
    title: 'Violations Nobody Stopped',
    description:
      'Violations in the time range that were not blocked, by who broke which policy. There should be none: one fires AgentOSUnblockedViolation.',
    unit: 'short',
    decimals: 0,
    noValue: nothingOrNoData('All violations were stopped'),
    columns: {
      severity: 'Severity',
      policy: 'Policy',
      agent_id: 'Agent',
      service_name: 'Service',
      deployment_environment_name: 'Environment',
      Value: 'Violations',
    },
    most: 'Violations',
    links: [
      tracesLink({
        title: 'Traces of this agent',
        service: '${__data.fields.service_name}',
        tags: { 'agent.id': '${__data.fields.agent_id}' },
      }),
    ],
    queries: [
      {
        expression: topk(
          MOST_ROWS,
          binary(
            stepsIn('agent_os:unblocked:each5m', '$__range', {
              by: [...WHO, 'agent_id', 'policy', 'severity'],
            }),
            '>',
            0,
          ),
        ),
      },
    ],
  }),
  table({
    id: 11,
    title: 'Violations by Kind',
    description: `The ${MOST_ROWS} most frequent kinds of violation of each severity in the time range, so that no critical one drops out, by the counters of the kernels, which are there without a store of events too. Each row leads to the traces of what it counts.`,
    unit: 'short',
    decimals: 0,
    noValue: nothingOrNoData('No violations'),
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
        tags: { 'agent_os.action': '${__data.fields.action}' },
      }),
    ],
    queries: [
      {
        expression: topk(
          MOST_ROWS,
          binary(
            stepsInRange('agent_os:violation_kinds', {
              by: ['severity', 'policy', 'action', 'service_name'],
            }),
            '>',
            0,
          ),
          ['severity'],
        ),
      },
    ],
  }),
]);

const alerts = line(8, [
  table({
    id: 14,
    title: 'Firing Alerts',
    description:
      'The alerts of Prometheus that fire now, and for how long what they are about has been so. Each row leads to the runbook of the alert, and to the agent or the kernels that it names..',
    unit: 'short',
    decimals: 0,
    noValue: 'No alert fires. If Kernel Uptime is empty, no data arrives.',
    columns: {
      severity: 'Severity',
      alertname: 'Alert',
      service_name: 'Service',
      deployment_environment_name: 'Environment',
      agent_id: 'Agent',
      'Value #A': 'Alerts',
      'Value #B': 'For',
    },
    most: 'For',
    units: { For: 's' },
    links: [runbookLink()],
    queries: FIRING,
  }),
]);

export const overview = () =>
  page({
    uid: 'agent-os-overview',
    description: 'Whether the agents keep to their policies now, and what the kernel does about it.',
    lastly: '6h',
    refresh: '30s',
    panels: grid(numbers, alerts, courses, evidence, kinds),
  });
