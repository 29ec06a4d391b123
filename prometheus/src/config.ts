// What an operator sets: npm run operators -- --config FILE --out FOLDER
import { readFileSync } from 'node:fs';
import { DEFAULT_THRESHOLDS } from './default-thresholds.js';

/** Where people read and look while Prometheus says nothing else (see links.ts), and what the dashboards ask. */
const DEFAULTS = {
  /** Of the runbooks: the stack on one machine has Prometheus serve them, by --web.user-assets. */
  runbooksUrl: 'http://127.0.0.1:9090/user',
  grafanaUrl: 'http://127.0.0.1:3000',
  jaegerUrl: 'http://127.0.0.1:16686',
  /** The organisation of that Grafana; where there is one alone, it is 1. */
  grafanaOrg: '1',
  /** Uids of the data sources, as grafana/provisioning has them. */
  prometheusUid: 'prometheus',
  jaegerUid: 'jaeger',
  victoriaLogsUid: 'victoria-logs',
};

/** How what came in a window is counted: as Prometheus 3.16 does, or in functions that all have. */
const FLAVOURS = ['anchored', 'portable'] as const;
export type Flavour = (typeof FLAVOURS)[number];

export interface OperatorsConfig extends Readonly<typeof DEFAULTS> {
  readonly counting: Flavour;
  /** By alert and setting, over those of default-thresholds.ts. */
  readonly thresholds: Readonly<Record<string, Readonly<Record<string, string | number>>>>;
}

/** The file that this names holds the settings, all of them optional. */
export const CONFIG_VARIABLE = 'AGENT_OS_OPERATORS_CONFIG';

/**
 * The settings with their defaults.
 *
 * @throws Error naming every setting that cannot be used
 */
export function readConfig(file: string | undefined): OperatorsConfig {
  if (file === undefined) return withDefaults({});
  let given: unknown;
  try {
    given = JSON.parse(readFileSync(file, 'utf8'));
  } catch (error) {
    throw new Error(`${file} cannot be read as JSON: ${(error as Error).message}`, { cause: error });
  }
  const problems = configProblems(given);
  if (problems.length > 0)
    throw new Error(`${file} cannot be used:\n${problems.map((one) => `  - ${one}`).join('\n')}`);
  return withDefaults(given as Partial<OperatorsConfig>);
}

const withDefaults = (given: Partial<OperatorsConfig>): OperatorsConfig => ({
  ...DEFAULTS,
  counting: 'anchored',
  thresholds: {},
  ...given,
});

let chosen: OperatorsConfig | undefined;

/** Says what rules and dashboards are written with, before they are loaded, where no file says it. */
export const choose = (given: Partial<OperatorsConfig>): void => void (chosen = withDefaults(given));

/** What was chosen, or else what the file of the variable says. */
export const currentConfig = (): OperatorsConfig => chosen ?? readConfig(process.env[CONFIG_VARIABLE]);

/** Everything that is wrong with the settings, in one pass. */
export function configProblems(given: unknown): string[] {
  if (!isObject(given)) return ['the settings must be an object'];
  return Object.entries(given).flatMap(([key, value]): string[] => {
    if (key === 'thresholds') return thresholdProblems(value);
    if (key === 'counting') {
      if (FLAVOURS.some((flavour) => flavour === value)) return [];
      return [`counting must be ${FLAVOURS.join(' or ')}, got ${JSON.stringify(value)}`];
    }
    if (!Object.hasOwn(DEFAULTS, key)) {
      return [
        `${key} is unknown; known are ${[...Object.keys(DEFAULTS), 'counting', 'thresholds'].join(', ')}`,
      ];
    }
    const isUrl = key.endsWith('Url');
    if (typeof value !== 'string' || value === '')
      return [`${key} must be a text, got ${JSON.stringify(value)}`];
    return isUrl && !/^https?:\/\/[^\s]+[^/\s]$/.test(value)
      ? [`${key} must be an http or https URL without a slash at its end, got ${JSON.stringify(value)}`]
      : [];
  });
}

function thresholdProblems(given: unknown): string[] {
  if (!isObject(given)) return ['thresholds must be an object of alerts'];
  return Object.entries(given).flatMap(([alert, settings]): string[] => {
    const known: unknown = Object.hasOwn(DEFAULT_THRESHOLDS, alert)
      ? DEFAULT_THRESHOLDS[alert as keyof typeof DEFAULT_THRESHOLDS]
      : undefined;
    if (!isObject(known)) return [`thresholds.${alert} is no alert`];
    if (!isObject(settings)) return [`thresholds.${alert} must be an object of settings`];
    return Object.entries(settings).flatMap(([name, value]): string[] => {
      const at = `thresholds.${alert}.${name}`;
      const before = Object.hasOwn(known, name) ? known[name] : undefined;
      if (before === undefined) return [`${at} is unknown; known are ${Object.keys(known).join(', ')}`];
      if (typeof before === 'number') {
        return typeof value === 'number' && Number.isFinite(value) && value >= 0
          ? []
          : [`${at} must be a number from 0, got ${JSON.stringify(value)}`];
      }
      return typeof value === 'string' && /^(\d+[smhd])+$/.test(value)
        ? []
        : [`${at} must be a duration such as 5m, got ${JSON.stringify(value)}`];
    });
  });
}

function isObject(value: unknown): value is Record<string, unknown> {
  return value !== null && typeof value === 'object' && !Array.isArray(value);
}
