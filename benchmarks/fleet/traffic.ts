// What one kernel and its agents do for hours of a made-up clock, told to the recorders of the SDK, and the page that
// the kernel serves at each scrape. Nothing is named here that the recorders do not take.
import { createTestObservability, type TestObservability } from '../../src/testing/index.js';
import { Random } from '../../examples/demo/random.js';
import { recordEverything } from '../../test/contract/everything.js';
import { ACTIONS, POLICIES } from '../workloads/names.js';

/** In labels, for the kernel and the process of it. */
export const KERNEL = '{kernel}';
export const INSTANCE = '{instance}';

export interface TemplateSeries {
  readonly labels: Readonly<Record<string, string>>;
  /** At each scrape; NaN before the series is there. */
  readonly values: Float64Array;
  readonly counter: boolean;
}

export interface Traffic {
  readonly seed: number;
  readonly agents: number;
  readonly scrapes: number;
  readonly scrapeSeconds: number;
}

const ACTIONS_A_SECOND = 10;
const actions = ACTIONS.slice(0, 8);
const policies = POLICIES.slice(0, 4);
const models = ['model-a', 'model-b'];
const severities = { low: 4, medium: 3, high: 2, critical: 1 } as const;
const DENIED = 0.015;

/** What Prometheus makes of the resource, as prometheus.yml promotes it. */
const ORIGIN = {
  job: `desk-${KERNEL}`,
  instance: INSTANCE,
  service_name: `desk-${KERNEL}`,
  service_version: '1.4.0',
  service_instance_id: INSTANCE,
  agent_os_kernel_id: KERNEL,
  deployment_environment_name: 'production',
};

/** Every series of one kernel, from its start on. */
export async function seriesOf({ seed, agents, scrapes, scrapeSeconds }: Traffic): Promise<TemplateSeries[]> {
  let now = 0;
  const obs = createTestObservability({ clock: () => now });
  const random = Random.of(seed, 'fleet');
  const found = new Map<string, TemplateSeries>();
  recordEverything(obs);
  for (let agent = 1; agent < agents; agent += 1) obs.kernel.recordAgentStarted();
  for (let scrape = 0; scrape < scrapes; scrape += 1) {
    now += scrapeSeconds * 1000;
    for (let one = 0; one < ACTIONS_A_SECOND * scrapeSeconds; one += 1) act(obs, random, agents);
    besides(obs, random, agents);
    obs.forgetEvents();
    for (const line of (await obs.export()).split('\n')) {
      if (line === '' || line.startsWith('#')) continue;
      const end = line.lastIndexOf(' ');
      const key = line.slice(0, end);
      let series = found.get(key);
      if (series === undefined) found.set(key, (series = newSeries(key, scrapes)));
      series.values[scrape] = Number(line.slice(end + 1).replace('Inf', 'Infinity'));
    }
  }
  await obs.shutdown();
  return [...found.values()];
}

/** Of a line of the page without its value: no value of a label here has a quote in it. */
function newSeries(line: string, scrapes: number): TemplateSeries {
  const [name = ''] = /^\w+/.exec(line) ?? [];
  const own = Object.fromEntries(
    [...line.matchAll(/(\w+)="([^"]*)"/g)].map(([, label, text]) => [label!, text!]),
  );
  const counter = /_(total|bucket|sum|count)$/.test(name);
  return {
    labels: { ...ORIGIN, ...own, __name__: name },
    values: new Float64Array(scrapes).fill(NaN),
    counter,
  };
}

const nameOf = (agent: number): string => `agent-${agent}-${KERNEL}`;

/** One governed action. An agent has three actions of its own. */
function act({ kernel, agent, amb }: TestObservability, random: Random, agents: number): void {
  const number = random.integer(0, agents - 1);
  const agentId = nameOf(number);
  const action = actions[(number + random.integer(0, 2)) % actions.length]!;
  const policy = policies[actions.indexOf(action) % policies.length]!;
  const denied = random.chance(DENIED);
  const verdict = denied ? ('denied' as const) : ('allowed' as const);
  kernel.recordPolicyCheck({ policy, result: verdict, durationSeconds: random.between(0.00001, 0.0004) });
  kernel.recordDecision({ policy, decision: denied ? 'deny' : 'allow', enforced: verdict });
  kernel.recordKernelLatency({ durationSeconds: random.between(0.0001, 0.001) });
  const failed = random.chance(0.005);
  const status = denied ? 'denied' : failed ? 'error' : 'success';
  kernel.recordRequest({ action, status });
  kernel.recordExecution({ action, status, durationSeconds: random.between(0.01, 2) });
  agent.recordLlmCall({ agentId, model: models[number % models.length]! });
  agent.recordExecution({ status: failed ? 'error' : 'success', durationSeconds: random.between(0.1, 8) });
  amb.recordPublished({ topic: 'audit', priority: 'low', durationSeconds: random.between(0.0005, 0.01) });
  amb.recordDelivered({ topic: 'audit', priority: 'low', durationSeconds: random.between(0.001, 0.05) });
  if (failed) agent.recordError({ agentId, errorType: 'ToolError' });
  if (!denied) return;
  const severity = random.pick(severities);
  kernel.recordViolation({ agentId, action, policy, severity });
  if (random.chance(0.9)) kernel.recordBlocked({ agentId, action });
  if (severity !== 'critical') return;
  kernel.recordSignal({ signal: 'SIGKILL', reason: 'violations', agentId });
  kernel.recordContainment({ durationSeconds: random.between(0.01, 0.5) });
  kernel.recordRecovery({ success: true, durationSeconds: random.between(1, 60) });
}

/** What happens between two scrapes whatever the agents do. */
function besides({ kernel, cmvk, component }: TestObservability, random: Random, agents: number): void {
  cmvk.recordVerification({
    result: random.pick({ verified: 20, flagged: 2, rejected: 1 }),
    confidence: random.next(),
    driftScore: random.between(0, 0.3),
    durationSeconds: random.between(0.5, 6),
    modelCount: 3,
    agreeingCount: 2,
  });
  for (const model of models) cmvk.recordModelResponse({ model, latencySeconds: random.between(0.5, 4) });
  const agentId = nameOf(random.integer(0, agents - 1));
  component.recordTrust({ agentId, score: random.next(), tier: 'Trusted' });
  component.recordOperation({ component: 'audit_log', operation: 'verify', result: 'ok' });
  if (random.chance(0.02)) kernel.recordAgentCrash({ agentId, reason: 'out_of_memory' });
}
