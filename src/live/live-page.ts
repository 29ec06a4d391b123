import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The page, and the policy that it is sent with. */
export interface LivePage {
  readonly html: string;
  readonly policy: string;
}

/** How the file begins, so that no other page is taken for it. */
const MARK = '<!doctype html><!-- agent-os-observability -->';
/** Where it is: from a chunk of dist, from an entry of dist, from the sources. */
const PLACES = ['../../live/page.html', '../live/page.html', '../../dist/live/page.html'];

let page: Promise<LivePage | undefined> | undefined;

/** Reads the page the first time somebody asks for it; undefined where it is not there. Never rejects. */
export function livePage(): Promise<LivePage | undefined> {
  return (page ??= load());
}

async function load(): Promise<LivePage | undefined> {
  for (const place of PLACES) {
    const html = await readFile(join(ownFolder(), place), 'utf8').catch(() => '');
    if (html.startsWith(MARK)) return { html, policy: policyOf(html) };
  }
  page = undefined; // it may be built meanwhile
  return undefined;
}

/** A bundle may know no place of its own. */
function ownFolder(): string {
  const file: unknown = typeof __filename === 'string' ? __filename : import.meta.url;
  if (typeof file !== 'string') return '.';
  return dirname(file.startsWith('file:') ? fileURLToPath(file) : file);
}

/** Nothing but what stands in the page itself, and its own stream. https://www.w3.org/TR/CSP3/ */
export function policyOf(html: string): string {
  const hashesOf = (tag: string): string => {
    const texts = html.matchAll(new RegExp(`<${tag}(?: [^>]*)?>([\\s\\S]*?)</${tag}>`, 'g'));
    return [...texts]
      .map(([, text = '']) => `'sha256-${createHash('sha256').update(text).digest('base64')}'`)
      .join(' ');
  };
  return [
    "default-src 'none'",
    `script-src ${hashesOf('script')}`,
    `style-src ${hashesOf('style')}`,
    "connect-src 'self'",
    'img-src data:',
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
    "require-trusted-types-for 'script'",
  ].join('; ');
}
