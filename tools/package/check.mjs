// Packs the package, installs the tarball into an empty folder, and runs it there as a consumer would: plain ESM, plain
// CommonJS, an esbuild bundle of each format, and a TypeScript project. Needs `npm run build` before.
import { execFileSync, spawnSync } from 'node:child_process';
import {
  cpSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { build } from 'esbuild';
import { entryPoints } from './entry-points.mjs';

const root = resolve(import.meta.dirname, '../..');
const scratch = mkdtempSync(join(tmpdir(), 'agent-os-observability-'));
/** No package is found from here. */
const alone = mkdtempSync(join(tmpdir(), 'agent-os-observability-alone-'));
const run = (command, args, cwd = scratch, env = {}) =>
  execFileSync(command, args, { cwd, encoding: 'utf8', env: { ...process.env, ...env }, stdio: 'pipe' });

const BODY = `
const obs = initObservability({ serviceName: 'consumer', prometheus: { port: 0 }, otlp: false });
const { metricsUrl } = await obs.ready;
obs.kernel.recordKernelCrash();
obs.tracer.execute({ agentId: 'a', action: 'x' }, () => {});
const text = metricsUrl ? await (await fetch(metricsUrl)).text() : await obs.export();
await obs.shutdown();
console.log(/^agent_os_kernel_crashes_total 1$/m.test(text) ? 'works' : text.slice(0, 200));
`;
const ESM = `import { initObservability } from 'agent-os-observability';\n${BODY}`;
const CJS = `const { initObservability } = require('agent-os-observability');\n(async () => {${BODY}})();\n`;
const SUBPATHS = entryPoints().flatMap(({ subpath }) => (subpath === '.' ? [] : [subpath.slice(2)]));

const checks = [];
const check = (name, act) => checks.push({ name, act });
const expectWorks = (output) => {
  if (output.trim() !== 'works') throw new Error(`printed ${JSON.stringify(output.slice(0, 400))}`);
};

check('plain ESM', () => {
  writeFileSync(join(scratch, 'esm.mjs'), ESM);
  expectWorks(run('node', ['esm.mjs']));
});
check('plain CommonJS', () => {
  writeFileSync(join(scratch, 'cjs.cjs'), CJS);
  expectWorks(run('node', ['cjs.cjs']));
});
check('the live page, which is a file of its own', () => {
  const live = `
const obs = initObservability({ serviceName: 'consumer', prometheus: { port: 0 }, otlp: false, live: true });
const { liveUrl } = await obs.ready;
const page = await (await fetch(liveUrl)).text();
await obs.shutdown();
console.log(page.startsWith('<!doctype html>') && page.includes('preact') ? 'works' : page.slice(0, 200));
`;
  writeFileSync(join(scratch, 'live.mjs'), ESM.replace(BODY, live));
  writeFileSync(join(scratch, 'live.cjs'), CJS.replace(BODY, live));
  expectWorks(run('node', ['live.mjs']));
  expectWorks(run('node', ['live.cjs']));
});
check('an option that cannot be used is said on the first screen', () => {
  writeFileSync(
    join(scratch, 'bad.cjs'),
    "require('agent-os-observability').initObservability({ port: 3 });",
  );
  const { stderr } = spawnSync(process.execPath, ['bad.cjs'], { cwd: scratch, encoding: 'utf8' });
  const before = stderr.slice(
    0,
    stderr.indexOf('ObservabilityError: initObservability cannot use 2 options'),
  );
  if (before === '' || before.length > 800)
    throw new Error(`printed ${JSON.stringify(stderr.slice(0, 2000))}`);
});
check('import and require give one copy and one handle, as do all subpaths', () => {
  writeFileSync(
    join(scratch, 'one.mjs'),
    `import { createRequire } from 'node:module';
    import * as imported from 'agent-os-observability';
    import * as instruments from 'agent-os-observability/instruments';
    const required = createRequire(import.meta.url)('agent-os-observability');
    const options = { serviceName: 'x', prometheus: false, otlp: false };
    const obs = imported.initObservability(options);
    const { meterProvider } = obs;
    new required.KernelMetrics({ meterProvider }).recordKernelCrash();
    new instruments.KernelMetrics({ meterProvider }).recordKernelCrash();
    obs.kernel.recordKernelCrash();
    const page = await obs.export();
    const same =
      Object.keys(required).every((name) => imported[name] === required[name]) &&
      instruments.AgentMetrics === required.AgentMetrics &&
      required.initObservability(options) === obs &&
      /^agent_os_kernel_crashes_total 3$/m.test(page);
    await obs.shutdown();
    console.log(same ? 'works' : 'two copies');`,
  );
  expectWorks(run('node', ['one.mjs']));
});
check('import gives each name that require gives', () => {
  const names = ['agent-os-observability', ...SUBPATHS.map((path) => `agent-os-observability/${path}`)];
  writeFileSync(
    join(scratch, 'names.mjs'),
    `import { createRequire } from 'node:module';
    const require = createRequire(import.meta.url);
    const missing = [];
    for (const path of ${JSON.stringify(names)}) {
      const imported = await import(path);
      for (const name of Object.keys(require(path))) if (!(name in imported)) missing.push(path + ' ' + name);
    }
    console.log(missing.join() || 'works');`,
  );
  expectWorks(run('node', ['names.mjs']));
});
check('disabled loads the API alone, in ESM and CommonJS', () => {
  const tail = `
    await obs.shutdown();
    const { createRequire } = await import('node:module');
    const cache = Object.keys(createRequire(process.cwd() + '/x.js').cache);
    const loaded = cache.map((path) => /@opentelemetry.([^\\\\/]+)/.exec(path)?.[1]).filter(Boolean);
    console.log([...new Set(loaded)].join());`;
  const start = `const obs = initObservability({ serviceName: 'x' });`;
  writeFileSync(
    join(scratch, 'off.mjs'),
    `import { initObservability } from 'agent-os-observability';\n${start}${tail}`,
  );
  writeFileSync(
    join(scratch, 'off.cjs'),
    `const { initObservability } = require('agent-os-observability');\n(async () => {${start}${tail}})();`,
  );
  for (const file of ['off.mjs', 'off.cjs']) {
    const loaded = run('node', [file], scratch, { OTEL_SDK_DISABLED: 'true' }).trim();
    if (loaded !== 'api') throw new Error(`${file} loaded ${loaded}`);
  }
});
check('every subpath, in ESM and CommonJS', () => {
  const names = SUBPATHS.map((path) => `agent-os-observability/${path}`);
  writeFileSync(
    join(scratch, 'paths.mjs'),
    names.map((name) => `await import('${name}');`).join('\n') + "\nconsole.log('works');",
  );
  writeFileSync(
    join(scratch, 'paths.cjs'),
    names.map((name) => `require('${name}');`).join('\n') + "\nconsole.log('works');",
  );
  expectWorks(run('node', ['paths.mjs']));
  expectWorks(run('node', ['paths.cjs']));
});
check('an esbuild bundle, ESM', () => bundle('esm.mjs', 'bundle.mjs', { format: 'esm' }));
check('an esbuild bundle, ESM, without the packages', () =>
  bundle('esm.mjs', 'external.mjs', { format: 'esm', packages: 'external' }),
);
check('an esbuild bundle, ESM, of a linked package', async () => {
  // esbuild keeps to itself what it would warn of in node_modules.
  const modules = join(scratch, 'linked/node_modules');
  mkdirSync(modules, { recursive: true });
  symlinkSync(join(scratch, 'package'), join(modules, 'agent-os-observability'), 'dir');
  writeFileSync(join(scratch, 'linked/esm.mjs'), ESM);
  await bundle('linked/esm.mjs', 'linked/bundle.mjs', { format: 'esm' });
});
check('an esbuild bundle, CommonJS', () => bundle('cjs.cjs', 'bundle.cjs', { format: 'cjs' }));
check('an esbuild bundle that imports and requires has one copy', async () => {
  writeFileSync(
    join(scratch, 'both.js'),
    `import { KernelMetrics } from 'agent-os-observability';
    const required = require('agent-os-observability');
    console.log(required.KernelMetrics === KernelMetrics ? 'works' : 'two copies');`,
  );
  await bundle('both.js', 'both.cjs', { format: 'cjs' });
});
check('an esbuild bundle, CommonJS, where no package is installed', () =>
  bundle('cjs.cjs', 'alone.cjs', { format: 'cjs', conditions: [] }, alone),
);
check('nothing of node_modules is in dist', () => {
  const dist = join(scratch, 'package/dist');
  for (const map of readdirSync(dist, { recursive: true }).filter((path) => path.endsWith('.map'))) {
    const { sources, sourcesContent } = JSON.parse(readFileSync(join(dist, map), 'utf8'));
    const others = sources.filter(
      (path) => !/^(\.\.\/)+src\//.test(path) && !/^(official-packages|\0)/.test(path),
    );
    if (others.length > 0) throw new Error(`${map} has ${others.join()}`);
    if (sourcesContent !== undefined)
      throw new Error(`${map} has the sources, which the code beside it shows`);
  }
});
check('the bin runs from the folder of a user, and writes the files of the stack', () => {
  const bin = join(scratch, 'node_modules/agent-os-observability/dist/cli/main.js');
  if (!readFileSync(bin, 'utf8').startsWith('#!/usr/bin/env node')) throw new Error('it names no program');
  const folder = mkdtempSync(join(tmpdir(), 'agent-os-observability-init-'));
  try {
    const said = run('node', [bin, 'init', '--yes'], folder);
    const again = JSON.parse(run('node', [bin, 'upgrade', '--json'], folder));
    const changed = again.files.filter(({ fate }) => fate !== 'same');
    if (again.files.length < 50 || changed.length > 0) throw new Error(said + JSON.stringify(changed));
  } finally {
    rmSync(folder, { recursive: true });
  }
});
check('the licence of what is put into dist is in it', () => {
  const notice = readFileSync(join(scratch, 'package/dist/THIRD-PARTY-NOTICES'), 'utf8');
  if (!/semantic-conventions[^]+Apache License/.test(notice)) throw new Error(notice.slice(0, 200));
  const ofCli = readFileSync(join(scratch, 'package/dist/cli/THIRD-PARTY-NOTICES'), 'utf8');
  for (const name of ['diff', 'yaml', '@grafana/grafana-foundation-sdk'])
    if (!ofCli.includes(`Code of ${name} `)) throw new Error(`${name} is not named`);
});
for (const [name, folder, settings] of [
  ['ESM, node16', 'mts', ['--module', 'node16']],
  ['CommonJS, node16', 'cts', ['--module', 'node16']],
  ['ESM, bundler', 'mts', ['--module', 'preserve', '--moduleResolution', 'bundler']],
])
  check(`types of one entry point fit the others: ${name}`, () => {
    const file = `entry-points.${folder}`;
    cpSync(join(root, 'test/types/fixtures/package/entry-points.ts'), join(scratch, file));
    compile(file, settings);
  });
check('types resolve under NodeNext', () => {
  writeFileSync(
    join(scratch, 'types.mts'),
    ESM +
      SUBPATHS.map((path, i) => `import * as p${i} from 'agent-os-observability/${path}'; void p${i};`).join(
        '\n',
      ),
  );
  compile('types.mts', ['--module', 'nodenext']);
});

function compile(file, settings) {
  const tsc = join(root, 'node_modules/typescript/bin/tsc');
  const common = ['--noEmit', '--ignoreConfig', '--strict', '--skipLibCheck', '--target', 'es2022'];
  const types = ['--types', 'node', '--typeRoots', join(root, 'node_modules/@types')];
  run('node', [tsc, ...common, ...types, ...settings, file]);
}

/** Bundles a host into one file, without a warning, and runs it in a folder. */
async function bundle(source, out, options, folder = scratch) {
  const { warnings } = await build({
    entryPoints: [join(scratch, source)],
    outfile: join(folder, out),
    bundle: true,
    platform: 'node',
    target: 'node20',
    logLevel: 'error',
    ...options,
  });
  if (warnings.length > 0) throw new Error(`esbuild warns: ${warnings.map(({ text }) => text).join()}`);
  expectWorks(run('node', [out], folder));
}

function install() {
  const [{ filename }] = JSON.parse(
    run('npm', ['pack', '--json', '--pack-destination', scratch, '--ignore-scripts'], root),
  );
  run('tar', ['-xzf', filename]);
  const modules = join(scratch, 'node_modules');
  mkdirSync(modules);
  cpSync(join(scratch, 'package'), join(modules, 'agent-os-observability'), { recursive: true });
  // The peers that the lock file pins, from the checkout's own installation.
  const { peerDependencies } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
  // Without the official packages: what is not asked for must not be needed.
  const linked = Object.keys(peerDependencies).filter(
    (name) => !name.startsWith('@opentelemetry/') || name === '@opentelemetry/api',
  );
  for (const name of [...linked, '@types']) {
    mkdirSync(resolve(modules, name, '..'), { recursive: true });
    symlinkSync(join(root, 'node_modules', name), join(modules, name), 'dir');
  }
  writeFileSync(join(scratch, 'package.json'), '{ "private": true }');
}

let failed = 0;
try {
  install();
  for (const { name, act } of checks) {
    try {
      await act();
      console.log(`ok      ${name}`);
    } catch (error) {
      failed++;
      console.log(`FAILED  ${name}: ${error.stderr || error.stdout || error.message}`);
    }
  }
} finally {
  for (const folder of [scratch, alone]) rmSync(folder, { recursive: true, force: true });
}
process.exitCode = failed ? 1 : 0;
