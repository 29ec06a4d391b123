import { Agent } from 'node:http';
import { Agent as TlsAgent, type AgentOptions as TlsAgentOptions } from 'node:https';
import type { Socket } from 'node:net';
import { connect as tlsConnect, type ConnectionOptions } from 'node:tls';
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
    return proxy ? new TunnelAgent(proxy, options, timeoutMillis) : new TlsAgent(options);
  }
  return proxy?.protocol === 'https:' ? new TlsAgent(options) : new Agent(options);
}

type Connected = (error: Error | null, socket?: Socket) => void;

/** TLS to the receiver inside of a tunnel through a proxy. */
class TunnelAgent extends TlsAgent {
  private readonly opening = new Set<Tunnel>();

  constructor(
    private readonly proxy: URL,
    options: TlsAgentOptions,
    private readonly timeoutMillis: number,
  ) {
    super(options);
  }

  /** Of the agent's own contract: gives the socket to `connected`, since it is not there at once. */
  createConnection(options: ConnectionOptions, connected: Connected): undefined {
    const { host = 'localhost', port = 443 } = options;
    const tunnel = openTunnel(this.proxy, host, Number(port), this.timeoutMillis);
    this.opening.add(tunnel);
    tunnel.socket
      .finally(() => this.opening.delete(tunnel))
      .then(
        (socket) => connected(null, tlsConnect({ ...options, socket })),
        (error: Error) => connected(error),
      );
  }

  override destroy(): void {
    for (const tunnel of this.opening) tunnel.cancel();
    super.destroy();
  }
}
