// The dashboards as files: one each, bare as file provisioning takes them, named after its uid.
import { readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import type { Dashboard } from '@grafana/grafana-foundation-sdk/dashboard';
import type { GeneratedFile } from '../generated-files.js';

export const FOLDER = 'grafana/dashboards';
/** Commands are run from the root of the checkout. */
const ROOT = resolve('.');

/** What is in the checkout. */
export function committedFiles(root = ROOT): GeneratedFile[] {
  return readdirSync(join(root, FOLDER))
    .filter((name) => name.endsWith('.json'))
    .sort()
    .map((name) => `${FOLDER}/${name}`)
    .map((path) => ({ path, text: readFileSync(join(root, path), 'utf8') }));
}

/** The dashboards of the checkout, as Grafana loads them. */
export const committedDashboards = (root = ROOT): Dashboard[] =>
  committedFiles(root).map(({ text }) => JSON.parse(text) as Dashboard);
