import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { nativeBinaries } from '../../../tools/native-stack/native-binaries.js';
import { freePorts } from '../../../tools/stack/native/ports.js';
import { Program, type ProgramSettings } from '../../../tools/stack/native/program.js';
import {
  alertmanager,
  collector,
  jaeger,
  look,
  prometheus,
  victoriaLogs,
  type CollectorSettings,
  type StackSettings,
} from '../../../tools/stack/native/programs.js';
import type { ObservabilityOptions } from '../../../src/index.js';
import { JaegerApi } from './jaeger-api.js';
import { KernelHost } from './kernel-host.js';
import { PrometheusApi } from './prometheus-api.js';
import { VictoriaLogsApi } from './victoria-logs-api.js';
import {
  alertmanagerConfiguration,
  prometheusConfiguration,
  type AlertmanagerChanges,
  type PrometheusChanges,
} from './configurations.js';

/** What tests change of the Collector: how long it waits, never what it does. */
export const QUICK: Readonly<Record<string, string>> = {
  COLLECTOR_DECISION_WAIT: '1s',
  KERNEL_SCRAPE_INTERVAL: '1s',
};

/** The real programs, on ports that nobody has, with a folder that goes with them. */
export class TestStack {
  private readonly running = new Map<string, Program>();
  private readonly hosts: KernelHost[] = [];

  private constructor(readonly settings: StackSettings) {}

  static async create(): Promise<TestStack> {
    const data = mkdtempSync(join(tmpdir(), 'agent-os-e2e-'));
    return new TestStack({ binaries: await nativeBinaries(), ports: await freePorts(), data });
  }

  /** Where a host of the test serves its metrics, and the Collector looks for them. */
  get kernelPort(): number {
    // Nothing else listens there: tests take alerts by a webhook of their own.
    return this.settings.ports.alertLog;
  }

  get otlpUrl(): string {
    return `http://127.0.0.1:${this.settings.ports.otlpHttp}`;
  }

  get otlpGrpcUrl(): string {
    return `http://127.0.0.1:${this.settings.ports.otlpGrpc}`;
  }

  get jaeger(): JaegerApi {
    return new JaegerApi(`http://127.0.0.1:${this.settings.ports.jaeger}`);
  }

  get prometheus(): PrometheusApi {
    return new PrometheusApi(`http://127.0.0.1:${this.settings.ports.prometheus}`);
  }

  get victoriaLogs(): VictoriaLogsApi {
    return new VictoriaLogsApi(`http://127.0.0.1:${this.settings.ports.victoriaLogs}`);
  }

  /** A folder for files of the test. */
  folder(name: string): string {
    const path = join(this.settings.data, name);
    mkdirSync(path, { recursive: true });
    return path;
  }

  startCollector({ files, env }: CollectorSettings): Promise<Program> {
    const target = { KERNEL_METRICS_TARGET: `127.0.0.1:${this.kernelPort}` };
    return this.start(collector(this.settings, { files, env: { ...target, ...QUICK, ...env } }));
  }

  startJaeger(): Promise<Program> {
    return this.start(jaeger(this.settings));
  }

  startVictoriaLogs(): Promise<Program> {
    return this.start(victoriaLogs(this.settings));
  }

  startPrometheus(changes: PrometheusChanges = {}, flags: readonly string[] = []): Promise<Program> {
    return this.start(prometheus(this.settings, prometheusConfiguration(this.settings, changes), flags));
  }

  startAlertmanager(changes: AlertmanagerChanges): Promise<Program> {
    return this.start(alertmanager(this.settings, alertmanagerConfiguration(this.settings, changes)));
  }

  /** Pages over what the others answer: where alerts lead. Started after Prometheus. */
  startLook(): Promise<Program> {
    return this.start(look(this.settings));
  }

  /** As it is delivered, with Jaeger, Prometheus and VictoriaLogs behind the Collector; alerts go nowhere. */
  async startAll(changes: PrometheusChanges = {}): Promise<void> {
    await Promise.all([
      this.startJaeger(),
      this.startAlertmanager({ webhook: 'http://127.0.0.1:9', groupWait: '1s' }),
      this.startPrometheus(changes),
      this.startVictoriaLogs(),
      this.startCollector({
        files: ['base', 'backends/jaeger', 'backends/prometheus', 'backends/victoria-logs'],
      }),
    ]);
  }

  /** A host that serves its metrics and sends its traces, unless `changes` say otherwise. */
  async startHost(
    changes: ObservabilityOptions = {},
    env: Readonly<Record<string, string>> = {},
  ): Promise<KernelHost> {
    const options: ObservabilityOptions = {
      serviceName: 'e2e-kernel',
      environment: 'e2e',
      prometheus: { port: this.kernelPort },
      // Short, so that what nobody takes is soon counted.
      otlp: { endpoint: this.otlpUrl, timeoutMillis: 1000 },
      ...changes,
    };
    const host = await KernelHost.start(options, env);
    this.hosts.push(host);
    return host;
  }

  /** The Collector's own metric, summed over the series whose labels match; 0 where it has none yet. */
  async collectorMetric(name: string, labels: Readonly<Record<string, string>> = {}): Promise<number> {
    const response = await fetch(`http://127.0.0.1:${this.settings.ports.collectorMetrics}/metrics`);
    const lines = (await response.text()).split('\n').filter((line) => line.startsWith(`${name}{`));
    return lines
      .filter((line) => Object.entries(labels).every(([key, value]) => line.includes(`${key}="${value}"`)))
      .reduce((sum, line) => sum + Number(line.slice(line.lastIndexOf(' '))), 0);
  }

  async close(): Promise<void> {
    for (const host of this.hosts) await host.stop();
    await Promise.all([...this.running.values()].map((program) => program.kill()));
    rmSync(this.settings.data, { recursive: true, force: true });
  }

  private async start(settings: ProgramSettings): Promise<Program> {
    const program = await Program.start(settings);
    this.running.set(settings.name, program);
    return program;
  }
}

/** A stack for each test of the suite around, gone after it. */
export function stackOfEachTest(): () => TestStack {
  let stack: TestStack;
  beforeEach(async () => (stack = await TestStack.create()));
  afterEach(() => stack.close());
  return () => stack;
}
