import { aggregate, sum } from '../../../prometheus/src/promql/index.js';
import { grid, line } from '../grid.js';
import { tracesLink } from '../links.js';
import { page } from '../page.js';
import { lines, ranking, stat, table } from '../panels/index.js';
import * as kernels from '../queries/kernels.js';
import { measured, orZeroWhileAlive } from '../queries/scope.js';
import { BAD, GOOD, NEUTRAL, NO_DATA, WATCH, watchFrom } from '../theme.js';

const numbers = line(5, [
  stat({
    id: 1,
    title: 'Kernels Reporting',
    description: 'Kernels that report now, whether they are scraped or push.',
    unit: 'short',
    decimals: 0,
    noValue: 'No kernel reports',
    noValueColour: BAD,
    course: true,
    queries: [{ expression: kernels.differentValues('agent_os_kernel_id'), legend: 'kernels' }],
  }),
  stat({
    id: 2,
    title: 'Kernels Lost',
    description:
      'Kernels that are not heard of any more, or are expected, and said no goodbye. Each raises an alert.',
    unit: 'short',
    decimals: 0,
    noValue: NO_DATA,
    steps: watchFrom(1),
    queries: [
      {
        expression: orZeroWhileAlive(kernels.GONE),
        legend: 'lost',
      },
    ],
  }),
  stat({
    id: 3,
    title: 'Versions in Use',
    description: 'How many versions run side by side. One, but while they are rolled out.',
    unit: 'short',
    decimals: 0,
    noValue: NO_DATA,
    queries: [{ expression: kernels.differentValues('version'), legend: 'versions' }],
  }),
  stat({
    id: 4,
    title: 'Longest Silence',
    description: 'How long ago the kernel that was not heard of the longest, of those that report, last was.',
    unit: 's',
    noValue: NO_DATA,
    queries: [{ expression: aggregate('max', kernels.SILENCE), legend: 'silence' }],
  }),
  stat({
    id: 5,
    title: 'Agents Governed',
    description: 'Agents that the kernels govern now.',
    unit: 'short',
    decimals: 0,
    noValue: NO_DATA,
    queries: [{ expression: sum(measured('agent_os_active_agents')), legend: 'agents' }],
  }),
  stat({
    id: 6,
    title: 'Started Last',
    description: 'How long the kernel that started last has been running.',
    unit: 's',
    noValue: NO_DATA,
    queries: [{ expression: aggregate('min', measured('agent_os_kernel_uptime_seconds')), legend: 'uptime' }],
  }),
]);

const list = line(13, [
  table({
    id: 7,
    title: 'Kernels',
    description: `The kernels that were there within ${kernels.LISTED}: its state, what each runs, for how long, how many agents it governs, when it was last heard of, how far its clock is ahead (of whoever took the sample: nothing of one that pushes), and what it lost of its own telemetry.`,
    unit: 'short',
    decimals: 0,
    noValue: NO_DATA,
    columns: {
      service_name: 'Service',
      deployment_environment_name: 'Environment',
      agent_os_kernel_id: 'Kernel',
      state: 'State',
      version: 'Version',
      policy_mode: 'Policy mode',
      'Value #B': 'Uptime',
      'Value #C': 'Last seen',
      'Value #D': 'Agents',
      'Value #E': 'Telemetry lost',
      'Value #G': 'Clock ahead',
    },
    hidden: ['Value #A', 'Value #F'],
    most: 'Last seen',
    units: { Uptime: 's', 'Last seen': 's', 'Clock ahead': 's' },
    links: [tracesLink({ title: 'Traces of the service', service: '${__data.fields.service_name}' })],
    queries: [
      { expression: kernels.RUNNING },
      { expression: kernels.UPTIME },
      { expression: kernels.SILENCE },
      { expression: kernels.AGENTS },
      { expression: kernels.LOST },
      { expression: kernels.STATE },
      { expression: kernels.SKEW },
    ],
  }),
]);

const mix = line(9, [
  lines({
    id: 8,
    title: 'Kernels by Version',
    description:
      'Kernels that report, by the version that they run: a roll-out is a line that falls and one that rises.',
    unit: 'short',
    decimals: 0,
    noValue: NO_DATA,
    stacked: true,
    queries: [{ expression: kernels.kernelsBy('version'), legend: '{{version}}' }],
  }),
  lines({
    id: 9,
    title: 'Kernels by Service',
    description: 'Kernels that report, by their service.',
    unit: 'short',
    decimals: 0,
    noValue: NO_DATA,
    many: true,
    stacked: true,
    queries: [{ expression: kernels.kernelsBy('service_name'), legend: '{{service_name}}' }],
  }),
  lines({
    id: 11,
    title: 'Kernels by State',
    description:
      'Kernels by the state that the rules give each: up, stopping, lost, looping, skewed or idle.',
    unit: 'short',
    decimals: 0,
    noValue: NO_DATA,
    stacked: true,
    colours: { up: GOOD, stopping: NEUTRAL, lost: BAD, looping: BAD, skewed: WATCH, idle: WATCH },
    queries: [{ expression: kernels.BY_STATE, legend: '{{state}}' }],
  }),
  ranking({
    id: 10,
    title: 'Kernels by Policy Mode',
    description: 'Kernels that report, by the mode of their policies. One that only audits blocks nothing.',
    unit: 'short',
    decimals: 0,
    noValue: NO_DATA,
    queries: [{ expression: kernels.kernelsBy('policy_mode'), legend: '{{policy_mode}}' }],
  }),
]);

export const fleet = () =>
  page({
    uid: 'agent-os-fleet',
    description: 'Which kernels there are, what each runs, and whether it is heard of.',
    lastly: '6h',
    refresh: '30s',
    panels: grid(numbers, list, mix),
  });
