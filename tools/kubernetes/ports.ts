// On which ports a Collector listens, read out of its configuration.
import type { ConfigurationFile } from '../collector/configuration-file.js';
import { merge, startsWith } from '../collector/merge.js';

export interface CollectorPorts {
  readonly grpc: number;
  readonly http: number;
  readonly health: number;
  readonly metrics: number;
}

const PATHS: Readonly<Record<keyof CollectorPorts, readonly string[]>> = {
  grpc: ['receivers', 'otlp', 'protocols', 'grpc', 'endpoint'],
  http: ['receivers', 'otlp', 'protocols', 'http', 'endpoint'],
  health: ['extensions', 'health_check', 'endpoint'],
  metrics: ['service', 'telemetry', 'metrics', 'readers'],
};

/** With the defaults of the files: no variable for a port is set here. */
export function collectorPorts(files: readonly ConfigurationFile[]): CollectorPorts {
  const { settings } = merge(files);
  const port = (name: keyof CollectorPorts): number => {
    const setting = settings.find(({ path }) => startsWith(path, PATHS[name]));
    const text = withDefaults(JSON.stringify(setting?.value ?? null));
    const found = /(?::|"port":")(\d+)"/.exec(text)?.[1];
    if (found === undefined) throw new Error(`${PATHS[name].join('.')} has no port: ${text}`);
    return Number(found);
  };
  return { grpc: port('grpc'), http: port('http'), health: port('health'), metrics: port('metrics') };
}

export function withDefaults(text: string, env: Readonly<Record<string, string>> = {}): string {
  return text.replace(
    /\$\{env:(\w+)(?::-([^${}]*))?\}/g,
    (_, name: string, fallback?: string) => env[name] ?? fallback ?? '',
  );
}
