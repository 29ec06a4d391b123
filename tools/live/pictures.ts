// npm run live:pictures [-- --seconds N]
// Draws the live page into docs/pictures, dark, light and as wide as a phone, while the demo runs.
import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { parseArgs } from 'node:util';
import { launchChromium } from './browser.js';

const FOLDER = 'docs/pictures';
const PICTURES = [
  { name: 'live-dark', colorScheme: 'dark', width: 1440, height: 1000, whole: false },
  { name: 'live-light', colorScheme: 'light', width: 1440, height: 1000, whole: true },
  { name: 'live-phone', colorScheme: 'dark', width: 390, height: 844, whole: true },
] as const;

const { values } = parseArgs({
  options: { seconds: { type: 'string', default: '60' }, folder: { type: 'string', default: FOLDER } },
});
const demo = spawn(
  process.execPath,
  ['--import', 'tsx', 'examples/demo/main.ts', '--port', '0', '--rate', '25'],
  {
    stdio: ['ignore', 'pipe', 'inherit'],
  },
);
const browser = await launchChromium();
try {
  const url = await liveUrl();
  const pages = await Promise.all(
    PICTURES.map(async ({ colorScheme, width, height }) => {
      const page = await browser.newPage({
        colorScheme,
        viewport: { width, height },
        reducedMotion: 'reduce',
      });
      await page.goto(url);
      return page;
    }),
  );
  await new Promise((resolve) => setTimeout(resolve, Number(values.seconds) * 1000));
  for (const [index, { name, whole }] of PICTURES.entries()) {
    await pages[index]?.screenshot({ path: `${values.folder}/${name}.png`, fullPage: whole });
    console.log(`wrote ${values.folder}/${name}.png`);
  }
} finally {
  await browser.close();
  demo.kill('SIGKILL');
}

async function liveUrl(): Promise<string> {
  for await (const line of createInterface({ input: demo.stdout })) {
    const [, url] = /^live page (\S+)/.exec(line) ?? [];
    if (url !== undefined) {
      demo.stdout.resume();
      return url;
    }
  }
  throw new Error('the demo did not say where its live page is');
}
