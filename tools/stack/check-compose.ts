// tsx tools/stack/check-compose.ts
// Has `docker compose config` resolve docker-compose.yml, with every profile, and checks the outcome: compose-rules.ts.
// Checks too that Grafana has the data sources that dashboards name. Needs the command alone, no Docker engine.
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parse } from 'yaml';
import { CheckError, nativePath, report, run } from './binaries.js';
import { composeServices } from './compose-file.js';
import { composeProblems, defaultSecrets } from './compose-rules.js';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const FILE = join(ROOT, 'docker-compose.yml');
const DATASOURCES = join(ROOT, 'grafana/provisioning/datasources/agent-os.yaml');
const UIDS = ['prometheus', 'jaeger', 'victoria-logs', 'alertmanager'];
const REQUIRED = 'GRAFANA_ADMIN_PASSWORD';

report(() => {
  const compose = composeCommand();
  const resolved = composeServices(JSON.parse(config(compose, 'of-the-check')), ROOT);
  const written = composeServices(parse(readFileSync(FILE, 'utf8'), { merge: true }), ROOT);
  const exists = (path: string) => existsSync(join(ROOT, path));
  const problems = [
    ...composeProblems(resolved, exists),
    ...defaultSecrets(written),
    ...refusal(compose),
    ...missingDatasources(),
  ];
  if (problems.length > 0) throw new CheckError(problems.join('\n'));
  return [
    `docker-compose.yml: ${resolved.length} services, resolved by ${compose.join(' ')}, hold all rules`,
  ];
});

function config([command, ...args]: readonly string[], password: string | undefined): string {
  // Neither the .env of this checkout nor settings of this shell decide what is checked.
  const env = Object.fromEntries(
    Object.entries(process.env).filter(([name]) => /^(PATH|HOME|DOCKER_CONFIG)$/.test(name)),
  );
  const all = ['--file', FILE, '--env-file', '/dev/null', '--profile', '*', 'config', '--format', 'json'];
  return run(command!, [...args, ...all], {
    ...env,
    ...(password !== undefined && { [REQUIRED]: password }),
  });
}

function missingDatasources(): string[] {
  const { datasources } = parse(readFileSync(DATASOURCES, 'utf8')) as { datasources: { uid: string }[] };
  const provisioned = datasources.map(({ uid }) => uid);
  return UIDS.filter((uid) => !provisioned.includes(uid)).map((uid) => `Grafana has no data source ${uid}`);
}

/** Without a password it must not start, and say what to do. */
function refusal(compose: readonly string[]): string[] {
  try {
    config(compose, undefined);
    return [`starts without ${REQUIRED}`];
  } catch (error) {
    return (error as Error).message.includes('npm run stack:init')
      ? []
      : [`without ${REQUIRED} it says: ${(error as Error).message}`];
  }
}

function composeCommand(): readonly string[] {
  const native = nativePath('docker-compose');
  const commands = [['docker', 'compose'], ['docker-compose'], ...(native === undefined ? [] : [[native]])];
  const found = commands.find(([command, ...args]) => {
    const { status, stdout } = spawnSync(command!, [...args, 'version', '--short'], { encoding: 'utf8' });
    return status === 0 && !/^v?1\./.test(stdout);
  });
  if (found !== undefined) return found;
  throw new CheckError(
    'Docker Compose 2 or newer is needed; without Docker: npm run stack:build -- --only compose',
  );
}
