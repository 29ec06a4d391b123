// Dashboards that ask for metrics nobody makes: no kernel of this release, no rule, and nothing that Prometheus has.
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { METRICS } from '../../semconv/index.js';
import { UsageError } from '../command.js';
import { readText } from '../text-file.js';
import { finding, type Finding } from './finding.js';
import { askJson } from './http.js';

/** @param folder - of dashboards as JSON */
export async function dashboardFindings(folder: string, prometheus: string | undefined): Promise<Finding[]> {
  let files: string[];
  try {
    files = readdirSync(folder).filter(
      (name) => name.endsWith('.json') && name !== 'agent-os-observability.json',
    );
  } catch (error) {
    throw new UsageError(`${folder} cannot be read: ${(error as Error).message}`);
  }
  const known = new Set([...Object.keys(METRICS), ...(await namesIn(prometheus))]);
  const isKnown = (name: string): boolean => {
    const [fixed = '', ...variables] = name.split('$');
    return variables.length === 0 ? known.has(name) : [...known].some((one) => one.startsWith(fixed));
  };
  return files.flatMap((file) => {
    const asked = new Set(expressionsIn(modelIn(join(folder, file))).flatMap(metricsOf));
    const unknown = [...asked].filter(
      (name) => !isKnown(name) && !isKnown(name.replace(/_(bucket|sum|count)$/, '')),
    );
    return unknown.length === 0
      ? []
      : [
          finding(
            'dashboards',
            `${file} asks for what nobody makes: ${unknown.join(', ')}`,
            'upgrade the dashboards with the package, or load the rules that record it',
          ),
        ];
  });
}

function modelIn(path: string): unknown {
  try {
    return JSON.parse(readText(path));
  } catch (error) {
    throw new UsageError(`${path} cannot be read as JSON: ${(error as Error).message}`);
  }
}

/** Names that Prometheus has series of, or rules for. */
async function namesIn(url: string | undefined): Promise<string[]> {
  if (url === undefined) return [];
  try {
    const names = await askJson<{ data: string[] }>(`${url}/api/v1/label/__name__/values`);
    const rules = await askJson<{ data: { groups: { rules: { name: string }[] }[] } }>(`${url}/api/v1/rules`);
    return [
      ...(names?.data ?? []),
      ...(rules?.data.groups ?? []).flatMap((group) => group.rules.map(({ name }) => name)),
    ];
  } catch {
    return []; // said by another check
  }
}

function expressionsIn(value: unknown): string[] {
  if (value === null || typeof value !== 'object') return [];
  return Object.entries(value).flatMap(([key, inner]) =>
    key === 'expr' && typeof inner === 'string' ? [inner] : expressionsIn(inner),
  );
}

/** Metrics of Agent OS in a query, without labels and what stands in quotes. A variable may be a part of a name. */
const metricsOf = (query: string): string[] =>
  query
    .replace(/"[^"]*"/g, '')
    .replace(/\{[^}]*\}/g, '')
    .replace(/\b(by|without|on|ignoring|group_left|group_right)\s*\([^)]*\)/g, '')
    .match(/\b(?:agent_os|amb|gen_ai)[_:][\w:$]*/g) ?? [];
