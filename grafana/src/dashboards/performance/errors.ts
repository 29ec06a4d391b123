import { topk } from '../../../../prometheus/src/promql/index.js';
import { line } from '../../grid.js';
import { bars } from '../../panels/index.js';
import { increaseOf } from '../../queries/increase-of.js';
import { recordedStepsIn } from '../../queries/steps.js';
import { nothingOrNoData, WATCH } from '../../theme.js';

const MOST_SERIES = 10;

export const errors = [
  line(9, [
    bars({
      id: 18,
      title: 'Policy Evaluation Errors',
      description:
        'Policy checks that threw in the time of each bar. A failed check is neither allowed nor denied.',
      unit: 'short',
      noValue: nothingOrNoData('No policy check threw'),
      atLeast: '1m',
      shadesOf: WATCH,
      queries: [
        {
          expression: topk(
            MOST_SERIES,
            increaseOf('agent_os_policy_evaluation_errors_total', '$__interval', {
              by: ['policy', 'error_type'],
            }),
          ),
          legend: '{{policy}}: {{error_type}}',
        },
      ],
    }),
    bars({
      id: 19,
      title: 'Agent Errors',
      description:
        'Errors of agents in the time of each bar, by type, and streams that an action gave and nobody read to their end. Recorded every five minutes: may lag by as much.',
      unit: 'short',
      noValue: nothingOrNoData('No errors of agents'),
      atLeast: '5m',
      shadesOf: WATCH,
      queries: [
        {
          expression: topk(
            MOST_SERIES,
            recordedStepsIn('agent_os:agent_errors:each5m', '$__interval', { by: ['error_type'] }),
          ),
          legend: '{{error_type}}',
        },
        {
          expression: topk(
            MOST_SERIES,
            increaseOf('agent_os_streams_abandoned_total', '$__interval', { by: ['action'] }),
          ),
          legend: 'stream of {{action}} not read',
        },
      ],
    }),
    bars({
      id: 20,
      title: 'Verifier Errors',
      description: 'Verifiers of CMVK that were down or failed, in the time of each bar. Not a dissent.',
      unit: 'short',
      noValue: nothingOrNoData('No verifier failed'),
      atLeast: '1m',
      shadesOf: WATCH,
      queries: [
        {
          expression: topk(
            MOST_SERIES,
            increaseOf('agent_os_cmvk_verifier_errors_total', '$__interval', { by: ['model', 'error_type'] }),
          ),
          legend: '{{model}}: {{error_type}}',
        },
      ],
    }),
  ]),
];
