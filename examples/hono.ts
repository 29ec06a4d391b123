import { Hono } from 'hono';
import { initObservability } from 'agent-os-observability';
import { honoMetrics } from 'agent-os-observability/http/hono';

const obs = initObservability({ serviceName: 'agent-os-kernel', prometheus: false, otlp: false });

const app = new Hono();
app.get('/metrics', honoMetrics(obs));
app.post('/actions/:action', (context) => {
  const action = context.req.param('action');
  const check = { agentId: 'support-1', action, policy: 'data-access', request: true };
  const allowed = obs.policyCheck(check, () => action.startsWith('read_'));
  return context.body(null, allowed ? 200 : 403);
});

// Hono answers without a server, so that this runs where Hono runs.
await app.request('/actions/read_file', { method: 'POST' });
await app.request('/actions/delete_file', { method: 'POST' });
const page = await (await app.request('/metrics')).text();
console.log(page.match(/^agent_os_requests_total.*$/gm)?.join('\n'));

await obs.shutdown();
