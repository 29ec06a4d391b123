import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import express from 'express';
import { initObservability } from 'agent-os-observability';
import { expressMetrics } from 'agent-os-observability/http/express';

const obs = initObservability({ serviceName: 'agent-os-kernel', prometheus: false, otlp: false });

const app = express();
app.get('/metrics', expressMetrics(obs));
app.post('/actions/:action', (request, response) => {
  const { action } = request.params;
  const check = { agentId: 'support-1', action, policy: 'data-access', request: true };
  const allowed = obs.policyCheck(check, () => action.startsWith('read_'));
  response.sendStatus(allowed ? 200 : 403);
});

const server = app.listen(0, '127.0.0.1');
await once(server, 'listening');
const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
await fetch(`${url}/actions/read_file`, { method: 'POST' });
await fetch(`${url}/actions/delete_file`, { method: 'POST' });
const page = await (await fetch(`${url}/metrics`)).text();
console.log(page.match(/^agent_os_requests_total.*$/gm)?.join('\n'));

server.closeAllConnections();
server.close();
await obs.shutdown();
