// Prometheus' rule files as objects of prometheus-operator, which reads no others.
import { readdirSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { parse } from 'yaml';
import { NAMESPACE, PART_OF, type KubernetesObject, KERNEL } from './object.js';

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

// What a Prometheus of prometheus-operator scrapes. Its jobs have the names that they have in prometheus.yml and in the
// Collector's own configuration, so that the rules hold in both places.

export function collectorsMonitor(): KubernetesObject {
  return monitor('collectors', {
    selector: { matchLabels: PART_OF },
    podMetricsEndpoints: [
      { port: 'metrics', path: '/metrics', interval: '15s', relabelings: [job('otel-collector')] },
    ],
  });
}

/** Kernels are scraped here and by no Collector: see agent-without-scrape.yaml. */
export function kernelsMonitor(): KubernetesObject {
  return monitor('kernels', {
    namespaceSelector: { any: true },
    selector: { matchLabels: KERNEL },
    podMetricsEndpoints: [
      {
        port: 'metrics',
        path: '/metrics',
        interval: '15s',
        relabelings: [
          job('agent-os-kernel'),
          // As Prometheus' OTLP receiver makes labels of who a service is, by which alerts are grouped.
          label('service_name', SERVICE),
          label('service_version', '__meta_kubernetes_pod_label_app_kubernetes_io_version'),
          label('service_instance_id', '__meta_kubernetes_pod_name'),
          // As the kernel says it itself, where the host has no instance id of its own.
          { ...label('agent_os_kernel_id', SERVICE, '__meta_kubernetes_pod_name'), separator: '@' },
          label('deployment_environment_name', '__meta_kubernetes_pod_label_agent_os_environment'),
        ],
      },
    ],
  });
}

function monitor(name: string, spec: object): KubernetesObject {
  return {
    apiVersion: 'monitoring.coreos.com/v1',
    kind: 'PodMonitor',
    metadata: { name, namespace: NAMESPACE, labels: PART_OF },
    spec,
  };
}

const job = (name: string) => ({ targetLabel: 'job', replacement: name });
const label = (targetLabel: string, ...sourceLabels: string[]) => ({ sourceLabels, targetLabel });
const SERVICE = '__meta_kubernetes_pod_label_app_kubernetes_io_name';
