import { metrics as api } from '@opentelemetry/api';
import { createTestObservability, type TestObservability } from '../../src/testing/index.js';
import { startMetricsServer } from '../../src/http/metrics-server.js';
import { createMetricsHandler } from '../../src/http/metrics-handler.js';
import { fakeClock } from '../support/clock.js';

// What users of the Python original call, each through the handle: where a verb does the whole, by the verb.

const agentId = 'support-1';
const action = 'read_file';
const policy = 'data-access';
const clock = fakeClock(1_000_000);
const takes = (ms: number) => () => clock.advance(ms);

type Use = readonly [
  original: string,
  call: (obs: TestObservability) => unknown,
  gives: Record<string, number>,
];

const METRICS: readonly Use[] = [
  [
    'policy_check_latency(policy)',
    (obs) => obs.policyCheck({ agentId, action, policy }, () => (clock.advance(3), true)),
    { 'agent_os_policy_check_duration_seconds policy=data-access,result=allowed': 1 },
  ],
  [
    'execution_latency(action, status)',
    (obs) => obs.execute({ agentId, action }, takes(30)),
    { 'agent_os_execution_duration_seconds action=read_file,status=success': 1 },
  ],
  [
    'record_request(action, status)',
    (obs) => obs.execute({ agentId, action }, () => 'done'),
    { 'agent_os_requests_total action=read_file,status=success': 1 },
  ],
  [
    'record_request(action, "denied")',
    (obs) => obs.policyCheck({ agentId, action, policy }, () => false),
    { 'agent_os_requests_total action=read_file,status=denied': 1 },
  ],
  [
    'record_violation(agent_id, action, policy)',
    (obs) => obs.violation({ agentId, action, policy }),
    { 'agent_os_violations_total action=read_file,agent_id=support-1,policy=data-access,severity=high': 1 },
  ],
  [
    'record_blocked(agent_id, action)',
    (obs) => obs.violation({ agentId, action, policy, blocked: true }),
    { 'agent_os_violations_blocked_total action=read_file,agent_id=support-1': 1 },
  ],
  [
    'record_signal(signal, reason)',
    (obs) => obs.signal({ agentId, signal: 'SIGKILL', reason: 'budget' }),
    {
      'agent_os_signals_total reason=budget,signal=SIGKILL': 1,
      'agent_os_sigkill_total agent_id=support-1,reason=budget': 1,
    },
  ],
  [
    'record_recovery(duration_seconds, success)',
    (obs) => obs.kernel.recordRecovery({ success: true, durationSeconds: 12 }),
    { 'agent_os_recovery_total status=success': 1, agent_os_mttr_seconds: 1 },
  ],
  [
    'record_crash(agent_id, reason, False)',
    (obs) => obs.kernel.recordAgentCrash({ agentId, reason: 'oom' }),
    { 'agent_os_agent_crashes_total agent_id=support-1,reason=oom': 1 },
  ],
  [
    'record_crash(agent_id, reason, True)',
    (obs) => obs.kernel.recordKernelCrash(),
    { agent_os_kernel_crashes_total: 1 },
  ],
  [
    'record_cmvk_verification(result, confidence, drift_score, duration_seconds)',
    (obs) => obs.verification({ result: 'verified', confidence: 0.95, driftScore: 0.08, durationSeconds: 2 }),
    {
      'agent_os_cmvk_verifications_total result=verified': 1,
      'agent_os_cmvk_claims_by_confidence_total confidence=high': 1,
      agent_os_cmvk_drift_score: 1,
      'agent_os_cmvk_verification_duration_seconds model_count=3': 1,
      agent_os_cmvk_consensus_ratio: 1,
    },
  ],
  [
    'record_cmvk_model_response(model, latency_seconds)',
    (obs) => obs.cmvk.recordModelResponse({ model: 'm', latencySeconds: 1 }),
    { 'agent_os_cmvk_model_latency_seconds model=m': 1 },
  ],
  [
    'record_cmvk_disagreement(model_a, model_b)',
    (obs) => obs.cmvk.recordDisagreement({ modelA: 'b', modelB: 'a' }),
    { 'agent_os_cmvk_model_disagreements_total model_pair=a|b': 1 },
  ],
  [
    'record_agent_llm_call(agent_id, model)',
    (obs) => obs.agent.recordLlmCall({ agentId, model: 'm' }),
    { 'agent_os_agent_llm_calls_total agent_id=support-1,model=m': 1 },
  ],
  [
    'record_agent_error(agent_id, error_type)',
    (obs) => obs.agent.recordError({ agentId, errorType: 'TimeoutError' }),
    { 'agent_os_agent_errors_total agent_id=support-1,error_type=TimeoutError': 1 },
  ],
  [
    'record_agent_execution(agent_id, duration_seconds)',
    (obs) => obs.agent.execution(agentId, takes(2000)),
    { 'agent_os_agent_execution_duration_seconds status=success': 1 },
  ],
  ['update_uptime()', takes(5000), { agent_os_kernel_uptime_seconds: 5 }],
];

let obs: TestObservability;
beforeEach(() => (obs = createTestObservability({ clock: clock.now })));
afterEach(() => obs.shutdown());

test.each(METRICS)('%s gives its metric', async (_, call, gives) => {
  await call(obs);
  const series = new Map(
    (await obs.series()).map(({ name, labels, value, count }): [string, number] => {
      const pairs = Object.entries(labels).map(([label, text]) => `${label}=${text}`);
      return [`${name} ${pairs.sort().join(',')}`.trim(), count ?? value];
    }),
  );
  expect(Object.fromEntries(Object.keys(gives).map((key) => [key, series.get(key)]))).toEqual(gives);
});

const SPANS: readonly (readonly [
  string,
  (obs: TestObservability) => unknown,
  string,
  Record<string, unknown>,
])[] = [
  ['span(name, attributes)', (of) => of.tracer.span('load', { n: 1 }, () => 1), 'load', { n: 1 }],
  [
    'trace(name, extract_attributes)',
    (of) =>
      of.tracer.wrap(
        'load',
        (path: string) => path,
        (path) => ({ path }),
      )('/a'),
    'load',
    { path: '/a' },
  ],
  [
    'trace_policy_check(agent_id, action, policies)',
    (of) => of.policyCheck({ agentId, action, policies: ['a', 'b'] }, () => true),
    'kernel.policy_check',
    { 'agent.id': agentId, 'agent_os.action': action, 'agent_os.policies': ['a', 'b'] },
  ],
  [
    'trace_execution(agent_id, action)',
    (of) => of.execute({ agentId, action }, () => 1),
    'kernel.execute',
    { 'agent.id': agentId, 'agent_os.action': action },
  ],
  [
    'trace_signal(agent_id, signal, reason)',
    (of) => of.signal({ agentId, signal: 'SIGSTOP', reason: 'looked at by a person' }, () => 1),
    'kernel.signal',
    { 'agent.id': agentId, 'agent_os.signal': 'SIGSTOP', 'agent_os.reason': 'looked at by a person' },
  ],
  [
    'trace_violation(agent_id, action, policy, reason)',
    (of) => of.violation({ agentId, action, policy, reason: 'not allowed' }, () => 1),
    'kernel.violation',
    { 'agent.id': agentId, 'agent_os.policy': policy, 'agent_os.reason': 'not allowed' },
  ],
];

test.each(SPANS)('%s gives its span', async (_, call, name, attributes) => {
  await call(obs);
  const span = obs.spans().find((ended) => ended.name === name);
  expect(span?.attributes).toMatchObject(attributes);
});

test('export() and content_type(), and a server with /metrics, /health and /ready', async () => {
  expect(await obs.export()).toContain('agent_os_kernel_uptime_seconds');
  const contentType = () => 'text/plain; version=0.0.4; charset=utf-8';
  const handler = createMetricsHandler({ export: () => obs.export(), contentType });
  const server = startMetricsServer({ host: '127.0.0.1', port: 0, path: '/metrics', handler });
  const { url } = await server.ready;
  for (const path of ['/metrics', '/health', '/ready'])
    expect({ path, status: (await fetch(new URL(path, url))).status }).toEqual({ path, status: 200 });
  await server.close();
  expect(api.getMeterProvider()).not.toBe(obs.meterProvider); // nothing of the host's is replaced
});
