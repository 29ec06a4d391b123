import {
  DatasourceVariableBuilder,
  QueryVariableBuilder,
  TextBoxVariableBuilder,
  VariableRefresh,
  VariableSort,
  type VariableModel,
} from '@grafana/grafana-foundation-sdk/dashboard';
import { AGENT_VARIABLE } from '../../prometheus/src/links.js';
import { topk, type Expression } from '../../prometheus/src/promql/index.js';
import { CHOSEN_PROMETHEUS, PROMETHEUS_UID } from './theme.js';
import { increaseOf } from './queries/increase-of.js';

/** There while a kernel is, so that its labels list what can be chosen. */
const LIVING = 'agent_os_kernel_uptime_seconds';
/** Longer lists are no choice: whoever is not among the worst is found in the tables. */
const MOST_AGENTS = 50;

const datasource = (): VariableModel =>
  new DatasourceVariableBuilder('datasource')
    .label('Data source')
    .type('prometheus')
    .current({ text: 'Prometheus', value: PROMETHEUS_UID })
    .build();

export const commonVariables = (): VariableModel[] => [
  datasource(),
  chosenFrom(
    'environment',
    'Environment',
    `label_values(${LIVING}, deployment_environment_name)`,
    'deployment.environment.name of the kernels.',
  ),
  chosenFrom(
    'service',
    'Service',
    `label_values(${LIVING}{deployment_environment_name=~"$environment"}, service_name)`,
    'service.name of the kernels.',
  ),
];

/** Those with the most violations in the range: there is one agent_id for each agent, and agents are many. */
export const agentVariable = (): VariableModel => {
  const worst: Expression<'agent_id'> = topk(
    MOST_AGENTS,
    increaseOf('agent_os_violations_total', '$__range', { by: ['agent_id'] }),
  );
  const description = `The ${MOST_AGENTS} agents with the most violations in the time range. Panels by agent follow it, and those of crashes and of what should never happen.`;
  return chosenFrom('agent', 'Agent', `query_result(${worst.text})`, description, '/agent_id="([^"]*)"/');
};

/** Typed, or given by a link: agents are too many for a list. */
export const oneAgentVariable = (): VariableModel =>
  new TextBoxVariableBuilder(AGENT_VARIABLE)
    .label('Agent')
    .description('The id of one agent, to the letter.')
    .defaultValue('')
    .build();

/** Several may be chosen, or all; `.*` for all matches what lacks the label too, and is no longer with more values. */
function chosenFrom(
  name: string,
  label: string,
  definition: string,
  description: string,
  regex = '',
): VariableModel {
  return new QueryVariableBuilder(name)
    .label(label)
    .description(description)
    .datasource(CHOSEN_PROMETHEUS)
    .query({ query: definition, refId: 'PrometheusVariableQueryEditor-VariableQuery' })
    .definition(definition)
    .regex(regex)
    .refresh(VariableRefresh.OnTimeRangeChanged)
    .sort(VariableSort.AlphabeticalAsc)
    .multi(true)
    .includeAll(true)
    .allValue('.*')
    .current({ text: ['All'], value: ['$__all'] })
    .build();
}
