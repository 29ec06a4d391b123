// Every file that is generated, and what is in it.
import { join } from 'node:path';
import { AGENT, agentObjects } from './agent.js';
import { BACKEND_FILE } from './backend.js';
import { ROOT } from './collector-files.js';
import { GATEWAY, gatewayObjects } from './gateway.js';
import {
  collectorsMonitor,
  kernelsMonitor,
  prometheusRule,
  ruleFiles,
  type RuleFile,
} from './prometheus-operator.js';
import { namespace, type KubernetesObject } from './object.js';
import { networkPolicies } from './network-policies.js';
import { SECURITY, securityComponent } from './security.js';

export const FOLDER = 'deploy/kubernetes';
const OPERATOR = 'prometheus-operator';

export interface Manifest {
  /** From the root of the checkout. */
  readonly path: string;
  readonly objects: readonly unknown[];
}

export function manifests(
  rules: readonly RuleFile[] = ruleFiles(join(ROOT, 'prometheus/rules')),
): Manifest[] {
  const collectors = [
    file('namespace.yaml', namespace()),
    file(`${AGENT}.yaml`, ...agentObjects()),
    file(`${GATEWAY}.yaml`, ...gatewayObjects()),
    file('network-policies.yaml', ...networkPolicies()),
  ];
  const operator = [
    file(`${OPERATOR}/collectors.yaml`, collectorsMonitor()),
    file(`${OPERATOR}/kernels.yaml`, kernelsMonitor()),
    ...rules.map((rule) => file(`${OPERATOR}/rules-${rule.name}.yaml`, prometheusRule(rule))),
  ];
  return [
    ...collectors,
    kustomization('', [...collectors.map(({ path }) => path), BACKEND_FILE]),
    ...operator,
    kustomization(
      `${OPERATOR}/`,
      operator.map(({ path }) => path),
    ),
    ...Object.keys(SECURITY).map((name) => ({
      path: `${FOLDER}/security/${name}/kustomization.yaml`,
      objects: [securityComponent(name)],
    })),
  ];
}

function file(name: string, ...objects: KubernetesObject[]): Manifest {
  return { path: `${FOLDER}/${name}`, objects };
}

/** What `kubectl apply -k` applies. */
function kustomization(folder: string, paths: readonly string[]): Manifest {
  const here = `${FOLDER}/${folder}`;
  const resources = paths.map((path) => path.slice(here.length));
  return {
    path: `${here}kustomization.yaml`,
    objects: [{ apiVersion: 'kustomize.config.k8s.io/v1beta1', kind: 'Kustomization', resources }],
  };
}
