import { DropLog, WarnOnce } from '../../src/diagnostics/drop-log.js';
import { EndpointLog } from '../../src/diagnostics/endpoint-log.js';
import { Guard, type GuardOptions } from '../../src/http/guard.js';
import { createMetricsHandler } from '../../src/http/metrics-handler.js';
import {
  type MetricsServer,
  type MetricsServerOptions,
  startGuardedServer,
} from '../../src/http/metrics-server.js';
import { SHORT_TEXT, sourceOf } from './http-client.js';

/** An endpoint of a test: what it refused, evicted and said. */
export interface TestEndpoint {
  readonly server: MetricsServer;
  readonly refused: string[];
  readonly evicted: string[];
  readonly said: string[];
}

const opened: TestEndpoint[] = [];
afterEach(async () => {
  for (const { server } of opened.splice(0)) await server.close();
});

/** Keeps what would be said. */
class Heard extends WarnOnce {
  constructor(private readonly heard: string[]) {
    super();
  }

  override say(message: string | (() => string)): void {
    this.heard.push(typeof message === 'function' ? message() : message);
  }
}

/** A log of its own, with what it hears. */
export function testLog() {
  const refused: string[] = [];
  const evicted: string[] = [];
  const said: string[] = [];
  const log = new EndpointLog(new DropLog(new Heard(said)));
  log.countInto(
    (reason) => refused.push(reason),
    (state) => evicted.push(state),
  );
  return { log, refused, evicted, said };
}

/** An endpoint on a free port of loopback, closed after the test. */
export function startEndpoint(options: Partial<MetricsServerOptions> & GuardOptions = {}): TestEndpoint {
  const { log, ...seen } = testLog();
  const { auth, allowedHosts, host = '127.0.0.1', ...others } = options;
  const server = startGuardedServer({
    host,
    port: 0,
    path: '/metrics',
    handler: createMetricsHandler(sourceOf(SHORT_TEXT)),
    guard: new Guard({ auth, allowedHosts, host }, log),
    log,
    ...others,
  });
  const endpoint = { server, ...seen };
  opened.push(endpoint);
  return endpoint;
}

/** The same, listening. */
export async function endpointAt(options: Partial<MetricsServerOptions> & GuardOptions = {}) {
  const endpoint = startEndpoint(options);
  const { url, port } = await endpoint.server.ready;
  return { ...endpoint, url, port, origin: url.replace(/\/metrics$/, '') };
}
