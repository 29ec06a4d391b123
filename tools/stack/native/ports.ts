// Where each program of the stack listens, all on loopback.
import { createServer } from 'node:net';

/** What the configurations have when nothing else is said: those of docker-compose.yml too. */
export const DEFAULT_PORTS = {
  otlpGrpc: 4317,
  otlpHttp: 4318,
  collectorMetrics: 8888,
  collectorHealth: 13133,
  prometheus: 9090,
  alertmanager: 9093,
  alertLog: 9095,
  look: 9096,
  jaeger: 16686,
  jaegerGrpc: 16685,
  jaegerOtlpGrpc: 14317,
  jaegerOtlpHttp: 14318,
  jaegerMetrics: 18888,
  jaegerHealth: 13134,
  victoriaLogs: 9428,
} as const;

export type StackPorts = Readonly<Record<keyof typeof DEFAULT_PORTS, number>>;

/** Below those that systems give to outgoing connections, which would take one between the look and its use. */
const OWN_RANGE = { from: 20_000, to: 32_000 };

/** Ports that nobody has, so that a stack can run beside another. */
export async function freePorts(): Promise<StackPorts> {
  const names = Object.keys(DEFAULT_PORTS) as (keyof StackPorts)[];
  const { from, to } = OWN_RANGE;
  for (;;) {
    const first = from + Math.floor(Math.random() * (to - from - names.length));
    const ports = names.map((_, index) => first + index);
    if ((await takenPorts(ports)).length > 0) continue;
    return Object.fromEntries(names.map((name, index) => [name, ports[index]])) as Record<
      keyof StackPorts,
      number
    >;
  }
}

/** Those of the ports that something else listens on. */
export async function takenPorts(ports: readonly number[]): Promise<number[]> {
  const taken = await Promise.all(
    ports.map(async (port) => {
      try {
        const server = await listening(port);
        await new Promise((resolve) => server.close(resolve));
        return false;
      } catch {
        return true;
      }
    }),
  );
  return ports.filter((_, index) => taken[index]);
}

function listening(port: number) {
  return new Promise<ReturnType<typeof createServer>>((resolve, reject) => {
    const server = createServer();
    server.once('error', reject).listen(port, '127.0.0.1', () => resolve(server));
  });
}
