import type { Server } from 'node:http';
import type { Socket } from 'node:net';
import type { TLSSocket } from 'node:tls';
import type { RefusalReason } from '../semconv/values.js';

/** What a client is told whose request cannot be read (RFC 9110 §15.5); for all other codes 400. */
const STATUS: Readonly<Record<string, string>> = {
  ERR_HTTP_REQUEST_TIMEOUT: '408 Request Timeout',
  HPE_HEADER_OVERFLOW: '431 Request Header Fields Too Large',
  HPE_CHUNK_EXTENSIONS_OVERFLOW: '413 Payload Too Large',
};

/** The client has left, which is its right. */
const GONE = new Set(['ECONNRESET', 'EPIPE']);

/**
 * Answers what never becomes a request, and tells why it was refused: unreadable, too slow, or without a TLS handshake.
 *
 * @param isAnswering - whether an answer is under way, into which no other may be written
 */
export function refuseUnreadable(
  server: Server,
  isAnswering: (socket: Socket) => boolean,
  refused: (reason: RefusalReason, socket: Socket) => void,
): void {
  const handshakes = new WeakSet<Error>();
  // First, for https passes such an error on as a 'clientError'.
  server.prependListener('tlsClientError' as 'clientError', (error: Error) => void handshakes.add(error));
  server.on('clientError', (error: NodeJS.ErrnoException, stream) => {
    const socket = stream as Socket;
    const { code = '' } = error;
    const ofTls = handshakes.has(error);
    // A certificate that no authority of ours has signed ends the handshake as if the client had left.
    const untrusted = ofTls && Boolean((socket as TLSSocket).authorizationError);
    if (untrusted || !GONE.has(code)) refused(reasonOf(code, ofTls), socket);
    if (ofTls || !socket.writable || isAnswering(socket)) return void socket.destroy();
    socket.end(`HTTP/1.1 ${STATUS[code] ?? '400 Bad Request'}\r\nConnection: close\r\n\r\n`);
    socket.destroySoon();
  });
}

function reasonOf(code: string, ofTls: boolean): RefusalReason {
  if (code === 'ERR_HTTP_REQUEST_TIMEOUT' || code === 'ERR_TLS_HANDSHAKE_TIMEOUT') return 'timeout';
  return ofTls ? 'tls' : 'malformed';
}
