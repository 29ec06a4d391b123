import { MEASURES } from '../../../../prometheus/src/measures.js';
import { topk } from '../../../../prometheus/src/promql/index.js';
import { THRESHOLDS } from '../../../../prometheus/src/thresholds.js';
import { line } from '../../grid.js';
import { bars, lines } from '../../panels/index.js';
import { increaseOf } from '../../queries/increase-of.js';
import { quantileOf } from '../../queries/histograms.js';
import { highest } from '../../queries/as-the-alert.js';
import { SCOPE, timed } from '../../queries/scope.js';
import { badFrom, NO_DATA, nothingOrNoData } from '../../theme.js';

const MOST_SERIES = 10;

export const sdk = [
  line(9, [
    bars({
      id: 21,
      title: 'Telemetry Dropped by Reason',
      description:
        'What kernels lost or coarsened of their own telemetry, in the time of each bar. `cardinality`: counted, but under __overflow__.',
      unit: 'short',
      noValue: nothingOrNoData('Nothing was lost'),
      atLeast: '1m',
      queries: [
        {
          expression: increaseOf('agent_os_telemetry_dropped_total', '$__interval', {
            by: ['signal', 'reason'],
          }),
          legend: '{{signal}}: {{reason}}',
        },
      ],
    }),
    bars({
      id: 60,
      title: 'Overflow by Label',
      description:
        'Recordings that went to an overflow series, in the time of each bar: of which metric, and which label was full (`*`: the metric itself).',
      unit: 'short',
      noValue: nothingOrNoData('Nothing overflowed'),
      atLeast: '1m',
      queries: [
        {
          expression: topk(
            MOST_SERIES,
            increaseOf('agent_os_telemetry_overflowed_total', '$__interval', { by: ['metric', 'label'] }),
          ),
          legend: '{{metric}}: {{label}}',
        },
      ],
    }),
    lines({
      id: 22,
      title: 'Series against Their Limit',
      description: `Series that a metric holds in its fullest process, as a share of what it may: the ${MOST_SERIES} fullest metrics. AgentOSSeriesNearLimit fires above the dashed line.`,
      unit: 'percentunit',
      max: 1,
      noValue: NO_DATA,
      many: true,
      steps: badFrom(THRESHOLDS.AgentOSSeriesNearLimit.ratio),
      queries: [
        {
          expression: topk(MOST_SERIES, highest(MEASURES.AgentOSSeriesNearLimit(SCOPE), ['metric'])),
          legend: '{{metric}}',
        },
      ],
    }),
    lines({
      id: 23,
      title: 'Scrape Duration',
      description: 'Time a kernel takes to answer a scrape: 50 and 99 % take less. Empty where kernels push.',
      unit: 's',
      noValue: nothingOrNoData('No scrapes'),
      many: true,
      queries: [0.99, 0.5].map((share) => ({
        expression: quantileOf(share, timed('agent_os_telemetry_scrape_duration_seconds')),
        legend: `p${share * 100}`,
      })),
    }),
  ]),
  line(9, [
    bars({
      id: 61,
      title: 'Refused by the Metrics Endpoint',
      description:
        'Requests that the endpoint of a kernel turned away within ten minutes. AgentOSEndpointRefusing fires where it goes on.',
      unit: 'short',
      noValue: nothingOrNoData('Nobody was refused'),
      atLeast: '1m',
      queries: [
        {
          expression: MEASURES.AgentOSEndpointRefusing(SCOPE),
          legend: '{{service_name}} {{reason}}',
        },
      ],
    }),
    bars({
      id: 62,
      title: 'Sockets That Made Room',
      description:
        'Sockets of the metrics endpoint that were closed because others came, in the time of each bar: idle ones, and slow ones where none was idle.',
      unit: 'short',
      noValue: nothingOrNoData('All had room'),
      atLeast: '1m',
      queries: [
        {
          expression: increaseOf('agent_os_telemetry_endpoint_evicted_total', '$__interval', {
            by: ['state'],
          }),
          legend: '{{state}}',
        },
      ],
    }),
  ]),
];
