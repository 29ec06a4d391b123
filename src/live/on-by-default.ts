import { isLoopback, normalHost } from '../http/host-names.js';

/** What decides whether the page is there where the host does not say. */
export interface LiveConditions {
  /** What our server binds; undefined where it is the host's server, or a Unix socket. */
  readonly host: string | undefined;
  /** `deployment.environment.name`, if it is set. */
  readonly environment: unknown;
  /** NODE_ENV, if it is set. */
  readonly nodeEnv: string | undefined;
}

/** On a server of ours that only this machine reaches, and where nothing says production. */
export function isLiveByDefault({ host, environment, nodeEnv }: LiveConditions): boolean {
  return host !== undefined && isLoopback(normalHost(host)) && ![environment, nodeEnv].some(saysProduction);
}

/** `production`, and what else people call it: `prod`, `prd`, `prod-eu`, `eu-production`. */
function saysProduction(name: unknown): boolean {
  return typeof name === 'string' && /(?:^|[^a-z])pr(?:o?d|oduction)(?:[^a-z]|$)/i.test(name);
}
