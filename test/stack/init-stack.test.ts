import {
  chmodSync,
  copyFileSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { initStack } from '../../tools/stack/init-stack.js';
import { valueIn } from '../../tools/stack/env-file.js';
import { ROOT } from './stack-files.js';

const SECRETS = 'prometheus/alertmanager/secrets';

let root: string;
const envPath = () => join(root, '.env');
const env = () => readFileSync(envPath(), 'utf8');
const mode = () => statSync(envPath()).mode & 0o777;

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'stack-init-'));
  mkdirSync(join(root, SECRETS), { recursive: true });
  for (const file of ['.env.example', 'prometheus/alertmanager/alertmanager.yml'])
    copyFileSync(join(ROOT, file), join(root, file));
});
afterEach(() => rmSync(root, { recursive: true }));

describe('a first init', () => {
  it('makes .env with a random password that only its owner can read', () => {
    const { lines, problems } = initStack({ root });
    expect(valueIn(env(), 'GRAFANA_ADMIN_PASSWORD')).toMatch(/^[\w-]{32}$/);
    expect(mode()).toBe(0o600);
    expect(problems).toEqual([]);
    expect(lines.join('\n')).toContain('docker compose up -d');
    expect(lines.join('\n')).not.toContain(valueIn(env(), 'GRAFANA_ADMIN_PASSWORD'));
    expect(readdirSync(root).filter((name) => name.endsWith('.tmp'))).toEqual([]);
  });

  it('makes another password each time', () => {
    initStack({ root });
    const first = valueIn(env(), 'GRAFANA_ADMIN_PASSWORD');
    rmSync(envPath());
    initStack({ root });
    expect(valueIn(env(), 'GRAFANA_ADMIN_PASSWORD')).not.toBe(first);
  });

  it('keeps the explanations of .env.example', () => {
    initStack({ root });
    const example = readFileSync(join(root, '.env.example'), 'utf8').split('\n');
    const comments = example.filter((line) => line.startsWith('#'));
    expect(env().split('\n')).toEqual(expect.arrayContaining(comments));
  });
});

describe('an init with an .env there', () => {
  it('changes nothing the second time', () => {
    initStack({ root });
    const before = env();
    initStack({ root });
    expect(env()).toBe(before);
  });

  it('keeps every line of its owner and fills in what is missing', () => {
    writeFileSync(envPath(), '# mine\nTEMPO_ENDPOINT=tempo:4317');
    initStack({ root });
    expect(env()).toMatch(/^# mine\nTEMPO_ENDPOINT=tempo:4317\nGRAFANA_ADMIN_PASSWORD=[\w-]{32}\n$/);
  });

  it.each(['GRAFANA_ADMIN_PASSWORD=mine', 'export GRAFANA_ADMIN_PASSWORD="mine"'])('keeps %s', (line) => {
    writeFileSync(envPath(), `${line}\n`);
    initStack({ root });
    expect(env()).toBe(`${line}\n`);
  });

  it('closes one that others could read, even when nothing is added', () => {
    writeFileSync(envPath(), 'GRAFANA_ADMIN_PASSWORD=mine\n');
    chmodSync(envPath(), 0o644);
    initStack({ root });
    expect(mode()).toBe(0o600);
  });
});

describe('an init with the demo', () => {
  it('makes the demo the kernel', () => {
    initStack({ root, demo: true });
    expect(valueIn(env(), 'COMPOSE_PROFILES')).toBe('demo');
    expect(valueIn(env(), 'KERNEL_METRICS_TARGET')).toBe('demo:9464');
  });

  it('leaves a target of its owner, and says what the demo needs', () => {
    writeFileSync(envPath(), 'KERNEL_METRICS_TARGET=kernel:9464\n');
    const { lines } = initStack({ root, demo: true });
    expect(valueIn(env(), 'KERNEL_METRICS_TARGET')).toBe('kernel:9464');
    expect(lines.join('\n')).toContain('asked for is KERNEL_METRICS_TARGET=demo:9464');
  });
});

describe('an init that shall tell people of alerts', () => {
  const FILES = [
    ...['ml-ops', 'platform', 'soc', 'sre'].flatMap((team) => [`slack-${team}.url`, `pagerduty-${team}.key`]),
    'dead-mans-switch.url',
  ].map((name) => `${SECRETS}/${name}`);

  beforeEach(() => {
    writeFileSync(envPath(), 'GRAFANA_ADMIN_PASSWORD=mine\nALERTMANAGER_CONFIG=alertmanager.yml\n');
    for (const file of FILES) writeFileSync(join(root, file), 'a value\n', { mode: 0o644 });
  });

  it('is content when every secret is there', () => {
    expect(initStack({ root }).problems).toEqual([]);
  });

  it('names each file that is missing, empty, or closed to Alertmanager', () => {
    rmSync(join(root, `${SECRETS}/slack-soc.url`));
    writeFileSync(join(root, `${SECRETS}/slack-sre.url`), '\n');
    chmodSync(join(root, `${SECRETS}/pagerduty-soc.key`), 0o600);
    expect(initStack({ root }).problems).toEqual([
      expect.stringMatching(/pagerduty-soc\.key cannot be read by Alertmanager, uid 65534: chmod o\+r /),
      `${SECRETS}/slack-soc.url is missing`,
      `${SECRETS}/slack-sre.url is empty`,
    ]);
  });

  it('asks for none of them while alerts go to the log', () => {
    for (const file of FILES) rmSync(join(root, file));
    writeFileSync(envPath(), 'GRAFANA_ADMIN_PASSWORD=mine\n');
    expect(initStack({ root }).problems).toEqual([]);
  });
});
