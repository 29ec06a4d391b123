// The environment variables of a configuration: `otelcol validate` is content with an unset secret, this is not.
import type { ConfigurationFile, Setting, VariableNote } from './configuration-file.js';
import { at } from './merge.js';
import type { Problem } from './problems.js';

export interface VariableUse {
  readonly name: string;
  readonly default: string | undefined;
  readonly setting: Setting;
  /** Key path with list positions, as `receivers.prometheus.config.scrape_configs[0].job_name`. */
  readonly key: string;
}

export type Environment = Readonly<Record<string, string | undefined>>;

/** Scheme env, or none, which means env; two dollars are one that is meant. */
const REFERENCE = /(\$*)\$\{(?:env:)?([A-Za-z_]\w*)(?::-([^${}]*))?\}/g;
const SECRET_NAME = /KEY$|TOKEN|SECRET|PASSWORD|CREDENTIAL|HEADERS/;

export function variableUses(settings: readonly Setting[]): VariableUse[] {
  return settings.flatMap((setting) =>
    texts(setting.value, setting.path.join('.')).flatMap(({ key, text }) =>
      [...text.matchAll(REFERENCE)]
        .filter(([, dollars]) => dollars!.length % 2 === 0)
        .map((match) => ({ name: match[2]!, default: match[3], setting, key })),
    ),
  );
}

function texts(value: unknown, key: string): { key: string; text: string }[] {
  if (typeof value === 'string') return [{ key, text: value }];
  if (Array.isArray(value)) return value.flatMap((item, index) => texts(item, `${key}[${index}]`));
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([name, item]) => texts(item, `${key}.${name}`));
}

/** One problem for each variable that would be empty, with the first place that uses it. */
export function environmentProblems(
  uses: readonly VariableUse[],
  env: Environment,
  files: readonly ConfigurationFile[],
): Problem[] {
  const seen = new Set<string>();
  return uses.flatMap((use) => {
    const { name, setting, key } = use;
    const what = fault(use, env);
    if (what === undefined || seen.has(name)) return [];
    seen.add(name);
    const others = new Set(uses.filter((other) => other.name === name).map((other) => other.key)).size - 1;
    const note = noteOf(name, files);
    const more = others === 0 ? '' : ` (and ${others} more)`;
    const says = note === undefined ? '' : `: ${note.text}`;
    return [
      { ...at(setting), key: `${key}${more}`, what: `${what}${says}`, remedy: remedyFor(use, env, note) },
    ];
  });
}

function fault({ name, default: fallback }: VariableUse, env: Environment): string | undefined {
  const value = env[name];
  if (value === undefined) return fallback === undefined ? `${name} is not set` : undefined;
  if (value.trim() !== '') return undefined;
  if (fallback === undefined) return `${name} is empty`;
  // The default holds for a variable that is unset, not for one that is empty.
  return fallback === ''
    ? undefined
    : `${name} is set but empty, so that its default ${fallback} does not hold`;
}

function remedyFor(
  { name, default: fallback }: VariableUse,
  env: Environment,
  note: VariableNote | undefined,
): string {
  if (fallback !== undefined && env[name] !== undefined) return `unset ${name}`;
  return isSecret(name, note)
    ? `read -rs ${name} && export ${name}    # a secret: not in a file of this project, nor in the shell's history`
    : `export ${name}=…`;
}

export function isSecret(name: string, note: VariableNote | undefined): boolean {
  return note?.secret === true || SECRET_NAME.test(name);
}

export function noteOf(name: string, files: readonly ConfigurationFile[]): VariableNote | undefined {
  return [...files]
    .reverse()
    .find(({ variables }) => variables.has(name))
    ?.variables.get(name);
}
