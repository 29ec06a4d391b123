import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ROOT } from '../../tools/kubernetes/collector-files.js';
import { committedManifests } from '../../tools/kubernetes/committed.js';

/* eslint-disable @typescript-eslint/no-explicit-any -- each kind has a schema of its own, which schema.test.ts checks */

export const files = committedManifests();
export const objects: readonly any[] = files.flatMap((file) => file.objects);

export const TIERS = ['collector-agent', 'collector-gateway'] as const;
export type Tier = (typeof TIERS)[number];

/** The one object of that kind and name. */
export function one(kind: string, name: string): any {
  const found = objects.filter((object) => object.kind === kind && object.metadata.name === name);
  if (found.length !== 1) throw new Error(`there are ${found.length} of ${kind} ${name}`);
  return found[0];
}

export function workload(tier: Tier): any {
  return one(tier === 'collector-agent' ? 'DaemonSet' : 'StatefulSet', tier);
}

export const podOf = (tier: Tier): any => workload(tier).spec.template;
export const containerOf = (tier: Tier): any => podOf(tier).spec.containers[0];

export function textFile(path: string): string {
  return readFileSync(join(ROOT, path), 'utf8');
}
