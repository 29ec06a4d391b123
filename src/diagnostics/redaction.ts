const MAX_LENGTH = 200;

/** What looks like a credential, and what to keep of it. */
const CREDENTIALS: readonly (readonly [RegExp, string])[] = [
  [/(:\/\/)[^\s/@]+@/g, '$1***@'],
  [/\b(bearer|basic)\s+[\w.~+/=-]+/gi, '$1 ***'],
  [
    /((?:api[-_]?key|password|passwd|secret|token|authorization)\w*["']?\s*[=:]\s*)("[^"]*"|[^\s,;&]+)/gi,
    '$1***',
  ],
];

/**
 * An error's message as a stranger may read it: its first line, without control characters, credentials or
 * stack, 200 characters at most. Never throws, whatever was thrown.
 */
export function publicMessage(error: unknown): string {
  let message = firstLine(error).slice(0, 5 * MAX_LENGTH);
  for (const [pattern, replacement] of CREDENTIALS) message = message.replace(pattern, replacement);
  return message.slice(0, MAX_LENGTH) || 'unknown error';
}

function firstLine(error: unknown): string {
  try {
    const message = typeof error === 'string' ? error : (error as { message?: unknown } | null)?.message;
    if (typeof message !== 'string') return '';
    const [line = ''] = message.trim().split(/[\r\n]/, 1);
    return line.replace(/\p{Cc}/gu, ' ').trim();
  } catch {
    return '';
  }
}
