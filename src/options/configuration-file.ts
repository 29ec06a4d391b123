import { readFileSync, statSync } from 'node:fs';
import nodeModule from 'node:module';
import type { OptionProblem } from '../diagnostics/errors.js';
import { variablesOf } from './configuration-model.js';

const VARIABLE = 'OTEL_CONFIG_FILE';
const MAX_BYTES = 1024 * 1024;

type Environment = Readonly<Record<string, string | undefined>>;

/** The environment as the package reads it. */
export interface ConfiguredEnvironment {
  readonly env: Environment;
  readonly problems: readonly OptionProblem[];
  /** Path in the file of what a variable stands for; undefined where there is no file. */
  readonly pathOf?: (variable: string) => string;
}

/** What this needs of the package `yaml`. */
interface Yaml {
  parseDocument(text: string): {
    readonly errors: readonly {
      readonly code: string;
      readonly linePos?: readonly { readonly line: number }[];
    }[];
    toJS(options: { maxAliasCount: number }): unknown;
  };
  visit(document: object, visitor: { Scalar(key: unknown, node: Scalar): void }): void;
  parse(text: string): unknown;
}

interface Scalar {
  value: unknown;
  source?: string;
  type?: string;
}

/**
 * The file that OTEL_CONFIG_FILE names, in OpenTelemetry's format 1.0 and 1.1, takes the place of all other `OTEL_…`
 * variables, as the specification has it. What is in it and cannot be had here is a problem, never ignored.
 */
export function configuredEnvironment(env: Environment, load: () => Yaml = loadYaml): ConfiguredEnvironment {
  const path = env[VARIABLE]?.trim();
  if (!path) return { env, problems: [] };
  const others = Object.fromEntries(Object.entries(env).filter(([name]) => !name.startsWith('OTEL_')));
  const problem = (received: string, accepted: string): ConfiguredEnvironment => ({
    env: others,
    problems: [{ path: VARIABLE, received, code: 'format', accepted }],
  });
  let text: string;
  try {
    if (statSync(path).size > MAX_BYTES)
      return problem(`${path}, which is larger`, 'a file of 1 MiB at most');
    text = readFileSync(path, 'utf8');
  } catch (error) {
    return problem(`${path} (${(error as NodeJS.ErrnoException).code})`, 'a file that can be read');
  }
  let yaml: Yaml;
  try {
    yaml = load();
  } catch {
    return problem(path, 'such a file where the package yaml is installed: npm install yaml');
  }
  const document = yaml.parseDocument(text);
  const [fault] = document.errors;
  if (fault !== undefined)
    return problem(`${path}, ${fault.code} in line ${fault.linePos?.[0]?.line ?? '?'}`, 'YAML or JSON');
  try {
    yaml.visit(document, { Scalar: (_, node) => substitute(node, env, yaml) });
    const { variables, paths, problems } = variablesOf(document.toJS({ maxAliasCount: 100 }));
    const pathOf = (name: string): string => `${VARIABLE} ${paths.get(name) ?? name}`;
    return {
      env: { ...others, ...variables },
      problems: problems.map((one) => ({ ...one, path: `${VARIABLE} ${one.path}` })),
      pathOf,
    };
  } catch (error) {
    return problem(`${path} (${error instanceof Error ? error.name : typeof error})`, 'YAML or JSON');
  }
}

const REFERENCE = /\$\$|\$\{(?:env:)?([a-zA-Z_]\w*)(?::-([^\n}]*))?\}/g;

/** Variables stand for text; what is not in quotes gets the type that the text has then. Never more than one value. */
function substitute(node: Scalar, env: Environment, yaml: Yaml): void {
  const { value, source, type } = node;
  const plain = type === 'PLAIN';
  const text = plain ? source : value;
  if (typeof text !== 'string' || !text.includes('$')) return;
  const filled = text.replace(REFERENCE, (whole, name?: string, fallback = '') =>
    name === undefined ? '$' : env[name] || (fallback as string),
  );
  const read = plain && filled.trim() !== '' ? scalarIn(filled, yaml) : plain ? null : filled;
  node.value = read === undefined ? filled : read;
}

/** Undefined where the text is no single value. */
function scalarIn(text: string, yaml: Yaml): unknown {
  try {
    const value = yaml.parse(text);
    return value !== null && typeof value === 'object' ? undefined : value;
  } catch {
    return undefined;
  }
}

function loadYaml(): Yaml {
  const from = typeof __filename === 'string' ? __filename : import.meta.url;
  return nodeModule.createRequire(from)('yaml') as Yaml;
}
