import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { json } from '../../test/e2e/support/json.js';
import type { MeasuredSeries } from './measure.js';
import { TestStack } from '../../test/e2e/support/test-stack.js';
import type { VictoriaLogsApi } from '../../test/e2e/support/victoria-logs-api.js';
import { runChild } from '../../test/support/child.js';
import { ROOT } from '../stack/native/programs.js';

type Point = readonly [number, string];

interface Result {
  readonly metric: Readonly<Record<string, string>>;
  readonly value?: Point;
  readonly values?: readonly Point[];
}

/** Prometheus' answers as numbers. */
export class Prometheus {
  constructor(private readonly url: string) {}

  at(query: string, time: number): Promise<MeasuredSeries[]> {
    return this.get('query', { query, time: String(time) });
  }

  along(query: string, range: { start: number; end: number; step: number }): Promise<MeasuredSeries[]> {
    const { start, end, step } = range;
    return this.get('query_range', { query, start: String(start), end: String(end), step: String(step) });
  }

  private async get(what: string, parameters: Record<string, string>): Promise<MeasuredSeries[]> {
    const address = `${this.url}/api/v1/${what}?${new URLSearchParams(parameters).toString()}`;
    const { data } = await json<{ data: { result: readonly Result[] } }>(address);
    return data.result.map(({ metric, value, values }) => ({
      labels: metric,
      points: (values ?? (value === undefined ? [] : [value])).map(([at, text]) => [at, Number(text)]),
    }));
  }
}

/** Enough that every panel fills. */
const CALLS_PER_SECOND = 40;

/** The stack as it is delivered, but every second where it waits a minute; the demo governed in it for so long, then asked. */
export async function fromLiveStack<T>(
  seconds: number,
  ask: (prometheusUrl: string, logs: VictoriaLogsApi) => Promise<T>,
): Promise<T> {
  const stack = await TestStack.create();
  try {
    await stack.startAll();
    const demo = runChild(join(ROOT, 'examples/demo/main.ts'), {
      args: ['--rate', String(CALLS_PER_SECOND), '--port', String(stack.kernelPort)],
      env: { OTEL_EXPORTER_OTLP_ENDPOINT: stack.otlpUrl },
      timeoutMs: (seconds + 60) * 1000,
    });
    try {
      await demo.waitForLine(/^metrics/);
      await delay(seconds * 1000);
      return await ask(`http://127.0.0.1:${stack.settings.ports.prometheus}`, stack.victoriaLogs);
    } finally {
      demo.kill('SIGKILL');
      await demo.exited.catch(() => undefined);
    }
  } finally {
    await stack.close();
  }
}
