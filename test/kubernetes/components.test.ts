import { parse } from 'yaml';
import { checkConfiguration } from '../../tools/collector/check-configuration.js';
import { readConfiguration } from '../../tools/collector/configuration-file.js';
import { COLLECTOR_FOLDER } from '../../tools/kubernetes/collector-files.js';
import { podConfigs, podEnvironment } from '../../tools/kubernetes/configuration-problems.js';
import { FOLDER } from '../../tools/kubernetes/manifests.js';
import { schemaProblems } from '../../tools/kubernetes/schema.js';
import { textFile, workload, type Tier } from './support.js';

/* eslint-disable @typescript-eslint/no-explicit-any -- each kind has a schema of its own */

interface Operation {
  readonly op: string;
  readonly path: string;
  readonly value: unknown;
}

/** The one operation of JSON Patch that components have: to add at the end of a list. */
function patched(object: any, operations: readonly Operation[]): any {
  const copy = structuredClone(object);
  for (const { op, path, value } of operations) {
    expect([op, path.endsWith('/-')]).toEqual(['add', true]);
    const list = path
      .split('/')
      .slice(1, -1)
      .reduce((node, key) => node[key], copy);
    list.push(value);
  }
  return copy;
}

function withComponents(...names: string[]): Map<Tier, any> {
  const result = new Map<Tier, any>();
  for (const name of names) {
    const component = parse(textFile(`${FOLDER}/security/${name}/kustomization.yaml`));
    expect(component).toMatchObject({ apiVersion: 'kustomize.config.k8s.io/v1alpha1', kind: 'Component' });
    for (const { target, patch } of component.patches) {
      const before = result.get(target.name) ?? workload(target.name);
      expect(before.kind).toBe(target.kind);
      result.set(target.name, patched(before, JSON.parse(patch)));
    }
  }
  return result;
}

describe.each([[['bearer']], [['mtls']], [['mtls', 'bearer']]])('with the components %j', (names) => {
  const workloads = [...withComponents(...names)];
  const container = (object: any) => object.spec.template.spec.containers[0];

  it.each(workloads)('%s is an object that the API server takes', (_, object) => {
    expect(schemaProblems(object)).toEqual([]);
  });

  it.each(workloads)('%s has the files and variables of a sound configuration', (tier, object) => {
    const { volumes } = object.spec.template.spec;
    const items = volumes.find(({ name }: { name: string }) => name === 'files').configMap.items;
    const configs = podConfigs(container(object));
    for (const config of configs) expect(items).toContainEqual(expect.objectContaining({ path: config }));
    const paths = configs.map((config) =>
      config === 'agent-without-scrape.yaml' ? `${FOLDER}/collector/${config}` : config,
    );
    const { problems } = checkConfiguration(
      readConfiguration(paths, COLLECTOR_FOLDER),
      podEnvironment(container(object)),
    );
    expect([tier, problems]).toEqual([tier, []]);
  });

  it.each(workloads)('%s finds each file where its Secret is mounted', (_, object) => {
    const mounts = container(object).volumeMounts.map(({ mountPath }: { mountPath: string }) => mountPath);
    const named = container(object).env.filter(({ name }: { name: string }) => name.endsWith('_FILE'));
    expect(named.length).toBeGreaterThan(0);
    for (const { value } of named) expect(mounts).toContain(value.slice(0, value.lastIndexOf('/')));
  });
});
