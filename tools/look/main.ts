// npm run look [-- --prometheus URL] [--port N] [--jaeger URL] [--victoria-logs URL]
// Serves the dashboards as they are now, what fires, and the runbooks with their queries, from a running Prometheus and
// without Grafana: on loopback, until Ctrl-C.
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { JaegerApi } from '../../test/e2e/support/jaeger-api.js';
import { VictoriaLogsApi } from '../../test/e2e/support/victoria-logs-api.js';
import { Prometheus, PrometheusError } from '../pictures/prometheus.js';
import { DEFAULT_PORTS } from '../stack/native/ports.js';
import { lookServer } from './server.js';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const QUERY_SECONDS = 10;

const USAGE = `npm run look [-- options]

  --prometheus URL      where Prometheus is (http://127.0.0.1:9090)
  --port N              where this listens, on 127.0.0.1 (${DEFAULT_PORTS.look}); 0 takes a free one
  --jaeger URL          shows traces, as http://127.0.0.1:16686
  --victoria-logs URL   shows events, as http://127.0.0.1:9428
  --help                this`;

function asked() {
  const text = { type: 'string' } as const;
  const { values } = parseArgs({
    options: {
      prometheus: { ...text, default: `http://127.0.0.1:${DEFAULT_PORTS.prometheus}` },
      port: { ...text, default: String(DEFAULT_PORTS.look) },
      jaeger: text,
      'victoria-logs': text,
      help: { type: 'boolean', default: false },
    },
  });
  const port = Number(values.port);
  if (!Number.isInteger(port) || port < 0 || port > 65_535)
    throw new Error(`--port must be a number from 0 to 65535, got ${values.port}`);
  const url = (name: 'prometheus' | 'jaeger' | 'victoria-logs'): string | undefined => {
    const value = values[name];
    if (value !== undefined && !(/^https?:\/\//.test(value) && URL.canParse(value)))
      throw new Error(`--${name} must be an http or https URL, got ${value}`);
    return value?.replace(/\/+$/, '');
  };
  const [prometheus, jaeger, logs] = [url('prometheus')!, url('jaeger'), url('victoria-logs')];
  return { help: values.help, port, prometheus, jaeger, logs };
}

async function main(): Promise<number> {
  let options: ReturnType<typeof asked>;
  try {
    options = asked();
  } catch (error) {
    console.error(`${(error as Error).message}\n\n${USAGE}`);
    return 2;
  }
  const { help, port, prometheus: url, jaeger, logs } = options;
  if (help) {
    console.log(USAGE);
    return 0;
  }
  const prometheus = new Prometheus(url, QUERY_SECONDS);
  await prometheus.at('1', Date.now() / 1000);
  const server = lookServer({
    prometheus,
    traces: jaeger === undefined ? undefined : new JaegerApi(jaeger),
    logs: logs === undefined ? undefined : new VictoriaLogsApi(logs),
    root: ROOT,
    now: () => new Date(),
  });
  server.listen(port, '127.0.0.1');
  await once(server, 'listening');
  console.log(
    `http://127.0.0.1:${(server.address() as AddressInfo).port}/ shows what ${url} has. Ctrl-C stops it.`,
  );
  await new Promise<void>((resolve) => {
    for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => resolve());
  });
  server.close();
  server.closeAllConnections();
  return 0;
}

main().then(
  (code) => (process.exitCode = code),
  (error: NodeJS.ErrnoException) => {
    const hint =
      error instanceof PrometheusError
        ? '\nnpm run stack:native starts one; --prometheus says where another is.'
        : '';
    const isExpected = error instanceof PrometheusError || error.code === 'EADDRINUSE';
    console.error(isExpected ? error.message + hint : error);
    process.exitCode = 1;
  },
);
