// A stack at the intervals that are shipped, and kernels that push as the SDK does: nothing is shortened.
import type { ObservabilityOptions } from '../../../src/index.js';
import type { Program } from '../../../tools/stack/native/program.js';
import { SHIPPED } from './configurations.js';
import { eventually } from './eventually.js';
import type { TestStack } from './test-stack.js';

const PUSHES = { otlp: true, exportIntervalMillis: 15_000 };

export interface Firing {
  readonly service: string;
  readonly alert: string;
  readonly severity: string;
}

export async function startShipped(
  stack: TestStack,
  backends: readonly string[] = ['backends/prometheus'],
): Promise<Program> {
  const env = { KERNEL_SCRAPE_INTERVAL: '15s' };
  const [collector] = await Promise.all([
    stack.startCollector({ files: ['base', ...backends], env }),
    stack.startPrometheus({ interval: SHIPPED }),
  ]);
  return collector;
}

export const scraped = (serviceName: string): ObservabilityOptions => ({ serviceName });

export const pushing = (serviceName: string): ObservabilityOptions => ({
  serviceName,
  prometheus: false,
  metrics: PUSHES,
});

/** As `claims up`. */
export async function statesOf({ prometheus }: TestStack): Promise<string[]> {
  return (await prometheus.query('agent_os:kernel_state')).map(
    ({ labels }) => `${labels['service_name']} ${labels['state']}`,
  );
}

/** All but the Watchdog. */
export async function firing({ prometheus }: TestStack): Promise<Firing[]> {
  return (await prometheus.alerts())
    .filter(({ state, labels }) => state === 'firing' && labels['alertname'] !== 'Watchdog')
    .map(({ labels }) => ({
      service: labels['service_name'] ?? '',
      alert: labels['alertname']!,
      severity: labels['severity']!,
    }));
}

export function allUp(stack: TestStack, services: readonly string[]): Promise<true> {
  let seen: string[] = [];
  return eventually(
    `${services.join(', ')} up`,
    async () => {
      seen = await statesOf(stack);
      return services.every((name) => seen.includes(`${name} up`)) ? true : undefined;
    },
    () => seen,
  );
}
