// What the programs of the stack say of themselves: clocks, rules, and whether Prometheus knows an Alertmanager.
import { setTimeout as delay } from 'node:timers/promises';
import type { Addresses } from './addresses.js';
import { finding, silent, type Finding } from './finding.js';
import { ask, askJson } from './http.js';

const MOST_SKEW_SECONDS = 30;

interface Rules {
  readonly data: {
    readonly groups: readonly {
      readonly name: string;
      readonly rules: readonly {
        readonly name: string;
        readonly health: string;
        readonly lastError?: string;
      }[];
    }[];
  };
}

/** @param now - the clock of this machine, in milliseconds */
export async function stackFindings(addresses: Addresses, now: () => number): Promise<Finding[]> {
  const { collectorMetrics, prometheus, alertmanager } = addresses;
  return (
    await Promise.all([
      collectorMetrics === undefined ? [] : answers('Collector', collectorMetrics, now),
      prometheus === undefined ? [] : prometheusFindings(prometheus, now),
      alertmanager === undefined ? [] : answers('Alertmanager', `${alertmanager}/-/ready`, now),
    ])
  ).flat();
}

async function answers(name: string, url: string, now: () => number): Promise<Finding[]> {
  try {
    const { date } = await ask(url);
    const seconds = date === undefined ? 0 : Math.round((now() - date.getTime()) / 1000);
    if (Math.abs(seconds) <= MOST_SKEW_SECONDS) return [];
    const way = seconds > 0 ? 'ahead of' : 'behind';
    return [
      finding(
        'clock',
        `the clock here is ${Math.abs(seconds)} s ${way} that of ${name}`,
        'set both by NTP: the Collector refuses data points that are 5 minutes ahead or 25 behind',
      ),
    ];
  } catch (error) {
    return [silent(name, url, (error as Error).message)];
  }
}

async function prometheusFindings(url: string, now: () => number): Promise<Finding[]> {
  const reachable = await answers('Prometheus', `${url}/-/ready`, now);
  if (reachable.some(({ hop }) => hop === 'Prometheus')) return reachable;
  const groups = (await askJson<Rules>(`${url}/api/v1/rules`))?.data.groups ?? [];
  const rules = groups.flatMap((group) => group.rules);
  const broken = rules.filter(({ health }) => health === 'err');
  const watched = rules.some(({ name }) => name === 'AgentOSHighViolationRate');
  return [
    ...reachable,
    ...(watched
      ? []
      : [
          finding(
            'Prometheus (rules)',
            'the rules of Agent OS are not loaded',
            'name rules/*.yml in rule_files of prometheus.yml',
          ),
        ]),
    ...broken.map(({ name, lastError = '' }) =>
      finding(
        'Prometheus (rules)',
        `${name} cannot be evaluated: ${lastError}`,
        'upgrade its file, or Prometheus: prometheus/README.md',
      ),
    ),
  ];
}

/** Prometheus looks for them at its leisure after a start. */
const DISCOVERY_MILLIS = 8000;
const LOOK_MILLIS = 500;

/** Whether Prometheus has somebody to send its alerts to. */
export async function alertmanagerFindings({ prometheus, alertmanager }: Addresses): Promise<Finding[]> {
  if (prometheus === undefined || alertmanager === undefined) return [];
  type Known = { data: { activeAlertmanagers: unknown[] } };
  const until = Date.now() + DISCOVERY_MILLIS;
  try {
    do {
      const known = await askJson<Known>(`${prometheus}/api/v1/alertmanagers`);
      if (known === undefined || known.data.activeAlertmanagers.length > 0) return [];
      await delay(LOOK_MILLIS);
    } while (Date.now() < until);
  } catch {
    return []; // that it does not answer is said already
  }
  return [
    finding(
      'Prometheus → Alertmanager',
      'Prometheus knows no Alertmanager: its alerts go nowhere',
      'list it in targets/alertmanager.yml',
    ),
  ];
}
