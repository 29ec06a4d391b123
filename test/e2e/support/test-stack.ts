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
  prometheus,
  type CollectorSettings,
  type StackSettings,
} from '../../../tools/stack/native/programs.js';
import { JaegerApi } from './jaeger-api.js';
import { PrometheusApi } from './prometheus-api.js';
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

  private constructor(readonly settings: StackSettings) {}

  static async create(): Promise<TestStack> {
    const data = mkdtempSync(join(tmpdir(), 'agent-os-e2e-'));
    return new TestStack({ binaries: await nativeBinaries(), ports: await freePorts(), data });
  }

  get otlpUrl(): string {
    return `http://127.0.0.1:${this.settings.ports.otlpHttp}`;
  }

  get jaeger(): JaegerApi {
    return new JaegerApi(`http://127.0.0.1:${this.settings.ports.jaeger}`);
  }

  get prometheus(): PrometheusApi {
    return new PrometheusApi(`http://127.0.0.1:${this.settings.ports.prometheus}`);
  }

  /** A folder for files of the test. */
  folder(name: string): string {
    const path = join(this.settings.data, name);
    mkdirSync(path, { recursive: true });
    return path;
  }

  startCollector({ files, env }: CollectorSettings): Promise<Program> {
    // Nothing to scrape unless the test has something; port 9 refuses.
    const nothing = { KERNEL_METRICS_TARGET: '127.0.0.1:9' };
    return this.start(collector(this.settings, { files, env: { ...nothing, ...QUICK, ...env } }));
  }

  startJaeger(): Promise<Program> {
    return this.start(jaeger(this.settings));
  }

  startPrometheus(changes: PrometheusChanges = {}, flags: readonly string[] = []): Promise<Program> {
    return this.start(prometheus(this.settings, prometheusConfiguration(this.settings, changes), flags));
  }

  startAlertmanager(changes: AlertmanagerChanges): Promise<Program> {
    return this.start(alertmanager(this.settings, alertmanagerConfiguration(this.settings, changes)));
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
    await Promise.all([...this.running.values()].map((program) => program.kill()));
    rmSync(this.settings.data, { recursive: true, force: true });
  }

  private async start(settings: ProgramSettings): Promise<Program> {
    const program = await Program.start(settings);
    this.running.set(settings.name, program);
    return program;
  }
}
