// Whoever finds a port: clients that ask wrongly, slowly, or for ever.
import { connect, type Socket } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import type { ChaosRandom, Tally } from './random.js';

const CRLF = '\r\n';
const METHODS = ['HEAD', 'OPTIONS', 'POST', 'PUT', 'DELETE', 'TRACE', 'PATCH', 'PROPFIND'] as const;
const PATHS = [
  '/metrics',
  '/health',
  '/ready',
  '/',
  '/metrics/',
  '/..%2f..',
  '/metrics?name[]=up',
  '//metrics',
];
const HOSTS = ['evil.example.com', '', '127.0.0.1:1', '[::1]', 'localhost', 'a'.repeat(2000), '请求'];
const ACCEPTS = [
  '*/*',
  '',
  'application/json',
  'application/openmetrics-text;version=9.9.9',
  'text/plain;version=0.0.4;escaping=allow-utf-8;q=0',
  'text/plain;q=abc,;;;,',
  'a/b,'.repeat(1000),
  'application/openmetrics-text;version=1.0.0;escaping=nonsense',
];
const GARBAGE = [
  '\u0016\u0003\u0001\u0002\u0000\u0001',
  'GET\r\n\r\n',
  `GET /metrics HTTP/9.9${CRLF}${CRLF}`,
  `GET /metrics HTTP/1.1${CRLF}Content-Length: 5${CRLF}Transfer-Encoding: chunked${CRLF}${CRLF}`,
  `GET /metrics HTTP/1.1${CRLF}${'X: y\r\n'.repeat(3000)}`,
  'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n',
  '\n'.repeat(500),
] as const;
const SOCKETS = 64;
const HEALTH_MILLIS = 8000;

export interface HostilesOptions {
  readonly port: number;
  readonly random: ChaosRandom;
  readonly tally: Tally;
}

/** Connections of strangers to one port, all of them dropped at the end. */
export class Hostiles {
  private readonly sockets = new Set<Socket>();
  private readonly keptAlive = new Set<Socket>();
  private ended = false;

  constructor(private readonly options: HostilesOptions) {}

  /** One stranger each tenth of a second, until `end()`. */
  async scrape(): Promise<void> {
    const { random } = this.options;
    const strangers = [
      () => this.ask(),
      () => this.ask(),
      () => this.garbage(),
      () => this.halfOpen(),
      () => this.slow(),
      () => this.vanish(),
    ];
    while (!this.ended) {
      random.pick(strangers)();
      await delay(100);
    }
  }

  /** 64 connections that ask /health every eight seconds; one that was ended comes again. */
  async stayConnected(): Promise<void> {
    const request = `GET /health HTTP/1.1${CRLF}Host: 127.0.0.1${CRLF}${CRLF}`;
    while (!this.ended) {
      while (this.keptAlive.size < SOCKETS) {
        const socket = this.open(60_000);
        this.keptAlive.add(socket);
        socket.once('close', () => this.keptAlive.delete(socket)).resume();
        this.count('connections that stay and ask /health');
      }
      for (const socket of this.keptAlive) socket.write(request);
      for (let part = 0; part < 8 && !this.ended; part++) await delay(HEALTH_MILLIS / 8);
    }
  }

  end(): void {
    this.ended = true;
    for (const socket of this.sockets) socket.destroy();
  }

  private ask(): void {
    const { random } = this.options;
    const method = random.next() < 0.5 ? 'GET' : random.pick(METHODS);
    const host = random.next() < 0.1 ? '' : `Host: ${random.pick(HOSTS)}${CRLF}`;
    const head = `${method} ${random.pick(PATHS)} HTTP/1.1${CRLF}${host}Accept: ${random.pick(ACCEPTS)}${CRLF}`;
    const encoding = random.pick(['', 'Accept-Encoding: gzip\r\n', 'Accept-Encoding: br;q=1,*;q=0\r\n']);
    this.open(3000)
      .on('data', () => {})
      .end(`${head}${encoding}Connection: close${CRLF}${CRLF}`);
    this.count(
      `requests with ${method === 'GET' ? 'an odd Accept or Host header' : 'another method than GET'}`,
    );
  }

  private garbage(): void {
    this.open(2000).resume().write(this.options.random.pick(GARBAGE));
    this.count('requests that are garbage');
  }

  /** Says half of what it wants, and waits. */
  private halfOpen(): void {
    this.open(8000).write(this.options.random.pick(['', 'GET /met', `GET /metrics HTTP/1.1${CRLF}Host:`]));
    this.count('connections that ask nothing to the end');
  }

  /** Asks for the page, and reads a little of it now and then. */
  private slow(): void {
    const socket = this.open(5000);
    socket.write(`GET /metrics HTTP/1.1${CRLF}Host: 127.0.0.1${CRLF}${CRLF}`.repeat(3));
    socket.pause();
    const reading = setInterval(() => socket.read(512), 100);
    socket.once('close', () => clearInterval(reading));
    this.count('readers that hardly read');
  }

  /** Asks for the page, and is gone. */
  private vanish(): void {
    const socket = this.open(1000);
    socket.write(`GET /metrics HTTP/1.1${CRLF}Host: 127.0.0.1${CRLF}${CRLF}`, () => socket.resetAndDestroy());
    this.count('clients that leave before the answer');
  }

  private open(lifeMillis: number): Socket {
    const socket = connect({ port: this.options.port, host: '127.0.0.1' });
    this.sockets.add(socket);
    const timer = setTimeout(() => socket.destroy(), lifeMillis);
    socket.on('error', () => {});
    socket.once('close', () => {
      clearTimeout(timer);
      this.sockets.delete(socket);
    });
    return socket;
  }

  private count(what: string): void {
    this.options.tally.add(what);
  }
}
