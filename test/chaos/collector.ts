import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import { promisify } from 'node:util';
import { gunzip } from 'node:zlib';
import protobuf from 'protobufjs';
import {
  decodeMetricsRequest,
  decodeTraceRequest,
  type DecodedMetric,
  type DecodedSpan,
} from '../support/otlp-decode.js';
import { COMPARED, LIFE_ATTRIBUTE } from './messages.js';
import type { ChaosRandom, Tally } from './random.js';

const inflate = promisify(gunzip);
const PROTOBUF = { 'content-type': 'application/x-protobuf' };
const BATCH_TAKEN = 100;
/** How soon after an answer its reader must hang up for it to be in doubt whether the answer was read. */
const DOUBT_MILLIS = 300;

interface Request {
  readonly body: Buffer;
  readonly path: string;
  readonly response: ServerResponse;
  /** What the request says; keeping it is what makes it received. */
  readonly parts: () => Parts;
  readonly keep: (parts?: Parts) => void;
}

type Parts = { readonly spans: readonly DecodedSpan[] } | { readonly metrics: readonly DecodedMetric[] };

const status =
  (code: number, headers: Record<string, string> = {}) =>
  ({ response }: Request): void =>
    void response.writeHead(code, headers).end('no');

function taken({ keep, response }: Request): void {
  keep();
  response.writeHead(200, PROTOBUF).end();
}

/** Ways to answer. Each keeps what its answer says it took, and nothing else. */
const MOODS: Readonly<Record<string, (request: Request) => void>> = {
  'answers 429, wait 1 s': status(429, { 'retry-after': '1' }),
  'answers 429, wait a minute': status(429, { 'retry-after': '60' }),
  'answers 500': status(500),
  'answers 503': status(503),
  'answers 400': status(400),
  'redirects elsewhere': status(301, { location: 'http://127.0.0.1:9/' }),
  'answers 413 for large batches'(request) {
    const parts = request.parts();
    if ('spans' in parts && parts.spans.length > BATCH_TAKEN) status(413)(request);
    else taken(request);
  },
  'rejects a part'({ parts, keep, response }) {
    const all = parts();
    if ('spans' in all) keep({ spans: all.spans.slice(1) });
    const rejected = 'spans' in all ? 1 : all.metrics.reduce((sum, { points }) => sum + points.length, 0);
    response.writeHead(200, PROTOBUF).end(partialSuccess(rejected));
  },
  'answers 200 with garbage'({ keep, response }) {
    keep();
    response.writeHead(200, { 'content-type': 'text/html' }).end('\u0007<html>'.repeat(1000));
  },
  'answers no HTTP'({ response }) {
    response.socket?.end('SSH-2.0-OpenSSH_9.2\r\n');
  },
  'drips its answer'({ keep, response }) {
    keep(); // its head has said that it took them
    response.writeHead(200, PROTOBUF);
    drip(response, () => response.write('x'));
  },
  'drips interim answers'({ response }) {
    drip(response, () => response.writeProcessing());
  },
  'never answers'() {},
  'resets the connection'({ response }) {
    response.socket?.resetAndDestroy();
  },
};

function drip(response: ServerResponse, once: () => void): void {
  const timer = setInterval(once, 100);
  response.once('close', () => clearInterval(timer));
}

const RESPONSE = protobuf
  .parse(
    `syntax = "proto3";
    message Partial { int64 rejected = 1; string message = 2; }
    message Response { Partial partial_success = 1; }`,
  )
  .root.lookupType('Response');

function partialSuccess(rejected: number): Uint8Array {
  return RESPONSE.encode(RESPONSE.create({ partialSuccess: { rejected, message: 'no room' } })).finish();
}

export interface Received {
  /** Different spans, by their ids. */
  readonly spans: Set<string>;
  twice: number;
  /** Those of requests that were given up about when they were answered: whether the answer was read, nobody can say. */
  readonly inDoubt: Set<string>;
  /** The last value of the counter that is compared. */
  added: number;
}

/** Takes OTLP as a collector does on its worst day, and keeps count of what it took from each start of the host. */
export class ChaosCollector {
  private server: Server | undefined;
  private mood = taken;
  private readonly lives = new Map<string, Received>();
  /** What it could not read, which a collector would refuse. */
  readonly unreadable: string[] = [];

  constructor(
    private readonly port: number,
    private readonly random: ChaosRandom,
    private readonly tally: Tally,
  ) {}

  get url(): string {
    return `http://127.0.0.1:${this.port}`;
  }

  receivedOf(life: string): Received {
    const received = this.lives.get(life) ?? {
      spans: new Set<string>(),
      twice: 0,
      inDoubt: new Set<string>(),
      added: 0,
    };
    this.lives.set(life, received);
    return received;
  }

  async open(): Promise<void> {
    if (this.server !== undefined) return;
    const server = createServer((request, response) => {
      this.handle(request, response).catch(() => response.destroy());
    });
    server.on('clientError', (_, socket) => socket.destroy());
    this.server = server;
    await new Promise<void>((resolve, reject) =>
      server.once('error', reject).listen(this.port, '127.0.0.1', resolve),
    );
  }

  async close(): Promise<void> {
    const { server } = this;
    this.server = undefined;
    if (server === undefined) return;
    const closed = new Promise((resolve) => server.close(resolve));
    server.closeAllConnections();
    await closed;
  }

  /** Takes everything from now on. */
  async beKind(): Promise<void> {
    this.mood = taken;
    await this.open();
  }

  /** Some other mood, or gone. */
  async beUnkind(): Promise<void> {
    const moods = Object.keys(MOODS);
    const at = this.random.below(moods.length + 2);
    const name = moods[at];
    this.tally.add(`the collector ${name ?? 'is away'}`);
    if (name === undefined) return this.close();
    this.mood = MOODS[name]!;
    await this.open();
  }

  private async handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const raw = Buffer.concat(chunks);
    const body = request.headers['content-encoding'] === 'gzip' ? await inflate(raw) : raw;
    const path = request.url ?? '';
    // Events are compared by tests of their own.
    if (path === '/v1/logs') return void response.end();
    const parts = (): Parts => {
      try {
        return path === '/v1/traces'
          ? { spans: decodeTraceRequest(body) }
          : { metrics: decodeMetricsRequest(body) };
      } catch (error) {
        this.unreadable.push(`${path}: ${String(error)}`);
        throw error;
      }
    };
    if (response.destroyed) return; // nobody is there who could be told that it was taken
    this.mood({ body, path, response, parts, keep: (some = parts()) => this.keep(some, request.socket) });
  }

  private keep(parts: Parts, socket: Socket): void {
    if ('spans' in parts) {
      for (const { spanId, resource } of parts.spans) {
        const received = this.receivedOf(String(resource[LIFE_ATTRIBUTE]));
        if (received.spans.has(spanId)) received.twice += 1;
        received.spans.add(spanId);
      }
      const givenUp = (): void => {
        for (const { spanId, resource } of parts.spans)
          this.receivedOf(String(resource[LIFE_ATTRIBUTE])).inDoubt.add(spanId);
      };
      socket.setMaxListeners(0).once('close', givenUp);
      setTimeout(() => socket.off('close', givenUp), DOUBT_MILLIS);
      return;
    }
    for (const { name, points, resource } of parts.metrics) {
      if (name !== COMPARED.instrument) continue;
      const value = points.reduce((sum, point) => sum + (point.value ?? 0), 0);
      const received = this.receivedOf(String(resource[LIFE_ATTRIBUTE]));
      received.added = Math.max(received.added, value);
    }
  }
}
