import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import { Folder } from '../../src/cli/files/folder.js';
import { hashOf } from '../../src/cli/files/manifest.js';
import { cli, folderOfEachTest } from './support.js';

const folder = folderOfEachTest();
const at = (name: string): string => join(folder(), name);
const text = (name: string): string => readFileSync(at(name), 'utf8');
const edit = (name: string, change: (before: string) => string): void =>
  writeFileSync(at(name), change(text(name)));
const manifest = () => JSON.parse(text('agent-os-observability.json')) as { files: Record<string, string> };
const init = (...args: string[]) => cli(['init', folder(), '--yes', ...args]);
const RULES = 'prometheus/rules/kernel.yml';

/** As if an earlier release had written another text, and nobody had changed it since. */
function asAnEarlierRelease(name: string, before: string): void {
  writeFileSync(at(name), before);
  const all = manifest();
  all.files[name] = hashOf(before);
  writeFileSync(at('agent-os-observability.json'), JSON.stringify(all));
}

describe('init', () => {
  it('writes every file that compose mounts, and a password for Grafana', async () => {
    expect(await init()).toMatchObject({ code: 0, err: '' });
    const compose = parse(text('docker-compose.yml'), { merge: true }) as {
      services: Record<string, { volumes?: string[] }>;
    };
    const mounts = Object.values(compose.services).flatMap(({ volumes = [] }) => volumes);
    const ours = mounts.filter((mount) => mount.startsWith('./')).map((mount) => mount.split(':')[0]!);
    expect(ours.length).toBeGreaterThan(8);
    expect(ours.filter((path) => !existsSync(at(path)))).toEqual([]);
    expect(Object.keys(compose.services)).not.toContain('demo');
    expect(text('.env')).toMatch(/^GRAFANA_ADMIN_PASSWORD=\S{32}$/m);
    expect(statSync(at('.env')).mode & 0o077).toBe(0);
    expect(text('.gitignore')).toBe('.env\n');
    for (const file of ['docker-compose.yml', '.env.example']) expect(text(file)).not.toContain('npm run');
    expect(readdirSync(at('grafana/dashboards')).length).toBeGreaterThan(5);
  });

  it('leaves a file that is not ours, shows what ours would be, and ends with 1', async () => {
    writeFileSync(at('docker-compose.yml'), 'services: {}\n');
    const { code, out } = await init();
    expect(code).toBe(1);
    expect(text('docker-compose.yml')).toBe('services: {}\n');
    expect(text('docker-compose.yml.new')).toContain('otel-collector');
    expect(out).toContain('docker-compose.yml: KEPT: changed by you');
    expect(out).toContain('-services: {}');
  });

  it('keeps, the second time, what a person changed, and brings back what is gone, as its help says', async () => {
    expect((await cli(['init', '--help'])).out).toContain('A second call is an upgrade');
    await init('--grafana-url', 'https://grafana.test');
    edit(RULES, () => 'mine\n');
    edit('.env', (before) => `${before}MINE=1\n`);
    edit('.gitignore', (before) => `${before}mine\n`);
    rmSync(at('docker-compose.yml'));
    const kept = ['.env', '.gitignore', RULES].map(text);
    const ask = () => Promise.reject(new Error('asked'));
    expect((await cli(['init', folder()], { ask })).code).toBe(0);
    expect(['.env', '.gitignore', RULES].map(text)).toEqual(kept);
    expect(text('agent-os-observability.json')).toContain('https://grafana.test');
    expect(existsSync(at('docker-compose.yml'))).toBe(true);
    const all = manifest();
    all.files[RULES] = hashOf('of an earlier release');
    writeFileSync(at('agent-os-observability.json'), JSON.stringify(all));
    expect((await init()).code).toBe(1);
    expect(existsSync(at(`${RULES}.new`))).toBe(true);
    expect((await init()).code).toBe(0);
  });

  it('overwrites when told, says so, and keeps what was there', async () => {
    writeFileSync(at('docker-compose.yml'), 'services: {}\n');
    const { code, out } = await init('--overwrite');
    expect(code).toBe(0);
    expect(out).toContain('docker-compose.yml: OVERWRITTEN; what you had is docker-compose.yml.before');
    expect(text('docker-compose.yml.before')).toBe('services: {}\n');
  });

  it('says of a .gitignore that does not name .env', async () => {
    writeFileSync(at('.gitignore'), 'node_modules\n');
    expect((await init()).err).toContain('.gitignore does not name .env');
    expect(text('.gitignore')).toBe('node_modules\n');
  });

  it('asks at a terminal for what no flag says, and takes the answers', async () => {
    const asked: string[] = [];
    const ask = async (question: string, standard: string): Promise<string> => {
      asked.push(question);
      return question.includes('runbooks') ? 'https://wiki.example.org/r' : standard;
    };
    await cli(['init', folder(), '--grafana-url', 'https://grafana.example.org'], { ask });
    expect(asked).toHaveLength(5);
    expect(JSON.parse(text('agent-os-observability.json'))).toMatchObject({
      settings: { grafanaUrl: 'https://grafana.example.org', runbooksUrl: 'https://wiki.example.org/r' },
    });
  });

  it('reads settings and manifest that begin with a byte order mark', async () => {
    const config = at('settings.json');
    writeFileSync(config, '\uFEFF{"grafanaUrl":"https://grafana.test"}');
    expect((await init('--config', config)).code).toBe(0);
    edit('agent-os-observability.json', (before) => `\uFEFF${before}`);
    expect((await init()).code).toBe(0);
    expect(text('agent-os-observability.json')).toContain('https://grafana.test');
  });

  it('says what is missing where alerts go to people', async () => {
    const { err } = await init('--receivers', 'people');
    expect(text('.env')).toMatch(/^ALERTMANAGER_CONFIG=alertmanager.yml$/m);
    expect(err).toContain('slack-soc.url is missing');
  });

  it.each([
    [['--receivers', 'pigeons'], 'must be log or people'],
    [['--grafana-url', 'grafana'], 'grafanaUrl must be an http or https URL'],
    [['--threshold', 'x'], '--threshold must be ALERT.NAME=VALUE'],
    [['--threshold', 'Nonsense.for=5m'], 'thresholds.Nonsense is no alert'],
    [['--config', '/nonsense.json'], 'cannot be read as JSON'],
    [['--counting', 'fast'], 'counting must be anchored or portable'],
  ])('refuses %j and writes nothing', async (args, says) => {
    const { code, err } = await init(...args);
    expect([code, readdirSync(folder())]).toEqual([2, []]);
    expect(err).toContain(says);
  });
});

describe('upgrade', () => {
  beforeEach(() => init());
  const upgrade = (...args: string[]) => cli(['upgrade', folder(), ...args]);

  it('does nothing where nothing has changed', async () => {
    const { code, out } = await upgrade('--json');
    expect(code).toBe(0);
    const fates = (JSON.parse(out) as { files: { fate: string }[] }).files.map(({ fate }) => fate);
    expect(new Set(fates)).toEqual(new Set(['same']));
  });

  it('replaces what nobody changed', async () => {
    const now = text(RULES);
    asAnEarlierRelease(RULES, 'groups: []\n');
    expect((await upgrade('--dry-run')).out).toContain('-groups: []');
    expect(text(RULES)).toBe('groups: []\n');
    expect((await upgrade()).out).toContain(`${RULES}: replaced: you had not changed it`);
    expect(text(RULES)).toBe(now);
  });

  it('keeps what a person changed where the release has not', async () => {
    edit(RULES, (before) => `${before}# mine\n`);
    const { code, out } = await upgrade();
    expect(code).toBe(0);
    expect(out).toContain(`${RULES}: kept: changed by you`);
    expect(existsSync(at(`${RULES}.new`))).toBe(false);
    expect(text(RULES)).toContain('# mine');
  });

  it('keeps what both changed, puts ours beside it, shows the difference, and says it once', async () => {
    asAnEarlierRelease(RULES, 'groups: []\n');
    writeFileSync(at(RULES), 'groups: [] # mine\n');
    const first = await upgrade();
    expect(first.code).toBe(1);
    expect(first.out).toContain('-groups: [] # mine');
    expect(text(RULES)).toBe('groups: [] # mine\n');
    expect(text(`${RULES}.new`)).toContain('AgentOSHighViolationRate');
    expect((await upgrade()).code).toBe(0);
  });

  it('leaves away what a person deleted; init writes it again', async () => {
    rmSync(at(RULES));
    expect((await upgrade()).out).toContain(`${RULES}: stays away`);
    expect(existsSync(at(RULES))).toBe(false);
    await init();
    expect(existsSync(at(RULES))).toBe(true);
  });

  it('removes what the release has no more, unless a person changed it', async () => {
    mkdirSync(at('old'));
    for (const name of ['old/a', 'old/b']) {
      writeFileSync(at(name), 'old\n');
      asAnEarlierRelease(name, 'old\n');
    }
    edit('old/b', () => 'mine\n');
    await upgrade();
    expect(readdirSync(at('old'))).toEqual(['b']);
  });

  it('has the settings of before, and those that are given now', async () => {
    await upgrade('--grafana-url', 'https://grafana.example.org');
    await upgrade('--threshold', 'AgentOSHighViolationRate.for=9m');
    expect(JSON.parse(text('agent-os-observability.json'))).toMatchObject({
      settings: {
        grafanaUrl: 'https://grafana.example.org',
        thresholds: { AgentOSHighViolationRate: { for: '9m' } },
      },
    });
  });

  it.each(['[]', '{"version":1}', 'x', '{"version":"1","kind":"stack","settings":{},"files":{"a":1}}'])(
    'refuses a manifest that is not ours: %s',
    async (bad) => {
      writeFileSync(at('agent-os-observability.json'), bad);
      expect((await upgrade()).code).toBe(2);
    },
  );

  it('follows no path of a manifest out of the folder', async () => {
    asAnEarlierRelease('../outside', 'x');
    const { code, err } = await upgrade();
    expect([code, existsSync(at('../outside'))]).toEqual([2, true]);
    rmSync(at('../outside'));
    expect(err).toContain('is no path below');
  });
});

describe('export', () => {
  it.each(['dashboards', 'rules', 'runbooks'])('writes %s alone', async (kind) => {
    const { code } = await cli(['export', kind], { cwd: folder() });
    expect(code).toBe(0);
    const names = readdirSync(at(kind)).filter((name) => name !== 'agent-os-observability.json');
    expect(names.length).toBeGreaterThan(4);
    expect(new Set(names.map((name) => name.split('.').at(-1))).size).toBe(1);
  });

  it('mixes no kinds in one folder', async () => {
    await cli(['export', 'rules', folder()]);
    expect((await cli(['export', 'runbooks', folder()])).err).toContain('has the files of "rules"');
  });

  it('says what to run where a folder has files of another kind', async () => {
    const run = 'run npx agent-os-observability';
    await cli(['export', 'rules', folder()]);
    for (const command of ['upgrade', 'init']) {
      const { code, err } = await cli([command, folder()]);
      expect(code).toBe(2);
      expect(err).toContain(`${run} export rules ${folder()}, or take another folder`);
    }
    rmSync(at('agent-os-observability.json'));
    await init();
    expect((await cli(['export', 'rules', folder()])).err).toContain(`${run} upgrade ${folder()}, or`);
    edit('agent-os-observability.json', (before) => before.replace('"stack"', '"constructor"'));
    expect((await init()).err).toContain('has the files of "constructor": take another folder');
  });
});

describe('a folder', () => {
  it.each(['../x', '/x', 'a/../../x', 'a//b', './x', 'a\\b', 'c:x', ''])('is not left by %j', (name) => {
    expect(() => new Folder(folder()).write(name, 'x')).toThrow('is no path below');
  });

  it('is neither read nor written through a link', () => {
    mkdirSync(at('real'));
    symlinkSync(at('real'), at('linked'));
    symlinkSync('/etc/hostname', at('file'));
    for (const name of ['linked/x', 'file']) {
      expect(() => new Folder(folder()).write(name, 'x')).toThrow('is a link');
      expect(() => new Folder(folder()).read(name)).toThrow('is a link');
    }
  });

  it('says what is in the way', () => {
    mkdirSync(at('a'));
    writeFileSync(at('b'), '');
    expect(() => new Folder(folder()).write('a', 'x')).toThrow('must be a file');
    expect(() => new Folder(folder()).write('b/c', 'x')).toThrow('must be a folder');
  });
});

describe('a folder that cannot be used', () => {
  const file = () => join(folder(), 'afile');
  const calls = (at: string) => [
    ['init', at, '--yes'],
    ['upgrade', at],
    ['export', 'rules', at],
  ];
  beforeEach(() => writeFileSync(file(), 'mine\n'));

  it('is said in one line, whatever the command', async () => {
    for (const at of [
      file(),
      join(file(), 'below'),
      '/proc/agent-os',
      '/dev/null',
      `${folder()}/${'x'.repeat(300)}`,
    ])
      for (const args of calls(at)) {
        const { code, out, err } = await cli(args, { cwd: folder() });
        expect({ args, code, out }).toEqual({ args, code: 2, out: '' });
        expect(err).toMatch(new RegExp(`^agent-os-observability ${args[0]}: .*${at.slice(0, 200)}.*$`));
      }
    expect(readFileSync(file(), 'utf8')).toBe('mine\n');
  });

  it('is said as JSON where JSON is asked for', async () => {
    for (const args of calls(file())) {
      const { code, out, err } = await cli([...args, '--json'], { cwd: folder() });
      expect({ code, err }).toEqual({ code: 2, err: '' });
      expect(JSON.parse(out)).toEqual({ error: expect.stringContaining(file()) as string });
    }
  });
});
