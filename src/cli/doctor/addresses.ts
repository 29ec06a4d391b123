import { text, UsageError, type Flag, type Given } from '../command.js';

/** Where the programs of the stack answer; undefined for those that are not asked. */
export interface Addresses {
  readonly collectorMetrics: string | undefined;
  readonly prometheus: string | undefined;
  readonly alertmanager: string | undefined;
  readonly jaeger: string | undefined;
  readonly victoriaLogs: string | undefined;
}

const PROGRAMS = {
  'collector-metrics': ['collectorMetrics', 'http://127.0.0.1:8888/metrics', "The Collector's own metrics"],
  prometheus: ['prometheus', 'http://127.0.0.1:9090', 'Prometheus'],
  alertmanager: ['alertmanager', 'http://127.0.0.1:9093', 'Alertmanager'],
  jaeger: ['jaeger', 'http://127.0.0.1:16686', 'Jaeger'],
  'victoria-logs': ['victoriaLogs', 'none', 'VictoriaLogs'],
} as const;

export const ADDRESS_FLAGS: Readonly<Record<string, Flag>> = Object.fromEntries(
  Object.entries(PROGRAMS).map(([flag, [, standard, name]]) => [
    flag,
    { type: 'string', value: 'URL', about: `${name}, or none. Default: ${standard}.` },
  ]),
);

export function addressesOf(called: Given): Addresses {
  return Object.fromEntries(
    Object.entries(PROGRAMS).map(([flag, [key, standard]]) => {
      const url = (text(called, flag) ?? standard).replace(/\/$/, '');
      if (url === 'none') return [key, undefined];
      const { username, password, search, hash } = checkedUrl(flag, url, ' or none');
      // Shown in findings and reports, and no request can be made of a URL with a password.
      if (username || password || search || hash)
        throw new UsageError(
          `--${flag} must be a URL without credentials, query and fragment, got ${masked(url)}`,
        );
      return [key, url];
    }),
  ) as unknown as Addresses;
}

/** Where a kernel sends; its credentials go as a header, and are never shown. */
export function endpointOf(called: Given): string | undefined {
  const url = text(called, 'endpoint');
  if (url !== undefined) checkedUrl('endpoint', url, '');
  return url;
}

function checkedUrl(flag: string, url: string, otherwise: string): URL {
  if (/^https?:\/\/[^/]/i.test(url) && URL.canParse(url)) return new URL(url);
  throw new UsageError(
    `--${flag} must be an http or https URL${otherwise}, got ${JSON.stringify(masked(url))}`,
  );
}

/** Without what may be a password or a token, whether it is a URL or not. */
const masked = (url: string): string =>
  url
    .replace(/^([a-z][a-z\d+.-]*:\/\/)?.*@/is, (_, scheme: string = '') => `${scheme}***@`)
    .replace(/[?#].*$/s, (rest) => `${rest[0]}***`);
