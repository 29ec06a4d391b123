import { request, type IncomingHttpHeaders, type RequestOptions } from 'node:http';
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
