// npm run generate [-- --check]
// Writes everything that follows from the code: documents, rules and their tests, dashboards, Kubernetes manifests, and,
// where the package is built, the reports of its API. --check compares, names what differs, and fails.
import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const ROOT = fileURLToPath(new URL('..', import.meta.url));

await import('./docs/generate.js');
await import('./prometheus/generate.js');
await import('./grafana/export.js');
await import('./kubernetes/generate.js'); // after the rules, which it reads

if (existsSync(`${ROOT}/dist/cjs/index.d.ts`)) {
  try {
    execFileSync(process.execPath, ['tools/package/api-report.mjs', ...process.argv.slice(2)], {
      cwd: ROOT,
      stdio: 'pipe',
      encoding: 'utf8',
    });
  } catch (error) {
    console.error((error as { stdout?: string }).stdout ?? error);
    process.exitCode = 1;
  }
} else
  console.error('docs/api is left as it is, since dist is not built: npm run build, then npm run generate.');
