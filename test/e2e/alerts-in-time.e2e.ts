import { initObservability, type Observability } from '../../src/index.js';
import { ROOT } from '../../tools/stack/native/programs.js';
import { filled, runbookQueries } from '../../tools/prometheus/runbooks.js';
import { eventually } from './support/eventually.js';
import { observed } from './support/observed.js';
import type { Alert } from './support/prometheus-api.js';
import { stackOfEachTest, type TestStack } from './support/test-stack.js';
import { startWebhook, type Webhook } from './support/webhook.js';

/** As delivered, by prometheus.yml, the Collector's base.yaml and alertmanager.yml. */
const SHIPPED = { scrape: '15s', rules: '15s', groupWait: '0s' };
/** Seconds of a service at its work: what a short window of an alert has to forget. */
const GOOD_SECONDS = 45;
const LOOK_FOR_MILLIS = 100_000;
const LASTS_MILLIS = 240_000;

interface Incident {
  readonly what: string;
  readonly alertname: string;
  /** What tells this alert from others of its name. */
  readonly labels: Readonly<Record<string, string>>;
  readonly within: number;
  begin(obs: Observability): void;
}

const INCIDENTS: readonly Incident[] = [
  {
    what: 'one critical violation that was not blocked',
    alertname: 'AgentOSUnblockedViolation',
    labels: { agent_id: 'agent-1', policy: 'egress', violation_severity: 'critical' },
    within: 45,
    begin: (obs) =>
      obs.violation({
        agentId: 'agent-1',
        action: 'send_mail',
        policy: 'egress',
        severity: 'critical',
        blocked: false,
      }),
  },
  {
    what: 'one violation of little severity of which nobody says that it was blocked',
    alertname: 'AgentOSUnblockedViolation',
    labels: { agent_id: 'agent-2', policy: 'files', violation_severity: 'low' },
    within: 45,
    begin: ({ kernel }) =>
      kernel.recordViolation({ agentId: 'agent-2', action: 'read_file', policy: 'files', severity: 'low' }),
  },
  {
    what: 'every check of a policy throws',
    alertname: 'AgentOSPolicyErrors',
    labels: { policy: 'data-access' },
    within: 60,
    begin: () => undefined, // the traffic does
  },
  {
    what: 'every check of a policy throws that is asked 180 times an hour',
    alertname: 'AgentOSPolicyErrors',
    labels: { policy: 'payments' },
    within: 60,
    begin: () => undefined,
  },
  {
    what: 'an agent that was killed is allowed to act',
    alertname: 'AgentOSAllowedAfterStop',
    labels: { agent_id: 'agent-3', state: 'killed' },
    within: 45,
    begin: ({ kernel, kills }) => {
      kills.recordKill({ agentId: 'agent-3', reason: 'drill', outcome: 'stopped' });
      kernel.recordAllowedAfterStop({ agentId: 'agent-3', action: 'read_file', state: 'killed' });
    },
  },
  {
    what: 'an action without a decision',
    alertname: 'AgentOSUngovernedActions',
    labels: { agent_id: 'agent-4', action: 'delete_file' },
    within: 45,
    begin: ({ kernel }) => kernel.recordUngovernedAction({ agentId: 'agent-4', action: 'delete_file' }),
  },
  {
    what: 'a verifier that is fully down',
    alertname: 'CMVKVerifierDown',
    labels: { model: 'model-a' },
    within: 90,
    begin: () => undefined,
  },
  {
    what: '1001 messages wait',
    alertname: 'AMBQueueBacklog',
    labels: { topic: 'claims' },
    within: 90,
    begin: () => undefined,
  },
];

/** A service at its work: a check, a verification and a message a second; until it is broken, and after. */
class Traffic {
  broken = false;
  private seconds = 0;
  private readonly timer: NodeJS.Timeout;

  constructor(private readonly obs: Observability) {
    obs.amb.observeQueueDepth('claims', () => (this.broken ? 1001 : 3));
    this.timer = setInterval(() => this.second(), 1000);
  }

  break(): void {
    this.broken = true;
    this.seconds = 0;
    this.second();
  }

  stop(): void {
    clearInterval(this.timer);
  }

  private second(): void {
    const { kernel, cmvk, amb } = this.obs;
    const policies = this.seconds % 20 === 0 ? ['data-access', 'payments'] : ['data-access'];
    this.seconds += 1;
    for (const policy of policies)
      if (this.broken)
        kernel.recordPolicyCheckError({ policy, errorType: 'TypeError', durationSeconds: 0.001 });
      else kernel.recordPolicyCheck({ policy, result: 'allowed', durationSeconds: 0.001 });
    kernel.recordRequest({ action: 'read_file', status: this.broken ? 'error' : 'success' });
    if (this.broken) cmvk.recordVerifierError({ model: 'model-a', errorType: 'timeout' });
    else cmvk.recordModelResponse({ model: 'model-a', latencySeconds: 0.4 });
    cmvk.recordModelResponse({ model: 'model-b', latencySeconds: 0.4 });
    amb.recordPublished({ topic: 'claims', priority: 'normal', durationSeconds: 0.001 });
    amb.recordDelivered({ topic: 'claims', priority: 'normal', durationSeconds: 0.01 });
  }
}

describe('at the intervals as delivered, an alert', () => {
  const stackOf = stackOfEachTest();
  let webhook: Webhook;
  let obs: Observability;
  let traffic: Traffic;
  beforeEach(async () => (webhook = await startWebhook()));
  afterEach(async () => {
    traffic.stop();
    await obs.shutdown();
    await webhook.close();
  });

  it(
    'comes in time, says whom it is about, and each query of its runbook shows it',
    async () => {
      const stack = stackOf();
      // Before the Collector: a first scrape that fails is an alert on its way.
      obs = initObservability({
        serviceName: 'e2e-kernel',
        environment: 'e2e',
        prometheus: { port: stack.kernelPort },
        otlp: false,
        signalHandlers: false,
      });
      await obs.ready;
      await Promise.all([
        stack.startAlertmanager({ webhook: webhook.url, groupWait: SHIPPED.groupWait }),
        stack.startPrometheus({ interval: SHIPPED.rules }),
        stack.startCollector({
          files: ['base', 'backends/prometheus'],
          env: { KERNEL_SCRAPE_INTERVAL: SHIPPED.scrape },
        }),
      ]);
      traffic = new Traffic(obs);
      const requests = (): Promise<number> => stack.prometheus.sum('agent_os_requests_total');
      await eventually(
        'a service at its work, in Prometheus',
        async () => ((await requests()) >= GOOD_SECONDS ? true : undefined),
        requests,
        LOOK_FOR_MILLIS,
      );
      const before = (await stack.prometheus.alerts()).filter(({ state }) => state === 'firing');
      expect(before.map(({ labels }) => labels.alertname)).toEqual(['Watchdog']);

      const begun = performance.now();
      traffic.break();
      for (const incident of INCIDENTS) incident.begin(obs);
      const lines = await Promise.all(INCIDENTS.map((incident) => follow(stack, webhook, incident, begun)));

      observed('alerts in time', 'what must not wait fires soon, and its runbook shows it', [
        ...lines,
        `as shipped: scrape ${SHIPPED.scrape}, rules ${SHIPPED.rules}, group_wait ${SHIPPED.groupWait} for critical alerts`,
      ]);
    },
    LASTS_MILLIS,
  );
});

/** What was seen of one incident, which fired in time and whose queries all have rows. */
async function follow(
  stack: TestStack,
  webhook: Webhook,
  { what, alertname, labels, within }: Incident,
  begun: number,
): Promise<string> {
  const seconds = (): number => (performance.now() - begun) / 1000;
  const isIt = (alert: Pick<Alert, 'labels'>): boolean =>
    Object.entries({ alertname, ...labels }).every(([name, value]) => alert.labels[name] === value);
  const delivered = webhook.next(({ alerts }) => alerts.some(isIt)).then(seconds);
  const alert = await eventually(
    `${alertname} firing: ${what}`,
    async () => (await stack.prometheus.alerts()).find((one) => isIt(one) && one.state === 'firing'),
    () => webhook.paths,
    LOOK_FOR_MILLIS,
  );
  const firing = seconds();
  expect({ what, within, firing, inTime: firing <= within }).toMatchObject({ inTime: true });
  expect(alert.labels).toMatchObject({ service_name: 'e2e-kernel', deployment_environment_name: 'e2e' });

  const queries = runbookQueries(ROOT).get(alertname)!;
  const rows = await Promise.all(
    queries.map(async (query) => {
      const asked = filled(query, alert.labels);
      return { asked, found: (await stack.prometheus.query(asked)).length > 0 };
    }),
  );
  expect(rows.filter(({ found }) => !found)).toEqual([]);
  const isCritical = alert.labels['severity'] === 'critical';
  const told = isCritical ? `, and is delivered after ${(await delivered).toFixed(1)} s` : '';
  return `${what}: ${alertname} fires after ${firing.toFixed(1)} s (at most ${within})${told}; ${queries.length} queries of its runbook have rows`;
}
