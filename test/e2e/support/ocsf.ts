import { spawnSync } from 'node:child_process';
import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js';

/** The newest release that the package brings; of 1.9.0-dev, which our events are of, it lacks ai_agent. */
export const OCSF_VERSION = '1.8.0';

export interface OcsfEvent extends Record<string, unknown> {
  readonly class_uid: number;
  readonly metadata: { readonly profiles: readonly string[] };
  readonly ai_agent?: unknown;
  readonly evidences?: readonly Record<string, unknown>[];
}

const PYTHON_PROGRAM = `
import json, sys
from ocsf_json_schema import get_ocsf_schema, OcsfJsonSchemaEmbedded
schema = OcsfJsonSchemaEmbedded(get_ocsf_schema(version=sys.argv[1]))
name = schema.lookup_class_name_from_uid(class_uid=int(sys.argv[2]))
print(json.dumps(schema.get_class_schema(class_name=name, profiles=json.loads(sys.argv[3]))))
`;

/** By class and profiles: one takes seconds to compile. */
const validators = new Map<string, ValidateFunction>();

/** What the schema of OCSF's release has against an event; the package ocsf-json-schema of Python makes the JSON Schema. */
export function ocsfProblems(event: OcsfEvent): string[] {
  const validate = validatorOf(event.class_uid, JSON.stringify(event.metadata.profiles));
  validate(released(event));
  return (validate.errors ?? []).map(
    ({ instancePath, message, params }) => `${instancePath} ${message} ${JSON.stringify(params)}`,
  );
}

function validatorOf(classUid: number, profiles: string): ValidateFunction {
  const key = `${classUid} ${profiles}`;
  const known = validators.get(key) ?? compiled(classUid, profiles);
  validators.set(key, known);
  return known;
}

function compiled(classUid: number, profiles: string): ValidateFunction {
  const { status, stdout, stderr, error } = spawnSync(
    'python3',
    ['-c', PYTHON_PROGRAM, OCSF_VERSION, String(classUid), profiles],
    // Named, since jest gives tests a `process.env` of their own.
    { encoding: 'utf8', env: process.env, maxBuffer: 2 ** 28, timeout: 60_000 },
  );
  if (status !== 0)
    throw new Error(`ocsf-json-schema cannot be asked: ${error?.message ?? stderr}. See .ci/run.`);
  return new Ajv2020({ strict: false, allErrors: true }).compile(JSON.parse(stdout) as object);
}

/** Without ai_agent, which is of 1.9.0-dev: at the top by the profile ai_operation, and in evidences. */
function released(event: OcsfEvent): object {
  const { evidences } = event;
  return {
    ...withoutAgent(event),
    ...(evidences !== undefined && { evidences: evidences.map(withoutAgent) }),
  };
}

function withoutAgent({ ai_agent: _, ...rest }: Readonly<Record<string, unknown>>): object {
  return rest;
}
