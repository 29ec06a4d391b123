import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';

interface FakeAnswer {
  readonly status?: number;
  readonly body?: unknown;
}
type Route = (request: IncomingMessage) => FakeAnswer | undefined;

/** Answers as every program of a healthy stack at once; what `changes` answer goes before. */
export class FakeStack {
  private constructor(
    private readonly server: Server,
    private readonly state: { changes: Readonly<Record<string, Route>>; alerts: number },
  ) {}

  static async start(): Promise<FakeStack> {
    const state: { changes: Readonly<Record<string, Route>>; alerts: number } = { changes: {}, alerts: 0 };
    const server = createServer((request, response) => {
      request.resume();
      const path = request.url ?? '';
      if (request.method === 'POST' && path.startsWith('/api/v2/alerts')) state.alerts += 1;
      const routes = { ...HEALTHY(state.alerts), ...state.changes };
      const found = Object.entries(routes)
        .reverse()
        .map(([begins, route]) => (path.startsWith(begins) ? route(request) : undefined))
        .find((one) => one !== undefined);
      const { status = 200, body = '' } = found ?? { status: 404 };
      response.writeHead(status).end(typeof body === 'string' ? body : JSON.stringify(body));
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    return new FakeStack(server, state);
  }

  get url(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  change(changes: Readonly<Record<string, Route>>): void {
    this.state.changes = changes;
  }

  close(): Promise<void> {
    return new Promise((resolve) => {
      this.server.close(() => resolve());
      this.server.closeAllConnections();
    });
  }
}

const HEALTHY = (alerts: number): Readonly<Record<string, Route>> => ({
  '/v1/': () => ({}),
  '/-/ready': () => ({}),
  '/metrics': () => ({
    body: `alertmanager_notifications_total{integration="webhook"} ${alerts}\n# a comment\n`,
  }),
  '/api/traces/': () => ({}),
  '/select/logsql/query': ({ url }) => ({ body: url ?? '' }),
  '/api/v1/query': () => ({
    body: { data: { result: [{ metric: { service_name: 'agent-os-doctor', service_instance_id: 'x' } }] } },
  }),
  '/api/v1/rules': () => ({
    body: { data: { groups: [{ name: 'a', rules: [{ name: 'AgentOSHighViolationRate', health: 'ok' }] }] } },
  }),
  '/api/v1/alertmanagers': () => ({ body: { data: { activeAlertmanagers: [{}] } } }),
  '/api/v1/label/': () => ({ body: { data: ['agent_os:of_a_rule'] } }),
  '/api/v2/alerts': ({ method }) => ({
    body: method === 'POST' ? '' : [{ status: { state: 'active' }, receivers: [{ name: 'platform' }] }],
  }),
});
