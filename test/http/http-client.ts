import { once } from 'node:events';
import { request, type IncomingHttpHeaders, type RequestOptions } from 'node:http';
import { connect, type Socket } from 'node:net';
import type { ExpositionSource } from '../../src/exposition/exposition-source.js';

export const CONTENT_TYPE = 'text/plain; version=0.0.4; charset=utf-8';
/** Short enough to be sent as it is. */
export const SHORT_TEXT = '# TYPE café_total counter\ncafé_total 1\n';
/** Long enough to be compressed; its length in bytes differs from that in characters. */
export const LONG_TEXT = '# HELP café_total Größe\ncafé_total{agent_id="a"} 1\n'.repeat(100);

export function sourceOf(text: string | (() => Promise<string>)): ExpositionSource {
  return {
    export: typeof text === 'string' ? () => Promise.resolve(text) : text,
    contentType: () => CONTENT_TYPE,
  };
}

export interface Answer {
  status: number;
  headers: IncomingHttpHeaders;
  body: Buffer;
}

/** One request over a connection of its own, with the bytes as they came: nothing decoded. */
export function send(url: string, options: RequestOptions & { body?: string } = {}): Promise<Answer> {
  const { body: requestBody, ...requestOptions } = options;
  return new Promise((resolve, reject) => {
    const sent = request(url, { agent: false, ...requestOptions }, (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.on('error', reject);
      response.on('end', () => {
        resolve({ status: response.statusCode ?? 0, headers: response.headers, body: Buffer.concat(chunks) });
      });
    });
    sent.on('error', reject);
    sent.end(requestBody);
  });
}

/** A promise with its resolver: a test decides when. */
export function gate<T = void>(): { promise: Promise<T>; open: (value: T) => void } {
  let open: (value: T) => void = () => undefined;
  const promise = new Promise<T>((resolve) => {
    open = resolve;
  });
  return { promise, open };
}

/** A connection of its own, whose errors are nobody's. */
export async function connectTo(port: number): Promise<Socket> {
  const socket = connect(port, '127.0.0.1');
  socket.on('error', () => undefined);
  await once(socket, 'connect');
  return socket;
}

/** Lines as they are, over a connection of its own; gives all that comes back until the server ends it. */
export async function sendLines(port: number, lines: readonly string[]): Promise<string> {
  const socket = await connectTo(port);
  socket.end([...lines, '', ''].join('\r\n'), 'latin1');
  const chunks: Buffer[] = [];
  for await (const chunk of socket) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString('latin1');
}

/** The status of an answer as it came over a socket; undefined where there was none. */
export function statusOf(answer: string): number | undefined {
  const [, status] = /^HTTP\/1\.1 (\d+) /.exec(answer) ?? [];
  return status === undefined ? undefined : Number(status);
}
