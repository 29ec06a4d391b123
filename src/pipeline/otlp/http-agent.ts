import { Agent } from 'node:http';
import type { Agent as TlsAgent, AgentOptions as TlsAgentOptions } from 'node:https';
import type { Socket } from 'node:net';
import type { ConnectionOptions } from 'node:tls';
import { nodeHttps, nodeTls } from '../../common/late-modules.js';
import { isOwnAgent, type OtlpTarget } from './otlp-target.js';
import { openTunnel, type Tunnel } from './proxy.js';

/** Time after which a connection that nobody uses is closed. */
const IDLE_MILLIS = 90_000;

/** The agent of a target: the host's own, or ours with its options, through the proxy where there is one. */
export class HttpAgent {
  private made: Agent | Promise<Agent> | undefined;
  private ours: Agent | undefined;

  constructor(private readonly target: OtlpTarget) {}

  /** Made when it is needed first. Rejects, or throws, where the host's function does. */
  get(): Agent | Promise<Agent> {
    return (this.made ??= this.make());
  }

  /** Closes the sockets of our agent; those of the host's own agent are the host's. */
  close(): void {
    this.ours?.destroy();
  }

  private make(): Agent | Promise<Agent> {
    const { url, agentOptions: given = {}, proxy, timeoutMillis } = this.target;
    if (isOwnAgent(given)) return typeof given === 'function' ? this.makeByHost(given) : given;
    const options: TlsAgentOptions = { keepAlive: true, timeout: IDLE_MILLIS, ...given };
    delete (options as { proxyEnv?: unknown }).proxyEnv; // heeded already
    return (this.ours = agentOf(url, proxy, options, timeoutMillis));
  }

  /** One that failed may do better next time. */
  private makeByHost(make: (protocol: string) => Agent | Promise<Agent>): Promise<Agent> {
    const made = (async () => make(this.target.url.protocol))();
    made.catch(() => (this.made = undefined));
    return made;
  }
}

function agentOf(url: URL, proxy: URL | undefined, options: TlsAgentOptions, timeoutMillis: number): Agent {
  if (url.protocol === 'https:') {
    return proxy ? tunnelAgent(proxy, options, timeoutMillis) : tlsAgent(options);
  }
  return proxy?.protocol === 'https:' ? tlsAgent(options) : new Agent(options);
}

type Connected = (error: Error | null, socket?: Socket) => void;

function tlsAgent(options: TlsAgentOptions): TlsAgent {
  return new (nodeHttps().Agent)(options);
}

/** TLS to the receiver inside of a tunnel through a proxy. */
function tunnelAgent(proxy: URL, options: TlsAgentOptions, timeoutMillis: number): TlsAgent {
  const opening = new Set<Tunnel>();
  class TunnelAgent extends nodeHttps().Agent {
    /** Of the agent's own contract: gives the socket to `connected`, since it is not there at once. */
    createConnection(options: ConnectionOptions, connected: Connected): undefined {
      const { host = 'localhost', port = 443 } = options;
      const tunnel = openTunnel(proxy, host, Number(port), timeoutMillis);
      opening.add(tunnel);
      tunnel.socket
        .finally(() => opening.delete(tunnel))
        .then(
          (socket) => connected(null, nodeTls().connect({ ...options, socket })),
          (error: Error) => connected(error),
        );
    }

    override destroy(): void {
      for (const tunnel of opening) tunnel.cancel();
      super.destroy();
    }
  }
  return new TunnelAgent(options);
}
