// Prometheus' rule files as objects of prometheus-operator, which reads no others.
import { readdirSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { parse } from 'yaml';
import { NAMESPACE, PART_OF, type KubernetesObject } from './object.js';

export interface RuleFile {
  /** Without its ending. */
  readonly name: string;
  readonly text: string;
}

/** The files that `rule_files` of prometheus.yml means; none is fine. */
export function ruleFiles(folder: string): RuleFile[] {
  return readdirSync(folder)
    .filter((file) => /\.ya?ml$/.test(file))
    .sort()
    .map((file) => ({
      name: basename(file).replace(/\.ya?ml$/, ''),
      text: readFileSync(join(folder, file), 'utf8'),
    }));
}

export function prometheusRule({ name, text }: RuleFile): KubernetesObject {
  const { groups, ...rest } = parse(text) as { groups?: unknown[] };
  const others = Object.keys(rest);
  if (groups === undefined || others.length > 0)
    throw new Error(`rules/${name} has to have groups, and nothing else: ${others.join(', ')}`);
  return {
    apiVersion: 'monitoring.coreos.com/v1',
    kind: 'PrometheusRule',
    metadata: { name: objectName(name), namespace: NAMESPACE, labels: PART_OF },
    spec: { groups },
  };
}

/** Names of objects are lower case, without underscores. */
export function objectName(file: string): string {
  return `agent-os-${file.toLowerCase().replaceAll('_', '-')}`;
}
