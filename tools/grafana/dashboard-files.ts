// The dashboards as files: one each, bare as file provisioning takes them, named after its uid.
import { readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import type { Dashboard } from '@grafana/grafana-foundation-sdk/dashboard';

export const FOLDER = 'grafana/dashboards';
/** Commands are run from the root of the checkout. */
const ROOT = resolve('.');

export interface DashboardFile {
  /** From the root of the checkout. */
  readonly path: string;
  readonly text: string;
}

/** What is in the checkout. */
export function committedFiles(): DashboardFile[] {
  return readdirSync(join(ROOT, FOLDER))
    .filter((name) => name.endsWith('.json'))
    .sort()
    .map((name) => `${FOLDER}/${name}`)
    .map((path) => ({ path, text: readFileSync(join(ROOT, path), 'utf8') }));
}

/** The dashboards of the checkout, as Grafana loads them. */
export const committedDashboards = (): Dashboard[] =>
  committedFiles().map(({ text }) => JSON.parse(text) as Dashboard);

/** Paths whose file is not what the sources say, or has no source. */
export function staleDashboards(
  generated: readonly DashboardFile[],
  committed: readonly DashboardFile[],
): string[] {
  const textOf = (files: readonly DashboardFile[], path: string) =>
    files.find((file) => file.path === path)?.text;
  const paths = new Set([...generated, ...committed].map(({ path }) => path));
  return [...paths].filter((path) => textOf(generated, path) !== textOf(committed, path)).sort();
}
