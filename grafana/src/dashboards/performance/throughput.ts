import { aggregate, rate, sum, topk } from '../../../../prometheus/src/promql/index.js';
import { line } from '../../grid.js';
import { bars, lines } from '../../panels/index.js';
import { counted, measured } from '../../queries/scope.js';
import { recordedStepsIn } from '../../queries/steps.js';
import { spanCalls } from '../../queries/span-metrics.js';
import { NO_DATA, nothingOrNoData, STATUS_COLOURS } from '../../theme.js';

const MOST_SERIES = 10;

export const throughput = [
  line(9, [
    lines({
      id: 13,
      title: 'Requests by Status',
      description: 'Requests per second by how they ended.',
      unit: 'reqps',
      noValue: nothingOrNoData('No requests'),
      stacked: true,
      colours: STATUS_COLOURS,
      queries: [
        {
          expression: sum(rate(counted('agent_os_requests_total'), '$__rate_interval'), ['status']),
          legend: '{{status}}',
        },
      ],
    }),
    lines({
      id: 14,
      title: 'Requests by Action',
      description: `Requests per second: the ${MOST_SERIES} most frequent actions.`,
      unit: 'reqps',
      noValue: nothingOrNoData('No requests'),
      many: true,
      queries: [
        {
          expression: topk(
            MOST_SERIES,
            sum(rate(counted('agent_os_requests_total'), '$__rate_interval'), ['action']),
          ),
          legend: '{{action}}',
        },
      ],
    }),
  ]),
  line(9, [
    lines({
      id: 15,
      title: 'Saturation: Agents per Kernel',
      description: 'Agents that each service governs now, in its fullest process.',
      unit: 'short',
      noValue: NO_DATA,
      many: true,
      queries: [
        {
          expression: aggregate('max', measured('agent_os_active_agents'), ['service_name']),
          legend: '{{service_name}}',
        },
      ],
    }),
    bars({
      id: 16,
      title: 'LLM Calls by Model',
      description: `Calls of agents to language models in the time of each bar: the ${MOST_SERIES} models with the most. Recorded every five minutes: may lag by as much.`,
      unit: 'short',
      noValue: nothingOrNoData('No calls to models'),
      atLeast: '5m',
      queries: [
        {
          expression: topk(
            MOST_SERIES,
            recordedStepsIn('agent_os:llm_calls:each5m', '$__interval', { by: ['model'] }),
          ),
          legend: '{{model}}',
        },
      ],
    }),
    bars({
      id: 63,
      title: 'LLM Tokens by Model',
      description: `Tokens that models were given and gave in the time of each bar: the ${MOST_SERIES} models with the most, each way. Recorded every five minutes: may lag by as much.`,
      unit: 'short',
      noValue: nothingOrNoData('No tokens'),
      atLeast: '5m',
      queries: [
        {
          expression: topk(
            MOST_SERIES,
            recordedStepsIn('agent_os:llm_tokens:each5m', '$__interval', {
              by: ['gen_ai_request_model', 'gen_ai_token_type'],
            }),
          ),
          legend: '{{gen_ai_request_model}} {{gen_ai_token_type}}',
        },
      ],
    }),
    lines({
      id: 17,
      title: 'Spans per Second',
      description: 'Spans of the kernel that reached the Collector, before it samples.',
      unit: 'ops',
      noValue: nothingOrNoData('No spans'),
      many: true,
      queries: [
        { expression: sum(rate(spanCalls(), '$__rate_interval'), ['span_name']), legend: '{{span_name}}' },
      ],
    }),
  ]),
];
