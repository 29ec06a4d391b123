// The ways in which the files of otel-collector/ are meant to be put together.
import { readdirSync } from 'node:fs';
import { join } from 'node:path';

export function backendNames(folder: string): string[] {
  return readdirSync(join(folder, 'backends'))
    .filter((name) => name.endsWith('.yaml'))
    .map((name) => `backends/${name.replace(/\.yaml$/, '')}`)
    .sort();
}

/** Each a list of names for the checker. */
export function combinations(folder: string): string[][] {
  const backends = backendNames(folder);
  const native = backends.filter((name) => name !== 'backends/datadog');
  return [
    ['base'],
    ...backends.map((backend) => ['base', backend]),
    ['base', 'backends/jaeger', 'backends/prometheus'],
    ['base', ...native],
    ['base', 'enrich/cloud', 'backends/jaeger', 'backends/prometheus'],
    ['base', 'gateway/gateway', 'backends/tempo', 'backends/prometheus-remote-write'],
    ['gateway/agent'],
    ['base', 'scrape/targets', 'backends/prometheus'],
    ['gateway/agent', 'scrape/targets'],
    ['base', 'security/bearer', 'backends/jaeger', 'backends/prometheus'],
    ['base', 'security/mtls', 'backends/jaeger', 'backends/prometheus'],
    ['base', 'gateway/gateway', 'security/mtls', 'security/bearer', 'backends/prometheus'],
    ['gateway/agent', 'security/bearer'],
    ['gateway/agent', 'security/mtls', 'security/mtls-agent'],
    ['gateway/agent', 'security/mtls', 'security/mtls-agent', 'security/bearer-agent'],
  ];
}

/** Stands for what a user has to set; no value is of anything real. */
export const SAMPLE_ENVIRONMENT: Readonly<Record<string, string>> = {
  COLLECTOR_BEARER_FILE: '/etc/agent-os/tokens',
  COLLECTOR_TLS_CERT_FILE: '/etc/agent-os/tls.crt',
  COLLECTOR_TLS_CLIENT_CA_FILE: '/etc/agent-os/ca.crt',
  COLLECTOR_TLS_KEY_FILE: '/etc/agent-os/tls.key',
  DD_API_KEY: '00000000000000000000000000000000',
  GATEWAY_BEARER_FILE: '/etc/agent-os/agent-token',
  GATEWAY_HOST: 'gateways.example',
  GATEWAY_TLS_CA_FILE: '/etc/agent-os/ca.crt',
  GATEWAY_TLS_CERT_FILE: '/etc/agent-os/tls.crt',
  GATEWAY_TLS_KEY_FILE: '/etc/agent-os/tls.key',
  KAFKA_BROKERS: 'kafka-1.example:9092,kafka-2.example:9092',
  KERNEL_TARGETS_FILE: '/etc/agent-os/targets.yml',
  OTLP_ENDPOINT: 'https://otlp.example',
  OTLP_HEADERS: '{api-key: none}',
  REMOTE_WRITE_URL: 'https://mimir.example/api/v1/push',
  TEMPO_ENDPOINT: 'tempo.example:4317',
};
