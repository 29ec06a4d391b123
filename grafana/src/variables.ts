import {
  DatasourceVariableBuilder,
  QueryVariableBuilder,
  TextBoxVariableBuilder,
  VariableHide,
  VariableRefresh,
  VariableSort,
  type VariableModel,
} from '@grafana/grafana-foundation-sdk/dashboard';
import { AGENT_VARIABLE, RUNBOOKS_LABEL } from '../../prometheus/src/links.js';
import { thirdPartyGauge } from '../../prometheus/src/promql/index.js';
import { MOST_AGENTS } from '../../prometheus/src/recording/agents.js';
import { RUNBOOKS_VARIABLE } from './links.js';
import { CHOSEN_PROMETHEUS, PROMETHEUS_UID } from './theme.js';
import { STEPS_QUERY, STEPS_VARIABLE, worstAgents } from './queries/steps.js';

/** There while a kernel is, so that its labels list what can be chosen. */
const LIVING = 'agent_os_kernel_uptime_seconds';

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
  steps(),
  runbooks(),
];

/** Nobody's choice: an address that Prometheus knows, for links. */
function runbooks(): VariableModel {
  const { text: watchdog } = thirdPartyGauge('ALERTS', { alertname: 'Watchdog' });
  const definition = `label_values(${watchdog}, ${RUNBOOKS_LABEL})`;
  return new QueryVariableBuilder(RUNBOOKS_VARIABLE)
    .datasource(CHOSEN_PROMETHEUS)
    .query({ query: definition, refId: 'PrometheusVariableQueryEditor-VariableQuery' })
    .definition(definition)
    .refresh(VariableRefresh.OnDashboardLoad)
    .hide(VariableHide.HideVariable)
    .build();
}

/** Nobody's choice: it follows the range of the page. */
function steps(): VariableModel {
  const definition = `query_result(${STEPS_QUERY})`;
  return new QueryVariableBuilder(STEPS_VARIABLE)
    .datasource(CHOSEN_PROMETHEUS)
    .query({ query: definition, refId: 'PrometheusVariableQueryEditor-VariableQuery' })
    .definition(definition)
    .regex(`/${STEPS_VARIABLE}="([^"]*)"/`)
    .refresh(VariableRefresh.OnTimeRangeChanged)
    .hide(VariableHide.HideVariable)
    .build();
}

/** Those with the most violations: agents are many, and whoever is not among the worst is found in the tables. */
export const agentVariable = (): VariableModel => {
  const worst = worstAgents();
  const description = `The ${MOST_AGENTS} agents with the most violations in 30 days, out of what each hour brought. Panels by agent follow it, and those of crashes and of what should never happen.`;
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
