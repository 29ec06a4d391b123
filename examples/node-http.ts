import { randomUUID } from 'node:crypto';
import { createServer } from 'node:http';
import { initObservability } from 'agent-os-observability';

// The metrics page on a server that the host has already: every other path stays the host's. The page is answered before
// the listener below is asked, so it says itself who may read it.
const server = createServer((request, response) => {
  const action = request.url?.slice(1) ?? 'none';
  obs.kernel.recordRequest({ action, status: 'success' });
  response.end(`did ${action}\n`);
});
const token = randomUUID(); // yours is a secret of the deployment
const obs = initObservability({
  serviceName: 'agent-os-kernel',
  prometheus: { server, auth: { bearer: { token } } },
  otlp: false,
});

server.listen(0, '127.0.0.1');
const { metricsUrl } = await obs.ready;
console.log(await (await fetch(new URL('/read_file', metricsUrl))).text());
const page = await (await fetch(metricsUrl!, { headers: { authorization: `Bearer ${token}` } })).text();
console.log(page.match(/^agent_os_requests_total.*$/gm)?.join('\n'));

await obs.shutdown();
server.closeAllConnections();
server.close();
