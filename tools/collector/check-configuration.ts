import type { ConfigurationFile } from './configuration-file.js';
import {
  environmentProblems,
  isSecret,
  noteOf,
  variableUses,
  type Environment,
  type VariableUse,
} from './environment.js';
import { merge } from './merge.js';
import { backendProblems, Configuration, pipelineProblems, type Pipeline } from './pipelines.js';
import type { Problem } from './problems.js';

export interface Report {
  readonly problems: readonly Problem[];
  readonly pipelines: readonly Pipeline[];
  readonly variables: readonly VariableUse[];
}

/** Everything that can be said of these files without running them. */
export function checkConfiguration(files: readonly ConfigurationFile[], env: Environment): Report {
  const { settings, problems } = merge(files);
  const configuration = new Configuration(settings, files);
  const variables = variableUses(settings);
  return {
    problems: [
      ...problems,
      ...pipelineProblems(configuration),
      ...backendProblems(configuration),
      ...environmentProblems(variables, env, files),
    ],
    pipelines: configuration.pipelines,
    variables,
  };
}

/** What will run: pipelines as arrows, and each variable with its value. */
export function reportText(
  { pipelines, variables }: Report,
  files: readonly ConfigurationFile[],
  env: Environment,
): string {
  const width = Math.max(...pipelines.map(({ id }) => id.length));
  const flows = pipelines.map(({ id, receivers, processors, exporters }) => {
    const steps = [receivers, processors, exporters].filter((step) => step.length > 0);
    return `  ${id.padEnd(width)}  ${steps.map((step) => step.join(', ')).join(' → ')}`;
  });
  const unique = [...new Map(variables.map((use) => [use.name, use])).values()];
  const values = unique.map(({ name, default: fallback }) => {
    const value = env[name];
    if (value === undefined) return `  ${name}: ${fallback || 'empty'} (default)`;
    return `  ${name}: ${isSecret(name, noteOf(name, files)) ? 'set' : value}`;
  });
  return [
    `Pipelines of ${files.map(({ name }) => name).join(' + ')}:`,
    ...flows,
    'Environment:',
    ...values,
  ].join('\n');
}
