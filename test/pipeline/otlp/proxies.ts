import { readFileSync } from 'node:fs';
import { createServer, request as httpRequest, type RequestListener } from 'node:http';
import type { Http2Server } from 'node:http2';
import { createServer as createTlsServer } from 'node:https';
import { connect } from 'node:net';
import { join } from 'node:path';
import type { TLSSocket } from 'node:tls';
import { closeLater, listening } from './collectors.js';

// Proxies on loopback, and what they stand before, closed after each test.

export const pathOf = (name: string) => join(__dirname, '../../support/fixtures/tls', name);
export const pem = (name: string) => readFileSync(pathOf(name));
export const TLS = { key: pem('receiver.key'), cert: pem('receiver.pem') };

/** @types/node does not know it. */
type Greeted = TLSSocket & { readonly servername: string | false | null };

export interface Proxy {
  readonly port: number;
  /** What it was asked for. */
  readonly asked: { readonly line: string; readonly authorization: string | undefined }[];
  /** By which name it was greeted, where it is reached by TLS. */
  readonly names: Greeted['servername'][];
}

/** A proxy that carries every request to this port, whatever host is asked for. */
export async function proxyTo(
  port: number,
  { refuse, tls = false }: { refuse?: number; tls?: boolean } = {},
): Promise<Proxy> {
  const asked: Proxy['asked'] = [];
  const names: Proxy['names'] = [];
  const note = (line: string, authorization: string | undefined) => asked.push({ line, authorization });
  const carry: RequestListener = (request, response) => {
    note(`${request.method} ${request.url}`, request.headers['proxy-authorization']);
    if (refuse !== undefined) return void response.writeHead(refuse).end();
    const { pathname } = new URL(request.url ?? '');
    const onward = httpRequest(
      { port, method: 'POST', path: pathname, headers: request.headers },
      (answer) => {
        response.writeHead(answer.statusCode ?? 0, answer.headers);
        answer.pipe(response);
      },
    );
    request.pipe(onward);
  };
  const server = tls ? createTlsServer(TLS, carry) : createServer(carry);
  server.on('secureConnection', (socket: Greeted) => names.push(socket.servername));
  server.on('connect', (request, socket) => {
    note(`CONNECT ${request.url}`, request.headers['proxy-authorization']);
    socket.on('error', () => {});
    if (refuse !== undefined) return void socket.end(`HTTP/1.1 ${refuse} No\r\n\r\n`);
    const onward = connect(port, '127.0.0.1', () => {
      socket.write('HTTP/1.1 200 Connection established\r\n\r\n');
      onward.pipe(socket).pipe(onward);
    });
    onward.on('error', () => {});
    closeLater(() => onward.destroy());
    closeLater(() => socket.destroy());
  });
  return { port: await listening(server), asked, names };
}

/** gRPC that takes everything. */
export function grpcOn(server: Http2Server): Promise<number> {
  server.on('session', (session) => closeLater(() => session.destroy()));
  server.on('stream', (stream) => {
    stream.resume().on('end', () => {
      stream.respond({ 'content-type': 'application/grpc' }, { waitForTrailers: true });
      stream.on('wantTrailers', () => stream.sendTrailers({ 'grpc-status': '0' }));
      stream.end();
    });
  });
  return listening(server as never);
}
