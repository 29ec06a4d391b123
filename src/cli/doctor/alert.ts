// An alert of ours to Alertmanager, and whether it reaches a receiver.
import { setTimeout as delay } from 'node:timers/promises';
import { finding, type Finding } from './finding.js';
import { ask, askJson, askMetrics, sumOf } from './http.js';
import { DOCTOR, type Mark } from './probe-message.js';

const LOOK_MILLIS = 500;
/** The alert is over after so long, whoever looks. */
const LIFE_MILLIS = 5 * 60_000;

interface Alert {
  readonly status: { readonly state: string };
  readonly receivers: readonly { readonly name: string }[];
}

export interface Delivery {
  readonly findings: readonly Finding[];
  readonly receivers: readonly string[];
}

/** Sends a warning to the team `platform`, and waits until Alertmanager has told somebody. */
export async function syntheticAlert(url: string, mark: Mark, deadline: number): Promise<Delivery> {
  const labels = {
    alertname: 'AgentOSDoctor',
    severity: 'warning',
    team: 'platform',
    service_name: DOCTOR,
    // Its own group: another one is told of at once, and not when the last one's interval is over.
    deployment_environment_name: mark.id,
    mark: mark.id,
  };
  const before = await counts(url);
  const body = JSON.stringify([
    {
      labels,
      annotations: { summary: 'A test of the way to you: nothing has happened.' },
      endsAt: new Date(mark.atMillis + LIFE_MILLIS).toISOString(),
    },
  ]);
  const headers = { 'content-type': 'application/json' };
  const { status } = await ask(`${url}/api/v2/alerts`, { method: 'POST', headers, body });
  if (status !== 200)
    return {
      receivers: [],
      findings: [finding('Alertmanager', `it refuses an alert: HTTP ${status}`, 'see its log')],
    };
  let alert: Alert | undefined;
  do {
    alert = (await found(url, mark)) ?? alert;
    const receivers = alert?.receivers.map(({ name }) => name) ?? [];
    if (alert?.status.state === 'suppressed')
      return {
        receivers,
        findings: [
          finding(
            'Alertmanager (silences)',
            'the alert is silenced or inhibited',
            'end the silence that holds it back',
          ),
        ],
      };
    const { sent, failed } = await counts(url);
    if (failed > before.failed)
      return {
        receivers,
        findings: [
          finding(
            'Alertmanager → receiver',
            `the notification to ${receivers.join(', ') || 'a receiver'} fails`,
            "see Alertmanager's log for the answer of the receiver, and prometheus/alertmanager/secrets/README.md for what it needs",
          ),
        ],
      };
    if (alert !== undefined && sent > before.sent) return { receivers, findings: [] };
    await delay(LOOK_MILLIS);
  } while (Date.now() < deadline);
  return {
    receivers: [],
    findings: [
      finding(
        'Alertmanager → receiver',
        'nobody was told within the time',
        "give the route's group_wait the time (--timeout), and see that its receiver has an integration",
      ),
    ],
  };
}

const found = async (url: string, { id }: Mark): Promise<Alert | undefined> =>
  (await askJson<Alert[]>(`${url}/api/v2/alerts?${new URLSearchParams({ filter: `mark="${id}"` })}`))?.[0];

async function counts(url: string): Promise<{ sent: number; failed: number }> {
  const samples = await askMetrics(`${url}/metrics`);
  return {
    sent: sumOf(samples, /^alertmanager_notifications_total$/),
    failed: sumOf(samples, /^alertmanager_notification(s|_requests)_failed_total$/),
  };
}
