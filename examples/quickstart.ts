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
const action = 'read_file';

await obs.tracer.execute({ agentId, action }, async () => {
  const allowed = obs.tracer.policyCheck({ agentId, action, policies: ['data-access'] }, () =>
    obs.kernel.policyCheck('data-access', () => action.startsWith('read_')),
  );
  if (allowed) await obs.kernel.execution(action, async () => 'the contents of the file');
  obs.kernel.recordRequest({ action, status: allowed ? 'success' : 'denied' });
});

const refused = { agentId, action: 'delete_file', policy: 'data-access', severity: 'high' } as const;
obs.kernel.recordViolation({ ...refused, reason: 'files are deleted by people' });
obs.kernel.recordBlocked(refused);
obs.kernel.recordRequest({ action: 'delete_file', status: 'denied' });

const page = await (await fetch(metricsUrl!)).text();
console.log(page.match(/^agent_os_(requests|violations)_.*$/gm)?.join('\n'));

await obs.shutdown();
