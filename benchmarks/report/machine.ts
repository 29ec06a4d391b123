import { readFileSync } from 'node:fs';
import { arch, availableParallelism, cpus, loadavg, platform, totalmem } from 'node:os';
import { fileURLToPath } from 'node:url';

const PACKAGES = [
  '@opentelemetry/api',
  '@opentelemetry/sdk-metrics',
  '@opentelemetry/sdk-trace-base',
  '@opentelemetry/exporter-prometheus',
  '@opentelemetry/sdk-node',
  'prom-client',
  '@microsoft/agent-governance-sdk',
];

export interface Fact {
  readonly name: string;
  readonly value: string;
}

/** What the figures depend on, but for what would name the machine. */
export function machineFacts(): Fact[] {
  const own = packageAt('../../package.json');
  return [
    { name: 'Node', value: `${process.versions.node} (V8 ${process.versions.v8})` },
    { name: 'System', value: `${platform()} ${arch()}` },
    { name: 'Cores', value: `${availableParallelism()} × ${cpus()[0]?.model ?? 'unknown'}` },
    { name: 'Memory', value: `${Math.round(totalmem() / 2 ** 30)} GiB` },
    { name: 'Load before the run', value: (loadavg()[0] ?? 0).toFixed(1) },
    { name: own.name, value: own.version },
    ...PACKAGES.map((name) => ({
      name,
      value: packageAt(`../../node_modules/${name}/package.json`).version,
    })),
  ];
}

function packageAt(path: string): { name: string; version: string } {
  const file = fileURLToPath(new URL(path, import.meta.url));
  return JSON.parse(readFileSync(file, 'utf8')) as { name: string; version: string };
}
