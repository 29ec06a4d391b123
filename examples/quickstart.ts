import { initObservability } from 'agent-os-observability';

const obs = initObservability({
  serviceName: 'agent-os-kernel',
  serviceVersion: '1.4.0',
  environment: 'development',
  prometheus: { port: 0 }, // any free port; left out, it is 9464
  otlp: false, // left out, spans go to http://localhost:4318
});
const { metricsUrl } = await obs.ready;
console.log(`metrics are on ${metricsUrl}`);

const agentId = 'support-1';

for (const action of ['read_file', 'delete_file']) {
  const policy = 'data-access'; // files are deleted by people
  const allowed = obs.policyCheck({ agentId, action, policy }, () => action.startsWith('read_'));
  if (allowed) await obs.execute({ agentId, action }, async () => 'the contents of the file');
}

const page = await (await fetch(metricsUrl!)).text();
console.log(page.match(/^agent_os_(requests|violations)_.*$/gm)?.join('\n'));

await obs.shutdown();
