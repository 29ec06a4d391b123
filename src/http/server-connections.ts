import type { Server, ServerResponse } from 'node:http';
import { Server as NetServer, type Socket } from 'node:net';

/** No answer may take longer, read by a client however slow. */
const ANSWER_DEADLINE_SECONDS = 60;

/**
 * The sockets of one server and the answers under way on them.
 *
 * Sockets are unref'd: a scraper's idle connection must not keep a process alive that has nothing else to do.
 */
export class ServerConnections {
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();
  readonly #answers = new Map<ServerResponse, Socket>();
  #draining = false;
  #onDrained: () => void = () => undefined;

  constructor(server: Server) {
    this.#server = server;
    server.on('connection', (socket) => {
      socket.unref();
      this.#sockets.add(socket);
      socket.once('close', () => this.#sockets.delete(socket));
    });
    server.on('request', (request, response) => this.#track(request.socket, response));
  }

  #track(socket: Socket, response: ServerResponse): void {
    const deadline = setTimeout(() => socket.destroy(), ANSWER_DEADLINE_SECONDS * 1000).unref();
    this.#answers.set(response, socket);
    if (this.#draining) response.shouldKeepAlive = false;
    response.once('close', () => {
      clearTimeout(deadline);
      this.#answers.delete(response);
      if (!this.#draining) return;
      socket.destroySoon();
      if (this.#answers.size === 0) this.#onDrained();
    });
  }

  /**
   * Stops accepting, closes idle connections at once and the others when their answer is out, or after
   * `graceSeconds`. Never rejects. To be called once.
   */
  async drain(graceSeconds: number): Promise<void> {
    this.#draining = true;
    // http's own close() would also cut off every answer that is written but not yet read to its end.
    NetServer.prototype.close.call(this.#server);
    const busy = new Set(this.#answers.values());
    for (const socket of this.#sockets) if (!busy.has(socket)) socket.destroy();
    for (const response of this.#answers.keys()) response.shouldKeepAlive = false;
    if (this.#answers.size > 0) await this.#answersOr(graceSeconds);

    for (const socket of this.#sockets) socket.destroy();
    // Now http's close() too, which stops the timer that watches for late requests.
    await new Promise<void>((resolve) => this.#server.close(() => resolve()));
  }

  /** The timer is ref'd: a process that awaits the drain must not end before it. */
  #answersOr(graceSeconds: number): Promise<void> {
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, graceSeconds * 1000);
      this.#onDrained = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }
}
