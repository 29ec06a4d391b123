// How each program of the stack is started: the files of otel-collector/, prometheus/ and jaeger/ as they are, and
// VictoriaLogs, which has flags alone.
import { join } from 'node:path';
import { createRequire } from 'node:module';
import { fileURLToPath, pathToFileURL } from 'node:url';
import type { StackBinary } from '../../native-stack/programs.js';
import type { StackPorts } from './ports.js';
import type { ProgramSettings } from './program.js';

export const ROOT = fileURLToPath(new URL('../../..', import.meta.url));

const LOOK = join(ROOT, 'tools/look/main.ts');
const TSX = pathToFileURL(createRequire(import.meta.url).resolve('tsx')).href;

/** What every program of one stack shares. */
export interface StackSettings {
  readonly binaries: Readonly<Record<StackBinary, string>>;
  readonly ports: StackPorts;
  /** Folder of everything they store and print. */
  readonly data: string;
}

export interface CollectorSettings {
  /** Files of otel-collector/, as `base` and `backends/jaeger`, or paths of others. */
  readonly files: readonly string[];
  /** Laid over what the ports and folders make of the files' variables. */
  readonly env?: Readonly<Record<string, string>>;
}

export function collector(
  { binaries, ports, data }: StackSettings,
  { files, env = {} }: CollectorSettings,
): ProgramSettings {
  return {
    name: 'Collector',
    command: binaries.otelcol,
    args: files.flatMap((file) => ['--config', collectorFile(file)]),
    env: {
      COLLECTOR_GRPC_PORT: String(ports.otlpGrpc),
      COLLECTOR_HTTP_PORT: String(ports.otlpHttp),
      COLLECTOR_HEALTH_PORT: String(ports.collectorHealth),
      COLLECTOR_METRICS_PORT: String(ports.collectorMetrics),
      COLLECTOR_STORAGE: join(data, 'collector-queue'),
      FILE_DIRECTORY: join(data, 'collector-files'),
      JAEGER_ENDPOINT: `127.0.0.1:${ports.jaegerOtlpGrpc}`,
      PROMETHEUS_URL: `http://127.0.0.1:${ports.prometheus}`,
      VICTORIA_LOGS_URL: `http://127.0.0.1:${ports.victoriaLogs}`,
      ...env,
    },
    cwd: ROOT,
    readyUrl: `http://127.0.0.1:${ports.collectorHealth}/`,
    logFile: join(data, 'logs/collector.log'),
  };
}

export function collectorFile(name: string): string {
  return name.includes('.') ? name : join(ROOT, 'otel-collector', `${name}.yaml`);
}

export function prometheus(
  { binaries, ports, data }: StackSettings,
  configuration = join(ROOT, 'prometheus/prometheus.yml'),
  flags: readonly string[] = [],
): ProgramSettings {
  const url = `http://127.0.0.1:${ports.prometheus}`;
  // In the places of Grafana, of Jaeger's pages, and of Prometheus' own, which are not in the Go modules.
  const look = `http://127.0.0.1:${ports.look}`;
  return {
    name: 'Prometheus',
    command: binaries.prometheus,
    args: [
      `--config.file=${configuration}`,
      `--storage.tsdb.path=${join(data, 'prometheus')}`,
      `--web.listen-address=127.0.0.1:${ports.prometheus}`,
      `--web.external-url=${look}/`,
      '--web.route-prefix=/',
      '--web.enable-otlp-receiver',
      '--enable-feature=exemplar-storage,created-timestamp-zero-ingestion',
      `--web.user-assets=${join(ROOT, 'prometheus/runbooks')}`,
      ...flags,
    ],
    env: {
      PUBLIC_GRAFANA_URL: look,
      PUBLIC_RUNBOOKS_URL: `${look}/runbooks`,
      PUBLIC_JAEGER_URL: look,
      GRAFANA_ORG: '1',
    },
    cwd: ROOT,
    readyUrl: `${url}/-/ready`,
    logFile: join(data, 'logs/prometheus.log'),
  };
}

export function alertmanager(
  { binaries, ports, data }: StackSettings,
  configuration = join(ROOT, 'prometheus/alertmanager/local.yml'),
): ProgramSettings {
  return {
    name: 'Alertmanager',
    command: binaries.alertmanager,
    args: [
      `--config.file=${configuration}`,
      `--storage.path=${join(data, 'alertmanager')}`,
      `--web.listen-address=127.0.0.1:${ports.alertmanager}`,
      `--web.external-url=http://127.0.0.1:${ports.alertmanager}/`,
      '--cluster.listen-address=',
    ],
    env: {},
    cwd: ROOT,
    readyUrl: `http://127.0.0.1:${ports.alertmanager}/-/ready`,
    logFile: join(data, 'logs/alertmanager.log'),
  };
}

export function jaeger({ binaries, ports, data }: StackSettings): ProgramSettings {
  return {
    name: 'Jaeger',
    command: binaries.jaeger,
    args: [`--config=${join(ROOT, 'jaeger/config.yaml')}`],
    env: {
      JAEGER_PORT: String(ports.jaeger),
      JAEGER_GRPC_PORT: String(ports.jaegerGrpc),
      JAEGER_OTLP_GRPC_PORT: String(ports.jaegerOtlpGrpc),
      JAEGER_OTLP_HTTP_PORT: String(ports.jaegerOtlpHttp),
      JAEGER_METRICS_PORT: String(ports.jaegerMetrics),
      JAEGER_HEALTH_PORT: String(ports.jaegerHealth),
      PROMETHEUS_URL: `http://127.0.0.1:${ports.prometheus}`,
    },
    cwd: ROOT,
    readyUrl: `http://127.0.0.1:${ports.jaegerHealth}/status`,
    logFile: join(data, 'logs/jaeger.log'),
  };
}

export function victoriaLogs({ binaries, ports, data }: StackSettings): ProgramSettings {
  const url = `http://127.0.0.1:${ports.victoriaLogs}`;
  return {
    name: 'VictoriaLogs',
    command: binaries['victoria-logs'],
    args: [
      `-storageDataPath=${join(data, 'victoria-logs')}`,
      `-httpListenAddr=127.0.0.1:${ports.victoriaLogs}`,
      '-retentionPeriod=40d', // as Prometheus
      '-retention.maxDiskSpaceUsageBytes=5GiB',
      '-memory.allowedBytes=256MiB',
    ],
    env: {},
    cwd: ROOT,
    readyUrl: `${url}/health`,
    logFile: join(data, 'logs/victoria-logs.log'),
  };
}

export function alertLog({ ports, data }: StackSettings): ProgramSettings {
  return {
    name: 'Alert log',
    command: process.execPath,
    args: [join(ROOT, 'tools/stack/alert-log.mjs')],
    env: { ALERT_LOG_PORT: String(ports.alertLog) },
    cwd: ROOT,
    readyUrl: `http://127.0.0.1:${ports.alertLog}/`,
    logFile: join(data, 'logs/alerts.log'),
  };
}

/** Pages for what these programs have none of: dashboards, alerts, runbooks, queries and traces. */
export function look({ ports, data }: StackSettings): ProgramSettings {
  const stores = { prometheus: ports.prometheus, jaeger: ports.jaeger, 'victoria-logs': ports.victoriaLogs };
  return {
    name: 'Look',
    command: process.execPath,
    args: [
      ...['--import', TSX, LOOK, '--port', String(ports.look)],
      ...Object.entries(stores).flatMap(([name, port]) => [`--${name}`, `http://127.0.0.1:${port}`]),
    ],
    env: {},
    cwd: ROOT,
    readyUrl: `http://127.0.0.1:${ports.look}/`,
    logFile: join(data, 'logs/look.log'),
  };
}
