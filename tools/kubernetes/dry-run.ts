// npm run kubernetes:dry-run [-- --report]
// Has a real API server, built from its sources where it is missing (minutes, once), take every object of
// deploy/kubernetes without keeping it, and the pods that the workloads would have made. Warnings are failures.
// --report writes what it said to docs/kubernetes.md.
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { format, resolveConfig } from 'prettier';
import { parse } from 'yaml';
import { buildPrograms } from '../native-stack/native-binaries.js';
import { NativeStackError, programsNamed } from '../native-stack/programs.js';
import { ApiServer } from './api-server.js';
import { ROOT } from './collector-files.js';
import { committedManifests } from './committed.js';
import { dryRunPage, type Asked } from './dry-run-page.js';
import type { KubernetesObject } from './object.js';
import { DEFINITIONS, moduleFolder, OPERATOR, RESOURCES } from './schemas/modules.js';
import { SECURITY, securityPatches } from './security.js';

const REPORT = '--report';

async function main(args: readonly string[]): Promise<void> {
  await buildPrograms(programsNamed(['etcd', 'kubernetes']));
  const folder = mkdtempSync(join(tmpdir(), 'agent-os-api-server-'));
  const started = Date.now();
  const server = await ApiServer.start(folder);
  try {
    const asked = await dryRun(server);
    const seconds = ((Date.now() - started) / 1000).toFixed(0);
    const objects = asked.reduce((sum, { taken }) => sum + taken, 0);
    const refused = asked.filter(({ refusal }) => refusal !== undefined);
    for (const { what, refusal } of refused) console.log(`refused, as it must be: ${what}\n    ${refusal}`);
    const version = await server.version();
    console.log(`Kubernetes ${version} takes all ${objects} objects, without a warning; ${seconds} s`);
    if (args.includes(REPORT)) await writePage(dryRunPage(version, OPERATOR, asked));
  } finally {
    await server.stop();
    rmSync(folder, { recursive: true });
  }
}

async function writePage(text: string): Promise<void> {
  const filepath = join(ROOT, 'docs/kubernetes.md');
  writeFileSync(filepath, await format(text, { ...(await resolveConfig(filepath)), filepath }));
}

async function dryRun(server: ApiServer): Promise<Asked[]> {
  for (const definition of definitions()) {
    await kept(server, definition);
    const { group, names, versions } = definition.spec;
    for (const { name } of versions) await server.serves(`${group}/${name}`, names.kind);
  }
  const objects = committedManifests()
    .flatMap((file) => file.objects)
    .filter(({ kind }) => kind !== 'Component')
    // What is in a namespace is refused where there is none.
    .sort((a, b) => Number(b.kind === 'Namespace') - Number(a.kind === 'Namespace'));
  const problems: string[] = [];
  const all = async (what: string, list: readonly KubernetesObject[]): Promise<Asked> => {
    for (const object of list) problems.push(...(await problemsOf(server, object)));
    return { what, taken: list.length };
  };
  const asked: Asked[] = [];
  for (const kind of new Set(objects.map((object) => object.kind))) {
    const ofKind = objects.filter((object) => object.kind === kind);
    asked.push(await all(kind, ofKind));
    if (kind === 'Namespace') for (const object of ofKind) await kept(server, object);
  }
  const pods = objects.flatMap(podOf);
  asked.push(await all('pods of these workloads, by Pod Security admission', pods));
  for (const names of [['mtls'], ['bearer'], ['mtls', 'bearer']]) {
    const changed = objects.map((object) => patched(object, names)).filter((one) => !objects.includes(one));
    const text = `workloads with security/${names.join(' and security/')}, and their pods`;
    asked.push(await all(text, [...changed, ...changed.flatMap(podOf)]));
  }
  for (const [what, wrong] of Object.entries(controls(pods[0]!, objects))) {
    const { ok, said } = await server.apply(wrong, true);
    if (ok) problems.push(`the server takes ${what}`);
    asked.push({ what, taken: 0, refusal: said.join('; ') });
  }
  if (problems.length > 0) throw new NativeStackError(problems.join('\n'));
  return asked;
}

/** As kustomize makes it with these components, whose patches only add to lists. */
function patched(object: KubernetesObject, components: readonly string[]): KubernetesObject {
  const patches = components
    .flatMap((name) => securityPatches(SECURITY[name]!))
    .filter(({ target }) => target.kind === object.kind && target.name === object.metadata.name);
  if (patches.length === 0) return object;
  const copy = structuredClone(object);
  for (const { patch } of patches)
    for (const { path, value } of JSON.parse(patch) as { path: string; value: unknown }[]) {
      const keys = path.split('/').slice(1, -1);
      const list = keys.reduce(
        (at, key) => at[key] as Record<string, unknown>,
        copy as Record<string, unknown>,
      );
      (list as unknown as unknown[]).push(value);
    }
  return copy;
}

async function problemsOf(server: ApiServer, object: KubernetesObject): Promise<string[]> {
  const { said } = await server.apply(object, true);
  return said.map((line) => `${object.kind} ${object.metadata.name}: ${line}`);
}

async function kept(server: ApiServer, object: KubernetesObject): Promise<void> {
  const { ok, said } = await server.apply(object, false);
  if (!ok) throw new NativeStackError(`${object.kind} ${object.metadata.name}: ${said.join('; ')}`);
}

interface Definition extends KubernetesObject {
  readonly spec: {
    readonly group: string;
    readonly names: { readonly kind: string };
    readonly versions: readonly { readonly name: string }[];
  };
}

/** Of the kinds of prometheus-operator. */
function definitions(): Definition[] {
  const folder = join(moduleFolder(OPERATOR), DEFINITIONS);
  return RESOURCES.map(
    (name) => parse(readFileSync(join(folder, `monitoring.coreos.com_${name}.yaml`), 'utf8')) as Definition,
  );
}

/** The pod of a workload, which a controller would make: only then does Pod Security admission refuse. */
function podOf({ kind, metadata, ...rest }: KubernetesObject): KubernetesObject[] {
  const { spec } = rest as { spec?: Workload };
  if (spec?.template === undefined) return [];
  const name = `${metadata.name}-of-${kind.toLowerCase()}`;
  const claimed = (spec.volumeClaimTemplates ?? []).map((claim) => ({
    name: claim.metadata.name,
    persistentVolumeClaim: { claimName: `${claim.metadata.name}-${name}` },
  }));
  const { template } = spec;
  return [
    {
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: { ...template.metadata, name, namespace: metadata.namespace! },
      spec: { ...template.spec, volumes: [...(template.spec.volumes ?? []), ...claimed] },
    },
  ];
}

interface Workload {
  readonly template?: { readonly metadata: object; readonly spec: { readonly volumes?: readonly object[] } };
  readonly volumeClaimTemplates?: readonly { readonly metadata: { readonly name: string } }[];
}

/** What a server that checks nothing would take. */
function controls(
  pod: KubernetesObject,
  objects: readonly KubernetesObject[],
): Record<string, KubernetesObject> {
  const { spec } = pod as unknown as { spec: object };
  const rules = objects.find(({ kind }) => kind === 'PrometheusRule')!;
  return {
    'a pod of ours with hostNetwork': { ...pod, spec: { ...spec, hostNetwork: true } },
    'a pod of ours with a field that there is not': { ...pod, spec: { ...spec, unheardOf: true } },
    'a pod of ours with a value that there is not': { ...pod, spec: { ...spec, restartPolicy: 'Sometimes' } },
    'a PrometheusRule of ours with a field that there is not': {
      ...rules,
      spec: { groups: [], unheardOf: 1 },
    },
  };
}

main(process.argv.slice(2)).catch((error: unknown) => {
  console.error(error instanceof NativeStackError ? error.message : error);
  process.exitCode = 1;
});
