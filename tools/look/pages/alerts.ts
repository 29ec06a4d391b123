import type { FoundAlert } from '../../pictures/prometheus.js';
import type { Handler } from '../context.js';
import { address, ago, html, table, type Markup } from '../markup.js';

const SEVERITIES = ['critical', 'warning', 'info'];
/** Said by the columns already, or of the rule and not of what it found. */
const NO_DETAIL = ['alertname', 'severity', 'team', 'service_name', 'deployment_environment_name'];
/** Always fires: that it does is what it says. */
const WATCHDOG = 'Watchdog';

/** What fires now, the worst first, each with its runbook. */
export const alertsPage: Handler = async (_asked, { prometheus, now }) => {
  const alerts = await prometheus.alerts();
  const others = alerts.filter(({ labels }) => labels.alertname !== WATCHDOG);
  const firing = others.filter(({ state }) => state === 'firing').sort(worstFirst);
  const pending = others.filter(({ state }) => state === 'pending').sort(worstFirst);
  const watched = alerts.length > others.length;
  return {
    title: firing.length === 0 ? 'No alert fires' : `${firing.length} firing`,
    refreshSeconds: 15,
    content: html`<h1>Firing alerts</h1>
      ${watched ? undefined : html`<p class="problem">The Watchdog does not fire: the rules of Agent OS are not loaded, or were not evaluated yet.</p>`}
      ${tableOf(firing, now(), 'No alert fires.')}
      <h2>Pending</h2>
      ${tableOf(pending, now(), 'Nothing waits to fire.')}`,
  };
};

const tableOf = (alerts: readonly FoundAlert[], at: Date, none: string): Markup =>
  table(
    ['Severity', 'Alert', 'What', 'Service', 'For', 'Look at'],
    alerts.map((alert) => rowOf(alert, at)),
    none,
  );

function rowOf({ labels, annotations, activeAt }: FoundAlert, at: Date) {
  const { alertname = '', severity = '', service_name, deployment_environment_name } = labels;
  const details = Object.entries(labels).filter(([name]) => !NO_DETAIL.includes(name));
  return [
    html`<span class="severity ${severity}">${severity}</span>`,
    html`<a href="${runbookAddress(alertname, labels)}">${alertname}</a>`,
    html`${annotations.summary ?? ''}<br /><span class="faint"
        >${details.map(([name, value]) => `${name}="${value}"`).join(' ')}</span
      >`,
    html`${service_name ?? ''}<br /><span class="faint">${deployment_environment_name ?? ''}</span>`,
    ago(activeAt, at),
    [boardLink(annotations.dashboard_url, 'Dashboard'), boardLink(annotations.agent_url, 'Agent')],
  ];
}

export const runbookAddress = (alert: string, labels: Readonly<Record<string, string>>): string =>
  address(`/runbooks/${alert}.md`, labels);

/** The page here of what the alert leads to in Grafana. */
function boardLink(url: string | undefined, name: string): Markup | undefined {
  const [, below] = /(\/d\/[\w-]+(?:\?.*)?)$/.exec(url ?? '') ?? [];
  return below === undefined ? undefined : html`<a href="${below}">${name}</a><br />`;
}

function worstFirst(a: FoundAlert, b: FoundAlert): number {
  const rank = ({ labels }: FoundAlert) => (SEVERITIES.indexOf(labels.severity ?? '') + 4) % 4;
  return rank(a) - rank(b) || a.activeAt.localeCompare(b.activeAt);
}
