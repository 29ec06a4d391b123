import fastify from 'fastify';
import { initObservability } from 'agent-os-observability';
import { fastifyMetrics } from 'agent-os-observability/http/fastify';

const obs = initObservability({ serviceName: 'agent-os-kernel', prometheus: false, otlp: false });

const app = fastify();
app.get('/metrics', fastifyMetrics(obs));
app.post<{ Params: { action: string } }>('/actions/:action', async (request, reply) => {
  const { action } = request.params;
  const check = { agentId: 'support-1', action, policy: 'data-access', request: true };
  const allowed = obs.policyCheck(check, () => action.startsWith('read_'));
  return reply.code(allowed ? 200 : 403).send();
});

const url = await app.listen({ host: '127.0.0.1', port: 0 });
await fetch(`${url}/actions/read_file`, { method: 'POST' });
await fetch(`${url}/actions/delete_file`, { method: 'POST' });
const page = await (await fetch(`${url}/metrics`)).text();
console.log(page.match(/^agent_os_requests_total.*$/gm)?.join('\n'));

await app.close();
await obs.shutdown();
