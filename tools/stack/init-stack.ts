import { randomBytes } from 'node:crypto';
import { existsSync, readFileSync, renameSync, rmSync, writeFileSync, chmodSync } from 'node:fs';
import { join } from 'node:path';
import { secretProblems } from './alertmanager-secrets.js';
import { valueIn, withDefault } from './env-file.js';

const PASSWORD = 'GRAFANA_ADMIN_PASSWORD';
const OWNER_ALONE = 0o600;
/** What the demo as kernel needs. */
const DEMO = { COMPOSE_PROFILES: 'demo', KERNEL_METRICS_TARGET: 'demo:9464' };

export interface InitOptions {
  /** Folder of docker-compose.yml and .env.example. */
  readonly root: string;
  /** Adds the demo as kernel. */
  readonly demo?: boolean;
  /** What .env gets where it says nothing of it. */
  readonly defaults?: Readonly<Record<string, string>>;
}

export interface InitResult {
  /** What was done and what to do next. */
  readonly lines: readonly string[];
  /** What keeps the stack from working as .env asks for. */
  readonly problems: readonly string[];
}

/** Makes .env, or completes it: a value that is there is never changed. */
export function initStack({ root, demo = false, defaults = {} }: InitOptions): InitResult {
  const path = join(root, '.env');
  const before = existsSync(path) ? readFileSync(path, 'utf8') : undefined;
  const start = before ?? readFileSync(join(root, '.env.example'), 'utf8');

  let text = withDefault(start, PASSWORD, randomBytes(24).toString('base64url'));
  const wanted = { ...defaults, ...(demo && DEMO) };
  for (const [name, value] of Object.entries(wanted)) text = withDefault(text, name, value);
  if (text === before) chmodSync(path, OWNER_ALONE);
  else replaceFile(path, text);

  const others = Object.entries(wanted).filter(([name, value]) => valueIn(text, name) !== value);
  return {
    lines: [
      before === undefined
        ? '.env is made, with a random password for Grafana. Only you can read it.'
        : text === before
          ? '.env has all it needs and is unchanged.'
          : '.env is completed; what it had is unchanged.',
      ...others.map(([name, value]) => `${name} is yours and stays; asked for is ${name}=${value}.`),
      '',
      ...nextSteps(text),
    ],
    problems: tellsPeople(text) ? secretProblems(root) : [],
  };
}

function nextSteps(text: string): string[] {
  return [
    'docker compose up -d               starts the stack',
    `http://localhost:3000              Grafana: user admin, password ${PASSWORD} in .env`,
    'http://localhost:16686             Jaeger',
    'http://localhost:9090              Prometheus; Alertmanager is on 9093',
    tellsPeople(text)
      ? 'Alerts                             go to Slack and PagerDuty'
      : 'docker compose logs -f alert-log  shows alerts; prometheus/alertmanager/secrets/README.md says how to tell people',
  ];
}

const tellsPeople = (text: string) => valueIn(text, 'ALERTMANAGER_CONFIG') === 'alertmanager.yml';

/** In one step: nobody reads a half-written file, or one with a wider mode. */
function replaceFile(path: string, text: string): void {
  const temporary = `${path}.${process.pid}.tmp`;
  try {
    writeFileSync(temporary, text, { mode: OWNER_ALONE, flag: 'wx' });
    renameSync(temporary, path);
  } catch (error) {
    rmSync(temporary, { force: true });
    throw error;
  }
}
