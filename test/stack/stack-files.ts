import { existsSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { parse } from 'yaml';

export const ROOT = resolve(__dirname, '../..');

/* eslint-disable @typescript-eslint/no-explicit-any -- each file has a schema of its own */

/** A YAML file of the checkout, merge keys resolved. */
export function yamlFile(path: string): any {
  return parse(textFile(path), { merge: true });
}

export function textFile(path: string): string {
  return readFileSync(join(ROOT, path), 'utf8');
}

export const isThere = (path: string) => existsSync(join(ROOT, path));
