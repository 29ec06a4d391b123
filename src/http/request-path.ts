/**
 * The path of a request target, without query or fragment. Also understands the absolute form (RFC 9112
 * §3.2.2). Works on the text alone: `URL` would have to be given a host, and rejects some that clients do
 * send.
 */
export function requestPath(target: string | undefined): string {
  const withoutOrigin = (target ?? '/').replace(/^[a-z][a-z0-9+.-]*:\/\/[^/?#]*/i, '');
  return withoutOrigin.split(/[?#]/, 1)[0] || '/';
}
