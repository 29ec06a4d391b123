import { spawn } from 'node:child_process';
import { accessSync, constants, mkdtempSync, rmSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { tmpdir } from 'node:os';
import { pathToFileURL } from 'node:url';

/** All print by the same switches. */
const NAMES = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable', 'microsoft-edge'];
const TIMEOUT = 60_000;

/** A browser that prints, from the path of the shell. */
export const browserIn = (path: string): string | undefined =>
  path
    .split(delimiter)
    .flatMap((folder) => NAMES.map((name) => join(folder, name)))
    .find(isExecutable);

/** Prints a page into a file, without a display and without the network. @throws Error with what the browser said */
export async function print(browser: string, page: string, file: string): Promise<void> {
  const profile = mkdtempSync(join(tmpdir(), 'report-'));
  // Chromium refuses to sandbox what root runs; the page is ours, and has no script.
  const asRoot = process.getuid?.() === 0 ? ['--no-sandbox'] : [];
  const args = [
    '--headless',
    '--disable-gpu',
    ...asRoot,
    '--no-first-run',
    '--disable-background-networking',
    '--host-resolver-rules=MAP * ~NOTFOUND',
    `--user-data-dir=${profile}`,
    '--no-pdf-header-footer',
    `--print-to-pdf=${file}`,
    pathToFileURL(page).href,
  ];
  try {
    const { code, said } = await run(browser, args);
    if (code !== 0 || !isThere(file)) throw new Error(`${browser} printed nothing (${code}): ${said.trim()}`);
  } finally {
    rmSync(profile, { recursive: true, force: true });
  }
}

function run(program: string, args: readonly string[]): Promise<{ code: number | string; said: string }> {
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, { stdio: ['ignore', 'ignore', 'pipe'], timeout: TIMEOUT });
    let said = '';
    child.stderr.setEncoding('utf8').on('data', (text: string) => (said = (said + text).slice(-2000)));
    child.on('error', reject);
    child.on('close', (code, signal) => resolve({ code: code ?? signal ?? 'gone', said }));
  });
}

function isExecutable(path: string): boolean {
  return can(path, constants.X_OK);
}

const isThere = (path: string): boolean => can(path, constants.R_OK);

function can(path: string, mode: number): boolean {
  try {
    accessSync(path, mode);
    return true;
  } catch {
    return false;
  }
}
