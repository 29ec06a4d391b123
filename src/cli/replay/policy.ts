// The policy of a replay: a file of the agent-governance SDK, or a module that decides.
import { createRequire } from 'node:module';
import { extname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { UsageError } from '../command.js';
import { readText } from '../text-file.js';
import type { RecordedCall } from './recorded-calls.js';

/** What it answers is read by `verdictOf`. */
export type Policy = (call: RecordedCall) => unknown;

const SDK = '@microsoft/agent-governance-sdk';

interface Engine {
  loadYaml(text: string): unknown;
  loadJson(text: string): unknown;
  evaluatePolicy(agentId: string, context: object): unknown;
}

/**
 * @param cwd - whose installation has the SDK
 * @throws UsageError where it cannot be read or decides nothing
 */
export async function policyOf(path: string, cwd: string): Promise<Policy> {
  const kind = extname(path);
  try {
    if (['.yaml', '.yml', '.json'].includes(kind)) return policyOfSdk(path, kind === '.json', cwd);
    if (['.js', '.mjs', '.cjs'].includes(kind))
      return policyOfModule(path, (await import(pathToFileURL(path).href)) as Record<string, unknown>);
  } catch (error) {
    if (error instanceof UsageError) throw error;
    throw new UsageError(`${path} cannot be used as a policy: ${(error as Error).message}`);
  }
  throw new UsageError(`--policy must be a .yaml, .yml, .json, .js, .mjs or .cjs file, got ${path}`);
}

function policyOfSdk(path: string, json: boolean, cwd: string): Policy {
  const text = readText(path);
  let sdk: { PolicyEngine: new () => Engine };
  try {
    sdk = createRequire(join(cwd, 'x.js'))(SDK) as typeof sdk;
  } catch {
    throw new UsageError(`${path} needs ${SDK} in ${cwd}: npm install ${SDK}`);
  }
  const engine = new sdk.PolicyEngine();
  if (json) engine.loadJson(text);
  else engine.loadYaml(text);
  return ({ agentId, action, record }) => engine.evaluatePolicy(agentId, { ...record, action });
}

function policyOfModule(path: string, module: Record<string, unknown>): Policy {
  const inner = module['default'] as Record<string, unknown> | undefined;
  for (const found of [inner, module['policy'], module['decide'], inner?.['policy'], inner?.['decide']]) {
    if (typeof found === 'function') return ({ record }) => (found as (record: object) => unknown)(record);
    const evaluate = (found as { evaluate?: unknown } | undefined)?.evaluate;
    if (typeof evaluate === 'function') return ({ record }) => evaluate.call(found, record) as unknown;
  }
  throw new UsageError(
    `${path} must export a function as default, policy or decide, or an object with evaluate`,
  );
}
