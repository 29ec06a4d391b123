// The settings of dashboards, rules and links, by flags, a file, the manifest of an earlier call, or at a terminal.
import { resolve } from 'node:path';
import { UsageError, text, type Flag, type Given, type Io } from '../command.js';
import { readText } from '../text-file.js';

/** As prometheus/README.md lists them. */
export type Settings = Readonly<Record<string, unknown>>;

/** Flag, name of the setting, and what a person is asked. */
const TEXTS = [
  ['runbooks-url', 'runbooksUrl', 'URL', 'Where alerts find their runbooks.', 'http://127.0.0.1:9090/user'],
  ['grafana-url', 'grafanaUrl', 'URL', 'Where alerts find the dashboards.', 'http://127.0.0.1:3000'],
  ['prometheus-uid', 'prometheusUid', 'UID', "Grafana's data source of metrics.", 'prometheus'],
  ['jaeger-uid', 'jaegerUid', 'UID', "Grafana's data source of traces.", 'jaeger'],
  ['victoria-logs-uid', 'victoriaLogsUid', 'UID', "Grafana's data source of events.", 'victoria-logs'],
] as const;

export const SETTING_FLAGS: Readonly<Record<string, Flag>> = {
  ...Object.fromEntries(
    TEXTS.map(([flag, , value, about, standard]) => [
      flag,
      { type: 'string', value, about: `${about} Default: ${standard}.` },
    ]),
  ),
  counting: {
    type: 'string',
    value: 'anchored|portable',
    about:
      'How events are counted: as Prometheus 3.16 does, or as Mimir, Thanos and older ones do. Default: anchored.',
  },
  threshold: {
    type: 'string',
    multiple: true,
    value: 'ALERT.NAME=VALUE',
    about: 'One number of one alert, as AgentOSHighViolationRate.ratio=0.02.',
  },
  config: { type: 'string', value: 'FILE', about: 'A JSON file with settings; flags go before it.' },
};

/**
 * What an earlier call has set, over that what the file says, over that the flags.
 *
 * @throws UsageError naming every setting that cannot be used
 */
export async function settingsOf(called: Given, io: Io, before: Settings = {}): Promise<Settings> {
  const thresholds = thresholdsOf(called);
  const file = text(called, 'config');
  const given: Record<string, unknown> = { ...before, ...(file && fromFile(resolve(io.cwd, file))) };
  for (const [flag, name] of TEXTS) given[name] = text(called, flag) ?? given[name];
  given['counting'] = text(called, 'counting') ?? given['counting'];
  for (const [name, value] of Object.entries(given)) if (value === undefined) delete given[name];
  for (const [alert, name, value] of thresholds) {
    const all = (given['thresholds'] ?? {}) as Record<string, Record<string, unknown>>;
    given['thresholds'] = { ...all, [alert]: { ...all[alert], [name]: value } };
  }
  await check(given);
  return given;
}

/** Asks for what is not set; an answer that is the default sets nothing. */
export async function askFor(settings: Settings, { ask }: Io): Promise<Settings> {
  if (ask === undefined) return settings;
  const answered: Record<string, unknown> = { ...settings };
  for (const [, name, , about, standard] of TEXTS) {
    if (answered[name] !== undefined) continue;
    const answer = await ask(about, standard);
    if (answer !== standard) answered[name] = answer;
  }
  await check(answered);
  return answered;
}

async function check(settings: Settings): Promise<void> {
  const { configProblems } = await import('../../../prometheus/src/config.js');
  const problems = configProblems(settings);
  if (problems.length > 0) throw new UsageError(problems.join('\n'));
}

function fromFile(path: string): Settings {
  try {
    return JSON.parse(readText(path)) as Settings;
  } catch (error) {
    throw new UsageError(`${path} cannot be read as JSON: ${(error as Error).message}`);
  }
}

function thresholdsOf({ flags }: Given): [alert: string, name: string, value: string | number][] {
  return ((flags['threshold'] ?? []) as readonly string[]).map((one) => {
    const [, alert, name, value] = /^([^.=]+)\.([^.=]+)=(.+)$/.exec(one) ?? [];
    if (alert === undefined || name === undefined || value === undefined)
      throw new UsageError(`--threshold must be ALERT.NAME=VALUE, got ${JSON.stringify(one)}`);
    return [alert, name, Number.isNaN(Number(value)) ? value : Number(value)];
  });
}
