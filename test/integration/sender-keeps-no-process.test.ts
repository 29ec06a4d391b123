import { createServer as createHttp2Server } from 'node:http2';
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';
import { runChild } from '../support/child.js';

const script = 'test/support/fixtures/send-and-end.ts';
const closing: (() => void)[] = [];
afterEach(() => closing.splice(0).forEach((close) => close()));

async function portOf(server: Pick<Server, 'listen' | 'address' | 'close'>): Promise<number> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  closing.push(() => server.close());
  return (server.address() as AddressInfo).port;
}

function held(socket: Socket): void {
  socket.on('error', () => {});
  closing.push(() => socket.destroy());
}

function silent(): Promise<number> {
  return portOf(createServer(held));
}

function dripping(): Promise<number> {
  const server = createServer((socket) => {
    held(socket);
    socket.once('data', () => {
      socket.write('HTTP/1.1 200 OK\r\ncontent-length: 100000\r\n\r\n');
      const timer = setInterval(() => socket.write('x'), 50);
      socket.once('close', () => clearInterval(timer));
    });
  });
  return portOf(server);
}

/** Answers as HTTP/2 does, but no call ever. */
function deaf(): Promise<number> {
  const server = createHttp2Server();
  server.on('session', (session) => closing.push(() => session.destroy()));
  server.on('stream', (stream) => stream.on('error', () => {}).resume());
  return portOf(server);
}

const AWAY = async () => 1;

describe('a process with nothing else to do ends, though a delivery is under way', () => {
  test.each<[string, () => Promise<number>, string, string?]>([
    ['a receiver of HTTP says nothing', silent, 'http/protobuf'],
    ['a receiver of HTTP drips its answer', dripping, 'http/protobuf'],
    ['nobody listens for HTTP', AWAY, 'http/protobuf'],
    ['a receiver of gRPC says nothing', silent, 'grpc'],
    ['a receiver of gRPC never answers the call', deaf, 'grpc'],
    ['nobody listens for gRPC', AWAY, 'grpc'],
    ['a receiver of HTTPS says nothing', silent, 'http/protobuf', 'https'],
    ['a receiver of gRPC with TLS says nothing', silent, 'grpc', 'https'],
  ])('%s', async (_, start, protocol, scheme = 'http') => {
    const child = runChild(script, {
      env: {
        OTEL_EXPORTER_OTLP_ENDPOINT: `${scheme}://127.0.0.1:${await start()}`,
        OTEL_EXPORTER_OTLP_PROTOCOL: protocol,
      },
    });
    expect(await child.exited).toEqual({ code: 0, signal: null });
    expect(child.stdout).toBe('done\n');
  });
});
