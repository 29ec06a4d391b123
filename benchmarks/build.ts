import { rmSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

const source = (path: string): string => fileURLToPath(new URL(path, import.meta.url));

/**
 * Compiles the benchmarks themselves, so that plain Node runs them: a loader in the measured process would also load
 * the package its own way. Packages stay imports, this one included; Node resolves it by its `exports` to dist/.
 *
 * @returns the programs of a subject, and of a profile
 */
export async function compileBenchmarks(): Promise<{ subject: string; profile: string }> {
  const outdir = source('../.cache/benchmarks');
  rmSync(outdir, { recursive: true, force: true });
  await build({
    entryPoints: [
      source('./subject-main.ts'),
      source('./profile/child.ts'),
      ...['node-alone', 'agent-os', 'node-sdk', 'page-client', 'otlp-sink'].map((name) =>
        source(`./programs/${name}.ts`),
      ),
    ],
    outdir,
    bundle: true,
    splitting: true,
    format: 'esm',
    platform: 'node',
    target: 'node20',
    packages: 'external',
    tsconfigRaw: {}, // not the paths of tsconfig.json, which stand for the sources
    logLevel: 'warning',
  });
  return { subject: `${outdir}/subject-main.js`, profile: `${outdir}/profile/child.js` };
}
