// Packs the package, installs the tarball into empty folders, and runs it there as a consumer would: plain ESM, plain
// CommonJS, an esbuild bundle of each format, and a TypeScript project. Needs `npm run build` before.
import { execFileSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { build } from 'esbuild';

const root = resolve(import.meta.dirname, '../..');
const scratch = mkdtempSync(join(tmpdir(), 'agent-os-observability-'));
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
const SUBPATHS = [
  'instruments',
  'semconv',
  'http/node',
  'http/express',
  'http/fastify',
  'http/hono',
  'testing',
  'agent-governance',
];

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
check('import and require give one copy, as do all subpaths', () => {
  writeFileSync(
    join(scratch, 'one.mjs'),
    `import { createRequire } from 'node:module';
    import { AgentMetrics, KernelMetrics } from 'agent-os-observability';
    import * as instruments from 'agent-os-observability/instruments';
    const required = createRequire(import.meta.url)('agent-os-observability');
    const same = required.KernelMetrics === KernelMetrics && instruments.AgentMetrics === AgentMetrics;
    console.log(same ? 'works' : 'two copies');`,
  );
  expectWorks(run('node', ['one.mjs']));
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
check('an esbuild bundle, CommonJS', async () => {
  await bundle('esm.mjs', 'bundle.cjs', { format: 'cjs', supported: { 'top-level-await': false } });
});
check('an esbuild bundle, ESM', async () => {
  const banner =
    "import { createRequire as requireOf } from 'node:module'; const require = requireOf(import.meta.url);";
  await bundle('esm.mjs', 'bundle.mjs', { format: 'esm', banner: { js: banner } });
});
check('types resolve under NodeNext', () => {
  writeFileSync(
    join(scratch, 'types.mts'),
    ESM +
      SUBPATHS.map((path, i) => `import * as p${i} from 'agent-os-observability/${path}'; void p${i};`).join(
        '\n',
      ),
  );
  const tsc = join(root, 'node_modules/typescript/bin/tsc');
  run('node', [
    tsc,
    '--noEmit',
    '--ignoreConfig',
    '--strict',
    '--module',
    'nodenext',
    '--target',
    'es2022',
    '--skipLibCheck',
    '--types',
    'node',
    '--typeRoots',
    join(root, 'node_modules/@types'),
    'types.mts',
  ]);
});

/** Bundles everything into one file and runs it where no package is installed. */
async function bundle(entry, out, options) {
  const alone = join(scratch, 'alone');
  mkdirSync(alone, { recursive: true });
  const source = options.format === 'cjs' ? 'cjs.cjs' : entry;
  await build({
    entryPoints: [join(scratch, source)],
    outfile: join(alone, out),
    bundle: true,
    platform: 'node',
    target: 'node20',
    logLevel: 'error',
    ...options,
  });
  expectWorks(run('node', [out], alone));
}

function install() {
  const [{ filename }] = JSON.parse(
    run('npm', ['pack', '--json', '--pack-destination', scratch, '--ignore-scripts'], root),
  );
  run('tar', ['-xzf', filename]);
  const modules = join(scratch, 'node_modules');
  mkdirSync(modules);
  cpSync(join(scratch, 'package'), join(modules, 'agent-os-observability'), { recursive: true });
  // Exactly the dependencies the lock file pins, from the checkout's own installation.
  const { dependencies } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
  for (const name of [
    ...Object.keys(dependencies),
    '@opentelemetry/api',
    '@microsoft/agent-governance-sdk',
    'express',
    'fastify',
    'hono',
    '@types',
  ]) {
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
  rmSync(scratch, { recursive: true, force: true });
}
process.exitCode = failed ? 1 : 0;
