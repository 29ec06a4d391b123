// Whether an object is one that the API server would take, unknown fields refused: by the schemas in schemas/.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Ajv, type ValidateFunction } from 'ajv';
import { ROOT } from './collector-files.js';

interface Schemas {
  readonly kinds: Readonly<Record<string, object>>;
  readonly definitions: object;
}

const FILES = ['kubernetes.json', 'prometheus-operator.json'];

const ajv = new Ajv({ strict: false, allErrors: true });
const schemas = new Map<string, object>(
  FILES.flatMap((file) => {
    const text = readFileSync(join(ROOT, 'tools/kubernetes/schemas', file), 'utf8');
    const { kinds, definitions } = JSON.parse(text) as Schemas;
    return Object.entries(kinds).map(([kind, schema]) => [kind, { ...schema, definitions }] as const);
  }),
);
const validators = new Map<string, ValidateFunction>();

/** A line for each field that is wrong; none when all are well. */
export function schemaProblems(object: unknown): string[] {
  const { apiVersion, kind, metadata } = (object ?? {}) as Record<string, unknown>;
  const type = `${apiVersion}/${kind}`;
  const name = `${kind} ${(metadata as { name?: string } | undefined)?.name}`;
  const schema = schemas.get(type);
  if (schema === undefined) return [`${name}: there is no schema of ${type}`];
  const validate = validators.get(type) ?? ajv.compile(schema);
  validators.set(type, validate);
  if (validate(object)) return [];
  return validate.errors!.map(({ instancePath, message, params }) => {
    const field = (params as { additionalProperty?: string }).additionalProperty;
    return `${name}: ${instancePath || '/'} ${message}${field === undefined ? '' : `: ${field}`}`;
  });
}
