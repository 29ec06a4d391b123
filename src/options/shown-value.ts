import type { OptionPath } from './option-table.js';

const LONGEST = 60;

/** A value of an option for a message: short, and never a secret. */
export function shownValue(value: unknown, path: OptionPath): string {
  if (path === 'otlp.headers') return `${typeof value} (not shown)`;
  if (typeof value === 'string') return shownText(value);
  if (Array.isArray(value)) return 'an array';
  if (value !== null && typeof value === 'object') return 'an object';
  return typeof value === 'function' ? 'a function' : String(value);
}

/** Credentials stand before the `@` of a URL, in its query and in its fragment: scheme and host alone are shown then. */
function shownText(text: string): string {
  let open = text;
  if (/[@?#]/.test(text)) {
    const url = URL.canParse(text) ? new URL(text) : undefined;
    if (url?.host) open = `${url.protocol}//${url.host}/…`;
    else if (text.includes('@')) return 'a string with "@" (not shown)';
    else open = text.replace(/([?#]).*$/s, '$1…');
  }
  return JSON.stringify(open.length > LONGEST ? `${open.slice(0, LONGEST)}…` : open);
}
