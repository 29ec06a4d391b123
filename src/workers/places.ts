import type { MetricsServer } from '../http/metrics-server.js';
import type { ListeningSocket, LocalSocket } from './local-socket.js';
import type { Channel } from './messages.js';
import type { ClaimedPlace, Place, TakenPlace } from './place.js';

/** The port of the page: whoever binds it serves for all. */
export class PortPlace implements Place {
  private starting: MetricsServer | undefined;

  /** @param start - starts to bind the port; the first attempt is made at once */
  constructor(
    private readonly start: () => MetricsServer,
    private readonly local: LocalSocket,
    private readonly warn: (message: string) => void,
  ) {
    this.starting = start();
  }

  async claim(): Promise<ClaimedPlace | TakenPlace> {
    const server = (this.starting ??= this.start());
    try {
      const { url } = await server.ready;
      return new Claimed(server, url, this.listen(), () => this.listen());
    } catch (error) {
      void server.close();
      if ((error as NodeJS.ErrnoException).code === 'EADDRINUSE') return { takenBecause: error };
      throw error;
    } finally {
      this.starting = undefined;
    }
  }

  connect(): Promise<Channel> {
    return this.local.connect();
  }

  async abandon(): Promise<void> {
    await this.starting?.close();
  }

  /** The file there is of a process that has ended, since it is this one that has the port. */
  private listen(): ListeningSocket | undefined {
    try {
      return this.local.listen(true);
    } catch (error) {
      this.warn(`other processes of this service cannot report to this one (${String(error)}).`);
      return undefined;
    }
  }
}

/** A server of the host, which every process of the group has: whoever has the local socket serves for all. */
export class HostServerPlace implements Place {
  /** @param server - the page on it, which stays where it is whoever serves */
  constructor(
    private readonly server: MetricsServer,
    private readonly local: LocalSocket,
  ) {}

  async claim(): Promise<ClaimedPlace | TakenPlace> {
    const { url } = await this.server.ready;
    try {
      return new Claimed(undefined, url, this.local.listen(false));
    } catch (error) {
      if (!isThere(error)) throw error;
    }
    try {
      (await this.local.connect()).close();
      return { takenBecause: new Error('another process has the local socket') };
    } catch {
      return new Claimed(undefined, url, this.local.listen(true)); // nobody listens there any more
    }
  }

  connect(): Promise<Channel> {
    return this.local.connect();
  }

  abandon(): Promise<void> {
    return this.server.close();
  }
}

function isThere(error: unknown): boolean {
  const { code } = error as NodeJS.ErrnoException;
  return code === 'EEXIST' || code === 'EADDRINUSE';
}

class Claimed implements ClaimedPlace {
  readonly succeeds: boolean;
  private onChannel: (channel: Channel) => void = (channel) => channel.close();

  /** @param renew - listens anew, where the place is ours whatever became of the local socket */
  constructor(
    private readonly server: MetricsServer | undefined,
    readonly url: string,
    private local: ListeningSocket | undefined,
    private readonly renew?: () => ListeningSocket | undefined,
  ) {
    this.succeeds = local?.succeeds ?? false;
  }

  listen(onChannel: (channel: Channel) => void): void {
    this.onChannel = onChannel;
    this.local?.listen(onChannel);
  }

  async isHeld(): Promise<boolean> {
    if (this.local === undefined || (await this.local.isFound())) return true;
    if (this.renew === undefined) return false;
    this.local.stop();
    this.local = this.renew();
    this.local?.listen(this.onChannel);
    return true;
  }

  async release(leavesMark: boolean): Promise<void> {
    await Promise.all([this.local?.close(leavesMark), this.server?.close()]);
  }
}
