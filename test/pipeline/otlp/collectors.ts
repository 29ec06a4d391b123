import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { type AddressInfo, createServer as createTcpServer, type Socket } from 'node:net';
import { OtlpSender, type SenderOptions } from '../../../src/pipeline/otlp/otlp-sender.js';
import { type OtlpSettings, otlpTarget } from '../../../src/pipeline/otlp/otlp-target.js';
import { fakeClock } from '../../support/clock.js';

// Receivers on loopback and senders to them, closed after each test.

const closing: (() => void)[] = [];
afterEach(closeAll);

export function closeAll(): void {
  for (const close of closing.splice(0)) close();
}

/** Closes something after the test. */
export function closeLater(close: () => void): void {
  closing.push(close);
}

type Handler = (request: IncomingMessage, response: ServerResponse, body: Buffer) => void;

/** A collector of HTTP that answers as `handle` says; gives its base URL. */
export async function collector(handle: Handler): Promise<string> {
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => handle(request, response, Buffer.concat(chunks)));
    request.on('error', () => {});
  });
  return `http://127.0.0.1:${await listening(server)}`;
}

/** A server of bytes alone, which need not be HTTP. */
export async function rawCollector(connected: (socket: Socket) => void): Promise<string> {
  const sockets = new Set<Socket>();
  const server = createTcpServer((socket) => {
    sockets.add(socket);
    socket.on('error', () => {});
    connected(socket);
  });
  closing.push(() => sockets.forEach((socket) => socket.destroy()));
  return `http://127.0.0.1:${await listening(server as unknown as Server)}`;
}

/** The port of a server that listens on loopback, until the end of the test. */
export async function listening(
  server: Pick<Server, 'listen' | 'address' | 'close'> & { closeAllConnections?(): void },
): Promise<number> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  closing.push(() => {
    server.close();
    server.closeAllConnections?.();
  });
  return (server.address() as AddressInfo).port;
}

/** Waits as long as is asked, by a clock of its own. */
export function patient(random = () => 0.5): SenderOptions & { readonly waited: () => number } {
  const clock = fakeClock();
  return {
    clock: clock.now,
    random,
    wait: async (millis) => clock.advance(millis),
    waited: () => Math.round(clock.now()),
  };
}

export function senderTo(
  endpoint: string,
  settings: OtlpSettings = {},
  options: SenderOptions = patient(),
  env: Readonly<Record<string, string>> = {},
): OtlpSender {
  const said: string[] = [];
  const target = otlpTarget('traces', { endpoint, ...settings }, env, (_, message) => said.push(message));
  expect(said.filter((line) => !line.includes('cannot be read'))).toEqual([]);
  const sender = new OtlpSender(target!, options);
  closing.push(() => sender.close());
  return sender;
}
