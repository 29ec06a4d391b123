// The hops from a kernel of the drill to whoever is told.
import type { Addresses } from '../doctor/addresses.js';
import { askJson, askMetrics, sumOf } from '../doctor/http.js';
import { UsageError } from '../command.js';
import { Broken, type Hop } from './hops.js';

export const DRILL_SERVICE = 'agent-os-drill';
const DOCTOR = 'agent-os-observability doctor names the hop that is broken';

export interface Required {
  readonly prometheus: string;
  readonly alertmanager: string;
}

export function required({ prometheus, alertmanager }: Addresses): Required {
  if (prometheus === undefined || alertmanager === undefined)
    throw new UsageError('a drill needs --prometheus and --alertmanager');
  return { prometheus, alertmanager };
}

/** That a query over the series of one instance finds a value from `least`. */
export const inPrometheus = (name: string, url: string, query: string, least = 1): Hop => ({
  name,
  fix: DOCTOR,
  holds: async () => (await valueOf(url, query)) >= least,
});

export async function valueOf(url: string, query: string): Promise<number> {
  type Vector = { data: { result: { value: [number, string] }[] } };
  const found = await askJson<Vector>(`${url}/api/v1/query?${new URLSearchParams({ query })}`);
  return Number(found?.data.result[0]?.value[1] ?? Number.NaN);
}

interface Alert {
  readonly labels: Readonly<Record<string, string>>;
}

const isOf = (alert: Alert, wanted: Readonly<Record<string, string>>): boolean =>
  Object.entries(wanted).every(([name, value]) => alert.labels[name] === value);

/** From the rule to the receiver, for the alert with these labels. */
export async function tellingHops(
  { prometheus, alertmanager }: Required,
  alertname: string,
  labels: Readonly<Record<string, string>>,
): Promise<Hop[]> {
  const wanted = { alertname, service_name: DRILL_SERVICE, ...labels };
  // Where it does not answer yet, a hop says so.
  const before = await notified(alertmanager).catch(() => ({ sent: 0, failed: 0 }));
  return [
    {
      name: 'Prometheus (rules)',
      fix: `see whether ${alertname} is in the rules that Prometheus has loaded`,
      holds: async () => {
        type Alerts = { data: { alerts: (Alert & { state: string })[] } };
        const found = await askJson<Alerts>(`${prometheus}/api/v1/alerts`);
        return found?.data.alerts.some((one) => one.state === 'firing' && isOf(one, wanted)) ?? false;
      },
    },
    {
      name: 'Prometheus → Alertmanager',
      fix: 'list Alertmanager in targets/alertmanager.yml',
      holds: async () => {
        const found = await askJson<(Alert & { status: { state: string } })[]>(
          `${alertmanager}/api/v2/alerts`,
        );
        const alert = found?.find((one) => isOf(one, wanted));
        if (alert?.status.state === 'suppressed') throw new Broken('the alert is silenced or inhibited');
        return alert !== undefined;
      },
    },
    {
      name: 'Alertmanager → receiver',
      fix: "see Alertmanager's log for the answer of the receiver, and prometheus/alertmanager/secrets/README.md for what it needs",
      holds: async () => {
        const { sent, failed } = await notified(alertmanager);
        if (failed > before.failed) throw new Broken('the notification fails');
        return sent > before.sent;
      },
    },
  ];
}

async function notified(url: string): Promise<{ sent: number; failed: number }> {
  const samples = await askMetrics(`${url}/metrics`);
  return {
    sent: sumOf(samples, /^alertmanager_notifications_total$/),
    failed: sumOf(samples, /^alertmanager_notification(s|_requests)_failed_total$/),
  };
}
