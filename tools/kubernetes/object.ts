// What all our objects have in common.
export interface KubernetesObject {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: {
    readonly name: string;
    readonly namespace?: string;
    readonly labels?: Labels;
    readonly annotations?: Labels;
  };
  readonly [field: string]: unknown;
}

export type Labels = Readonly<Record<string, string>>;

export const NAMESPACE = 'agent-os-observability';

/** On everything that is ours. */
export const PART_OF: Labels = { 'app.kubernetes.io/part-of': 'agent-os-observability' };

/** What a kernel's pods must have, in whatever namespace: agents accept from them, and Prometheus scrapes them. */
export const KERNEL: Labels = { 'app.kubernetes.io/component': 'agent-os-kernel' };

/** By which one tier of Collectors is selected. */
export function selectorOf(tier: string): Labels {
  return { 'app.kubernetes.io/name': tier };
}

export function metadataOf(name: string, tier = name): KubernetesObject['metadata'] {
  return { name, namespace: NAMESPACE, labels: { ...selectorOf(tier), ...PART_OF } };
}

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
