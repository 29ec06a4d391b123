// npm run report:ciso -- --prometheus URL --from 2026-11-01 --to 2026-12-01 --out FOLDER
//   [--service REGEX] [--environment REGEX] [--browser PROGRAM]
// Writes report.html of a period from Prometheus alone, and report.pdf where a browser of the Chromium family is there to
// print it. Dates are UTC, and begin at midnight.
import { mkdirSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { Prometheus } from '../pictures/prometheus.js';
import { browserIn, print } from './browser.js';
import { collect } from './collect.js';
import { periodOf } from './period.js';
import { rendered } from './render.js';

const USAGE = 'npm run report:ciso -- --prometheus URL --from DATE --to DATE --out FOLDER';

function asked(now: Date) {
  try {
    const text = { type: 'string' } as const;
    const { values } = parseArgs({
      options: {
        prometheus: text,
        from: text,
        to: text,
        out: text,
        service: { ...text, default: '.*' },
        environment: { ...text, default: '.*' },
        browser: text,
      },
    });
    const { prometheus = '', out, from, to, service, environment, browser } = values;
    const period = periodOf(from, to, now);
    if (!/^https?:\/\//.test(prometheus)) throw new Error(`--prometheus must be an http or https URL`);
    if (out === undefined) throw new Error('--out is missing');
    const url = prometheus.replace(/\/+$/, '');
    return { url, out: resolve(out), period, scope: { service, environment }, browser };
  } catch (error) {
    console.error(`${USAGE}: ${(error as Error).message}`);
    process.exit(2);
  }
}

const now = new Date();
const { url, out, period, scope, browser = browserIn(process.env.PATH ?? '') } = asked(now);
const page = join(out, 'report.html');
mkdirSync(out, { recursive: true });
writeFileSync(page, rendered(await collect(new Prometheus(url), period, scope), now));
console.log(`wrote ${page}`);
if (browser === undefined)
  console.log('No PDF: no Chromium, Chrome or Edge is on the PATH. Print report.html from any browser.');
else {
  const file = join(out, 'report.pdf');
  await print(browser, page, file);
  console.log(`wrote ${file}`);
}
