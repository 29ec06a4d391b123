// The manifests as they are in the checkout.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse, parseAllDocuments } from 'yaml';
import { ROOT } from './collector-files.js';
import { FOLDER } from './manifests.js';
import type { KubernetesObject } from './object.js';

export interface CommittedFile {
  /** From the root of the checkout. */
  readonly path: string;
  readonly objects: readonly KubernetesObject[];
}

/** Every file but those of kustomize and of the Collector. */
export function committedManifests(): CommittedFile[] {
  return readdirSync(join(ROOT, FOLDER), { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.yaml') && !/(^collector\/|kustomization\.yaml$)/.test(name))
    .sort()
    .map((name) => {
      const path = `${FOLDER}/${name}`;
      const documents = parseAllDocuments(readFileSync(join(ROOT, path), 'utf8'));
      const [error] = documents.flatMap(({ errors }) => errors);
      if (error !== undefined) throw new Error(`${path}: ${error.message}`);
      return { path, objects: documents.map((document) => document.toJS() as KubernetesObject) };
    });
}

/** What `kubectl apply -k` of a folder applies, as paths from the root of the checkout. */
export function kustomizedFiles(folder: string): string[] {
  const { apiVersion, kind, resources, ...rest } = parse(
    readFileSync(join(ROOT, folder, 'kustomization.yaml'), 'utf8'),
  ) as Record<string, unknown>;
  if (
    apiVersion !== 'kustomize.config.k8s.io/v1beta1' ||
    kind !== 'Kustomization' ||
    Object.keys(rest).length > 0
  )
    throw new Error(`${folder}/kustomization.yaml has more than resources: ${Object.keys(rest).join(', ')}`);
  return (resources as string[]).map((name) => `${folder}/${name}`);
}
