/**
 * Whether an answer of that HTTP version, sent in pieces, shows when it was broken off. In HTTP/1.1 the last chunk
 * is then missing. In HTTP/1.0 the end of the connection is the end of the body, whatever the reason; and what a
 * destroyed stream of HTTP/2 tells the client is up to the server, so that one gets whole pages too.
 *
 * Source: RFC 9112 §8.
 */
export function canBreakOff(httpVersion: string | undefined): boolean {
  return httpVersion === '1.1';
}
