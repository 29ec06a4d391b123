import { NAMESPACE, PART_OF, type KubernetesObject } from './object.js';

/** Refuses every pod that is not as little privileged as it can be. */
export function namespace(): KubernetesObject {
  const levels = ['enforce', 'audit', 'warn'].map((mode) => [
    `pod-security.kubernetes.io/${mode}`,
    'restricted',
  ]);
  return {
    apiVersion: 'v1',
    kind: 'Namespace',
    metadata: { name: NAMESPACE, labels: { ...PART_OF, ...Object.fromEntries(levels) } },
  };
}
