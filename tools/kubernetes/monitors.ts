// What a Prometheus of prometheus-operator scrapes. Its jobs have the names that they have in prometheus.yml and in the
// Collector's own configuration, so that the rules hold in both places.
import { KERNEL, NAMESPACE, PART_OF, type KubernetesObject } from './object.js';

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
          label('service_name', '__meta_kubernetes_pod_label_app_kubernetes_io_name'),
          label('service_version', '__meta_kubernetes_pod_label_app_kubernetes_io_version'),
          label('service_instance_id', '__meta_kubernetes_pod_name'),
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
const label = (targetLabel: string, source: string) => ({ sourceLabels: [source], targetLabel });
