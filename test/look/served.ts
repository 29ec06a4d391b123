// The pages over a Prometheus of which a test says what it answers.
import { once } from 'node:events';
import { createServer, request, type IncomingHttpHeaders, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { JaegerApi } from '../e2e/support/jaeger-api.js';
import { Prometheus } from '../../tools/pictures/prometheus.js';
import { lookServer } from '../../tools/look/server.js';

const NOW = new Date('2026-11-28T12:00:00Z');

export interface Said {
  readonly alerts?: readonly object[];
  /** Labels and value of each row, by a part of the expression; the first that is in it. */
  readonly rows?: Readonly<Record<string, readonly (readonly [Readonly<Record<string, string>>, number])[]>>;
  /** What it says of expressions with this in them. */
  readonly refused?: string;
  readonly hasPages?: boolean;
  /** What Jaeger says of each trace that it is asked for. */
  readonly traces?: readonly object[];
}

export interface Served {
  readonly url: string;
  readonly prometheusUrl: string;
  /** Expressions, as they came. */
  readonly asked: readonly string[];
  readonly get: (path: string, headers?: Readonly<Record<string, string>>, method?: string) => Promise<Got>;
  readonly close: () => Promise<void>;
}

export interface Got {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly text: string;
}

export async function served(said: Said = {}): Promise<Served> {
  const asked: string[] = [];
  const prometheus = await listening(stub(said, asked));
  const jaeger = said.traces && (await listening(jaegerOf(said.traces)));
  const look = await listening(
    lookServer({
      traces: jaeger && new JaegerApi(urlOf(jaeger)),
      prometheus: new Prometheus(urlOf(prometheus)),
      root: join(__dirname, '../..'),
      now: () => NOW,
    }),
  );
  return {
    url: urlOf(look),
    prometheusUrl: urlOf(prometheus),
    asked,
    get: (path, headers, method) => got(urlOf(look) + path, headers, method),
    close: async () => {
      for (const server of [look, prometheus, ...(jaeger ? [jaeger] : [])]) {
        server.closeAllConnections();
        server.close();
        await once(server, 'close');
      }
    },
  };
}

function stub({ alerts = [], rows = {}, refused, hasPages = false }: Said, asked: string[]): Server {
  return createServer((incoming, response) => {
    const { pathname, searchParams } = new URL(incoming.url ?? '', 'http://localhost');
    if (pathname === '/query') {
      response.writeHead(hasPages ? 200 : 500, { 'Content-Type': 'text/html' });
      return response.end('<!doctype html>');
    }
    const query = searchParams.get('query') ?? '';
    asked.push(query);
    if (refused !== undefined && query.includes(refused)) {
      response.statusCode = 400;
      return response.end(JSON.stringify({ status: 'error', error: 'parse error: unexpected end of input' }));
    }
    const [, found = []] = Object.entries(rows).find(([part]) => query.includes(part)) ?? [];
    const at = NOW.getTime() / 1000;
    const result = found.map(([metric, value]) =>
      pathname.endsWith('query_range')
        ? { metric, values: [[at, String(value)]] }
        : { metric, value: [at, String(value)] },
    );
    const data = pathname.endsWith('alerts')
      ? { alerts }
      : pathname.endsWith('values')
        ? ['claims-desk', 'under.writing']
        : { resultType: 'vector', result };
    return response.end(JSON.stringify({ status: 'success', data }));
  });
}

const jaegerOf = (traces: readonly object[]): Server =>
  createServer(({ url = '' }, response) =>
    response.end(JSON.stringify({ data: url.startsWith('/api/services') ? ['claims-desk'] : traces })),
  );

async function listening(server: Server): Promise<Server> {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return server;
}

const urlOf = (server: Server): string => `http://127.0.0.1:${(server.address() as AddressInfo).port}`;

/** By node:http, since fetch lets nobody name another host. */
function got(url: string, headers: Readonly<Record<string, string>> = {}, method = 'GET'): Promise<Got> {
  return new Promise((resolve, reject) => {
    request(url, { method, headers: { ...headers, connection: 'close' } }, (response) => {
      let text = '';
      response.setEncoding('utf8').on('data', (part: string) => (text += part));
      response.on('end', () =>
        resolve({ status: response.statusCode ?? 0, headers: response.headers, text }),
      );
    })
      .on('error', reject)
      .end();
  });
}
