import type { ClientHttp2Session } from 'node:http2';
import { connect as netConnect, isIP, type Socket } from 'node:net';
import type { ConnectionOptions, TLSSocket } from 'node:tls';
import { nodeHttp2, nodeTls } from '../../common/late-modules.js';
import type { OtlpTarget } from './otlp-target.js';
import { bareHost, openTunnel, portOf } from './proxy.js';
import { keepUnreferenced } from './sockets.js';
import type { TlsMaterial } from './tls-files.js';

/** The receiver does TLS, but not the protocol inside of it. */
class NoHttp2Error extends Error {}

/** A connection under way. */
export interface OpeningSession {
  readonly session: Promise<ClientHttp2Session>;
  cancel(): void;
}

/** A session of HTTP/2 with the target, through the proxy where there is one. It does not keep the process alive. */
export function openSession(target: OtlpTarget, material: TlsMaterial): OpeningSession {
  const { url, proxy, timeoutMillis } = target;
  const host = bareHost(url);
  const port = portOf(url);
  const tunnel = proxy && openTunnel(proxy, host, port, timeoutMillis);
  const opened = new Set<Socket>();
  const open = async (): Promise<ClientHttp2Session> => {
    const base = tunnel ? await tunnel.socket : undefined;
    const secure = url.protocol === 'https:';
    const socket = secure
      ? nodeTls().connect({ ...tlsOptions(target, material), ...(base ? { socket: base } : { host, port }) })
      : (base ?? netConnect({ host, port, noDelay: true }));
    opened.add(socket);
    keepUnreferenced(socket);
    if (secure || !base) await connected(socket, secure ? 'secureConnect' : 'connect');
    if (secure && (socket as TLSSocket).alpnProtocol !== 'h2') {
      socket.destroy();
      throw new NoHttp2Error('TLS was agreed on, but the endpoint offers no HTTP/2, which gRPC needs');
    }
    const session = nodeHttp2().connect(url.origin, { createConnection: () => socket });
    session.unref();
    session.on('error', () => {}); // its streams have it too
    return session;
  };
  return {
    session: open(),
    cancel() {
      tunnel?.cancel();
      for (const socket of opened) socket.destroy();
    },
  };
}

function tlsOptions({ url, agentOptions }: OtlpTarget, material: TlsMaterial): ConnectionOptions {
  const host = bareHost(url);
  return {
    ...(isIP(host) === 0 && { servername: host }),
    ...material,
    ...(agentOptions as ConnectionOptions | undefined),
    ALPNProtocols: ['h2'],
  };
}

function connected(socket: Socket, event: 'connect' | 'secureConnect'): Promise<void> {
  return new Promise((resolve, reject) => {
    const closed = (): void => reject(Object.assign(new Error('closed'), { code: 'ECONNRESET' }));
    socket.once('error', reject);
    socket.once('close', closed);
    socket.once(event, () => {
      socket.off('error', reject);
      socket.off('close', closed);
      resolve();
    });
  });
}
