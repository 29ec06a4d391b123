import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import {
  alertmanagerConfiguration,
  prometheusConfiguration,
} from '../../../test/e2e/support/configurations.js';
import { runChild } from '../../../test/support/child.js';
import { nativeBinaries } from '../../native-stack/native-binaries.js';
import { freePorts } from '../../stack/native/ports.js';
import { Program } from '../../stack/native/program.js';
import {
  alertmanager,
  collector,
  jaeger,
  prometheus,
  ROOT,
  type StackSettings,
} from '../../stack/native/programs.js';

/** Enough that every panel fills. */
const CALLS_PER_SECOND = 40;

/** The stack as it is delivered, but every second where it waits a minute; the demo governed in it for so long, then asked. */
export async function fromLiveStack<T>(
  seconds: number,
  ask: (prometheusUrl: string) => Promise<T>,
): Promise<T> {
  const data = mkdtempSync(join(tmpdir(), 'agent-os-pictures-'));
  const running: Program[] = [];
  try {
    const stack: StackSettings = { binaries: await nativeBinaries(), ports: await freePorts(), data };
    // Nobody else has this port; the alert log does not run.
    const metricsPort = String(stack.ports.alertLog);
    for (const settings of programsOf(stack, metricsPort)) running.push(await Program.start(settings));
    const demo = runChild(join(ROOT, 'examples/demo/main.ts'), {
      args: ['--rate', String(CALLS_PER_SECOND), '--port', metricsPort],
      env: { OTEL_EXPORTER_OTLP_ENDPOINT: `http://127.0.0.1:${stack.ports.otlpHttp}` },
      timeoutMs: (seconds + 60) * 1000,
    });
    try {
      await demo.waitForLine(/^metrics/);
      await delay(seconds * 1000);
      return await ask(`http://127.0.0.1:${stack.ports.prometheus}`);
    } finally {
      demo.kill('SIGKILL');
      await demo.exited.catch(() => undefined);
    }
  } finally {
    for (const program of running.reverse()) await program.kill();
    rmSync(data, { recursive: true, force: true });
  }
}

/** In this order each finds what it sends to. */
const programsOf = (stack: StackSettings, metricsPort: string) => [
  jaeger(stack),
  alertmanager(stack, alertmanagerConfiguration(stack, { webhook: 'http://127.0.0.1:9', groupWait: '1s' })),
  prometheus(stack, prometheusConfiguration(stack, {})),
  collector(stack, {
    files: ['base', 'backends/jaeger', 'backends/prometheus'],
    env: {
      KERNEL_METRICS_TARGET: `127.0.0.1:${metricsPort}`,
      KERNEL_SCRAPE_INTERVAL: '1s',
      COLLECTOR_DECISION_WAIT: '1s',
    },
  }),
];
