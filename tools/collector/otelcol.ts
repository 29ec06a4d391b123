// The Collector itself, if there is one: it alone knows every setting of every component.
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { UsageError } from './problems.js';
import type { Environment } from './environment.js';

export interface Otelcol {
  readonly path: string;
  /** Named by OTELCOL, so that this one has to accept the configuration. */
  readonly named: boolean;
}

export interface Validation {
  readonly accepted: boolean;
  /** Components that this build has not, as `datadog (exporters)`, if that is all it objects to. */
  readonly missing: readonly string[];
  /** What the Collector said, without its own prefix. */
  readonly said: string;
}

/**
 * The program that OTELCOL names, or the one that tools/native-stack has built.
 *
 * @throws {UsageError} When OTELCOL names none.
 */
export async function findOtelcol(env: Environment): Promise<Otelcol | undefined> {
  const named = env['OTELCOL'];
  if (named !== undefined && named !== '') {
    if (!existsSync(named)) throw new UsageError(`OTELCOL names ${named}, which is not there.`);
    return { path: named, named: true };
  }
  const path = await nativePath();
  return path !== undefined && existsSync(path) ? { path, named: false } : undefined;
}

async function nativePath(): Promise<string | undefined> {
  try {
    const { binaryPath } = await import('../native-stack/cache.js');
    return binaryPath('otelcol');
  } catch {
    return undefined; // without a Go toolchain there is no native stack
  }
}

export function validate(otelcol: string, configs: readonly string[], env: Environment): Validation {
  const { status, error, stdout, stderr } = spawnSync(
    otelcol,
    ['validate', ...configs.flatMap((config) => ['--config', config])],
    { env: { ...env }, encoding: 'utf8', timeout: 60_000 },
  );
  const said = [stdout, stderr, error?.message].filter(Boolean).join('\n').trim();
  const objections = said.split('\n').filter((line) => line.startsWith("'"));
  const unknown = objections.map((line) => /^'(\w+)' unknown type: "([^"]+)"/.exec(line));
  const missing = unknown.flatMap((match) => (match === null ? [] : [`${match[2]} (${match[1]})`]));
  return {
    accepted: status === 0,
    missing: missing.length === objections.length ? missing : [],
    said: said.replace(/^Error: /m, ''),
  };
}
