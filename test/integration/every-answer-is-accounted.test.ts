import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { type AddressInfo, createServer as createTcpServer, type Server } from 'node:net';
import { promisify } from 'node:util';
import { gunzip } from 'node:zlib';
import protobuf from 'protobufjs';
import { sampleValue } from '../../src/testing/samples.js';
import type { Observability } from '../../src/index.js';
import { decodeLogsRequest, decodeTraceRequest } from '../support/otlp-decode.js';
import { exposed, observed } from '../regression/support.js';

/*
 * Whatever a collector answers: spans made = spans that it took + spans counted as lost, by reason. The same of events.
 */

const SPANS = 10;
const inflate = promisify(gunzip);

interface Exchange {
  readonly attempt: number;
  readonly names: readonly string[];
  readonly response: ServerResponse;
  /** Takes these spans of the request. */
  readonly keep: (names?: readonly string[]) => void;
}

/** A response of a trace request that rejects some of its spans. */
function partial(rejected: number, message: string): Uint8Array {
  const { root } = protobuf.parse(`syntax = "proto3";
    message Partial { int64 rejected = 1; string message = 2; }
    message Response { Partial partial_success = 1; }`);
  const type = root.lookupType('Response');
  return type.encode(type.create({ partialSuccess: { rejected, message } })).finish();
}

const status =
  (code: number, headers: Record<string, string> = {}, body = '') =>
  ({ response }: Exchange): void =>
    void response.writeHead(code, headers).end(body);
const taken = ({ keep, response }: Exchange): void => {
  keep();
  response.writeHead(200, { 'content-type': 'application/x-protobuf' }).end();
};
/** Answers so at first, and takes the batch at the second attempt. */
const thenTaken =
  (first: (exchange: Exchange) => void) =>
  (exchange: Exchange): void =>
    exchange.attempt === 1 ? first(exchange) : taken(exchange);

const ANSWERS: readonly [
  what: string,
  answer: (exchange: Exchange) => void,
  received: number,
  counted: Record<string, number>,
][] = [
  ['200', taken, SPANS, {}],
  ['204', ({ keep, response }) => (keep(), void response.writeHead(204).end()), SPANS, {}],
  [
    '200 with an answer that cannot be read',
    ({ keep, response }) => (keep(), void response.writeHead(200).end('\u0007nonsense')),
    SPANS,
    {},
  ],
  [
    '200 with an answer of a megabyte',
    ({ keep, response }) => (keep(), void response.writeHead(200).end('x'.repeat(1_000_000))),
    SPANS,
    {},
  ],
  [
    '200 that rejects 3',
    ({ keep, names, response }) => {
      keep(names.slice(3));
      response.writeHead(200, { 'content-type': 'application/x-protobuf' }).end(partial(3, 'too old'));
    },
    SPANS - 3,
    { export_failed: 3 },
  ],
  [
    '200 that rejects none, with a warning',
    ({ keep, response }) => {
      keep();
      response.writeHead(200, { 'content-type': 'application/x-protobuf' }).end(partial(0, 'nearly full'));
    },
    SPANS,
    {},
  ],
  ['400', status(400, {}, 'bad'), 0, { export_failed: SPANS }],
  ['401', status(401), 0, { export_failed: SPANS }],
  ['404', status(404), 0, { export_failed: SPANS }],
  ['500', status(500), 0, { export_failed: SPANS }],
  ['301 to elsewhere', status(301, { location: 'http://127.0.0.1:1/' }), 0, { export_failed: SPANS }],
  [
    '413 for more than 4',
    (exchange) => (exchange.names.length > 4 ? status(413)(exchange) : taken(exchange)),
    SPANS,
    {},
  ],
  [
    '413 for the batch with one of them',
    (exchange) => (exchange.names.includes('s7') ? status(413)(exchange) : taken(exchange)),
    SPANS - 1,
    { export_failed: 1 },
  ],
  ['429, then 200', thenTaken(status(429, { 'retry-after': '0' })), SPANS, {}],
  ['503, then 200', thenTaken(status(503, { 'retry-after': '0' })), SPANS, {}],
  ['503 for ever', status(503), 0, { export_failed: SPANS }],
  [
    '503 with a Retry-After past the deadline',
    status(503, { 'retry-after': '60' }),
    0,
    { export_failed: SPANS },
  ],
  ['nothing, for ever', () => {}, 0, { export_failed: SPANS }],
  [
    '200, then a byte of the body now and then', // its head has said that it took them
    ({ keep, response }) => {
      keep();
      response.writeHead(200);
      const dripping = setInterval(() => response.write('x'), 20);
      response.once('close', () => clearInterval(dripping));
    },
    SPANS,
    {},
  ],
  [
    'an interim answer now and then',
    ({ response }) => {
      const dripping = setInterval(() => response.writeProcessing(), 20);
      response.once('close', () => clearInterval(dripping));
    },
    0,
    { export_failed: SPANS },
  ],
  [
    'a reset, for ever',
    ({ response }) => void response.socket?.resetAndDestroy(),
    0,
    { export_failed: SPANS },
  ],
];

async function listening(server: Server): Promise<string> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

/** What is made of each signal, and how its request is read. */
const SIGNALS = {
  traces: {
    make: (obs: Observability, name: string) => obs.tracer.startSpan(name).end(),
    namesIn: (body: Uint8Array) => decodeTraceRequest(body).map(({ name }) => name),
  },
  logs: {
    make: (obs: Observability, name: string) =>
      obs.events.emit('agent_os.violation', { 'agent_os.policy': name }),
    namesIn: (body: Uint8Array) =>
      decodeLogsRequest(body).map(({ attributes }) => attributes['agent_os.policy'] as string),
  },
};
type SignalName = keyof typeof SIGNALS;

async function exported(
  signal: SignalName,
  endpoint: string,
  timeoutMillis: number,
): Promise<Record<string, number>> {
  const obs = observed({ otlp: { endpoint, timeoutMillis } });
  for (let index = 0; index < SPANS; index++) SIGNALS[signal].make(obs, `s${index}`);
  await obs.forceFlush();
  const families = await exposed(obs);
  const lost = ['export_failed', 'queue_full', 'shutdown_timeout', 'invalid_value'].map((reason) => [
    reason,
    sampleValue(families, 'agent_os_telemetry_dropped_total', { signal, reason }) ?? 0,
  ]);
  await obs.shutdown();
  return Object.fromEntries(lost.filter(([, count]) => (count as number) > 0)) as Record<string, number>;
}

describe.each(['traces', 'logs'] as const)(
  'of %s: made is received and counted, where the collector answers',
  (signal) => {
    test.each(ANSWERS)('%s', async (what, answer, received, counted) => {
      const timeoutMillis = /for ever|now and then/.test(what) ? 300 : 10_000;
      const kept: string[] = [];
      let attempt = 0;
      const handle = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
        const chunks: Buffer[] = [];
        for await (const chunk of request) chunks.push(chunk as Buffer);
        if (!request.url!.endsWith(`/v1/${signal}`)) return void response.end(); // the goodbye of a kernel
        const body = Buffer.concat(chunks);
        const gzipped = request.headers['content-encoding'] === 'gzip';
        const names = SIGNALS[signal].namesIn(gzipped ? await inflate(body) : body);
        answer({ attempt: ++attempt, names, response, keep: (some = names) => void kept.push(...some) });
      };
      const server = createServer((request, response) => void handle(request, response));
      try {
        expect(await exported(signal, await listening(server), timeoutMillis)).toEqual(counted);
        expect(kept).toHaveLength(received);
        expect(new Set(kept).size).toBe(received);
      } finally {
        server.closeAllConnections();
        server.close();
      }
    });

    test('nothing listens', async () => {
      const server = createServer();
      const endpoint = await listening(server);
      await new Promise((resolve) => server.close(resolve));
      expect(await exported(signal, endpoint, 300)).toEqual({ export_failed: SPANS });
    });

    test('what answers speaks no HTTP', async () => {
      const server = createTcpServer((socket) => {
        socket.on('error', () => {});
        socket.end('SSH-2.0-OpenSSH_9.2\r\n');
      });
      try {
        expect(await exported(signal, await listening(server), 300)).toEqual({ export_failed: SPANS });
      } finally {
        server.close();
      }
    });
  },
);
