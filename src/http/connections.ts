import type { Server, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import { type Clock, monotonicClock } from '../common/clock.js';
import { after, holdingAfter, type Stop } from '../common/timers.js';
import type { EndpointLog } from '../diagnostics/endpoint-log.js';

/** A scraper needs one socket, a probe another. Past these, a new socket takes the place of one that asks for nothing. */
const MAX_SOCKETS = 64;
/** Further sockets, where none of the others can go. Each is closed with its answer. */
const RESERVE = 32;

/** Where sockets press, a request must be complete within this time of its connection, and its TLS handshake too. */
const SLOW_HEAD_MILLIS = 1000;
/** Where sockets press, no answer may take longer: the usual scraper has gone by then. */
const SLOW_ANSWER_MILLIS = 10_000;
/** No answer may take longer in any case, however slowly the client reads. */
const ANSWER_DEADLINE_MILLIS = 60_000;

/** An answer under way. */
interface Answer {
  readonly startedAt: number;
  /** Takes its deadline back. */
  readonly stop: Stop;
}

/** A socket, and what is known of it. */
interface Held {
  /** The one that was accepted. */
  readonly socket: Socket;
  /** The one that HTTP reads; with TLS that is another, once the handshake is done. */
  reads: Socket | undefined;
  readonly answers: Map<ServerResponse, Answer>;
  /** When it was connected or its last answer ended. */
  freeSince: number;
  /** Bytes that had been read by then: with more of them, a request has begun. */
  bytesThen: number;
  /** Whether it has had an answer. */
  wasAnswered: boolean;
  /** Whether it closes with its answer. */
  ends: boolean;
}

/**
 * The sockets of one server and the answers under way on them. A new socket always finds room, unless as many as there
 * may be wait for us: the one that has been idle for longest goes, or else the slowest.
 *
 * Sockets are unref'd: a scraper's idle connection must not keep a process alive that has nothing else to do.
 */
export class ServerConnections {
  readonly #sockets = new Set<Held>();
  /** By the socket that HTTP reads. */
  readonly #held = new Map<Socket, Held>();
  /** Sockets whose TLS handshake is under way, by the client's address and port. */
  readonly #shaking = new Map<string, Held>();
  #draining = false;
  #onDrained: () => void = () => undefined;

  constructor(
    private readonly server: Server,
    private readonly log: EndpointLog,
    private readonly clock: Clock = monotonicClock,
  ) {
    const secure = 'setSecureContext' in server;
    server.on('connection', (socket: Socket) => this.#accept(socket, secure));
    if (secure) server.on('secureConnection', (socket: Socket) => this.#secured(socket));
    server.on('request', (request, response) => this.#track(request.socket, response));
  }

  #accept(socket: Socket, secure: boolean): void {
    if (this.#sockets.size >= MAX_SOCKETS && !this.#makeRoom()) {
      this.log.refused('sockets', socket.remoteAddress);
      socket.destroy();
      return;
    }
    socket.unref();
    const held: Held = {
      socket,
      reads: secure ? undefined : socket,
      answers: new Map(),
      freeSince: this.clock(),
      bytesThen: 0,
      wasAnswered: false,
      ends: false,
    };
    this.#sockets.add(held);
    if (secure) this.#shaking.set(peerOf(socket), held);
    else this.#held.set(socket, held);
    socket.once('close', () => this.#forget(held));
  }

  #secured(socket: Socket): void {
    const held = this.#shaking.get(peerOf(socket));
    if (held === undefined) return;
    this.#shaking.delete(peerOf(socket));
    held.reads = socket;
    held.bytesThen = socket.bytesRead;
    this.#held.set(socket, held);
  }

  #forget(held: Held): void {
    this.#sockets.delete(held);
    this.#held.delete(held.reads ?? held.socket);
    for (const [peer, other] of this.#shaking) if (other === held) this.#shaking.delete(peer);
    // An answer that waits for others of its socket never says that it closed.
    for (const { stop } of held.answers.values()) stop();
    held.answers.clear();
    if (this.#draining && !this.#isBusy) this.#onDrained();
  }

  /** Closes the socket that is worth least. False where each has a request that waits for us. */
  #makeRoom(): boolean {
    const full = this.#sockets.size >= MAX_SOCKETS + RESERVE;
    const now = this.clock();
    const oldest = (state: 'idle' | 'slow'): Held | undefined => {
      let found: Held | undefined;
      for (const held of this.#sockets)
        if (
          this.#stateOf(held, now, full) === state &&
          (found === undefined || sinceOf(held) < sinceOf(found))
        )
          found = held;
      return found;
    };
    const idle = oldest('idle');
    const leaving = idle ?? oldest('slow');
    if (leaving === undefined) return !full;
    this.#forget(leaving);
    leaving.reads?.destroy();
    leaving.socket.destroy();
    this.log.evicted(idle ? 'idle' : 'slow');
    return true;
  }

  /** @param full - whether the client has no time at all */
  #stateOf(
    { reads, answers, freeSince, bytesThen }: Held,
    now: number,
    full: boolean,
  ): 'idle' | 'slow' | 'busy' {
    if (answers.size === 0) {
      if (reads !== undefined && reads.bytesRead === bytesThen) return 'idle';
      return full || now - freeSince >= SLOW_HEAD_MILLIS ? 'slow' : 'busy';
    }
    for (const [response, { startedAt }] of answers) {
      const waitsForClient = response.writableLength > 0 || (reads?.writableLength ?? 0) > 0;
      if (now - startedAt >= SLOW_ANSWER_MILLIS || (full && waitsForClient)) return 'slow';
    }
    return 'busy';
  }

  #track(socket: Socket, response: ServerResponse): void {
    const held = this.#held.get(socket);
    if (held === undefined) return; // it has closed
    const stop = after(ANSWER_DEADLINE_MILLIS, () => socket.destroy());
    held.answers.set(response, { startedAt: this.clock(), stop });
    if (this.#sockets.size > MAX_SOCKETS) held.ends = true;
    if (this.#draining || held.ends) endWith(response);
    response.once('close', () => this.#answered(held, response));
  }

  #answered(held: Held, response: ServerResponse): void {
    held.answers.get(response)?.stop();
    held.answers.delete(response);
    held.wasAnswered = true;
    held.freeSince = this.clock();
    held.bytesThen = held.reads?.bytesRead ?? 0;
    if (held.ends) held.reads?.destroySoon();
    if (this.#draining && !this.#isBusy) this.#onDrained();
  }

  /** Whether an answer is under way on it. */
  isAnswering(socket: Socket): boolean {
    return (this.#held.get(socket)?.answers.size ?? 0) > 0;
  }

  /** Has every client connect anew: a socket between two requests closes, any other with its answer. */
  renew(): void {
    this.#end((held) => held.wasAnswered);
  }

  /** @param closes - whether a socket without an answer under way closes at once */
  #end(closes: (held: Held) => boolean): void {
    for (const held of this.#sockets) {
      held.ends = true;
      if (held.answers.size === 0 && closes(held)) (held.reads ?? held.socket).destroy();
      for (const response of held.answers.keys()) endWith(response);
    }
  }

  get #isBusy(): boolean {
    for (const { answers } of this.#sockets) if (answers.size > 0) return true;
    return false;
  }

  /**
   * Stops accepting, closes idle connections at once and the others when their answer is out, or after
   * `graceSeconds`. Never rejects. To be called once.
   */
  async drain(graceSeconds: number): Promise<void> {
    this.#draining = true;
    // close() would cut off every answer that is written but not yet read to its end: for it, such a socket is idle.
    this.server.closeIdleConnections = () => undefined;
    const closed = new Promise<void>((resolve) => this.server.close(() => resolve()));
    this.#end(() => true);
    if (this.#isBusy) await this.#answersOr(graceSeconds);

    for (const { socket, reads } of this.#sockets) {
      reads?.destroy();
      socket.destroy();
    }
    await closed;
  }

  /** The timer keeps the process alive: one that awaits the drain must not end before it. */
  #answersOr(graceSeconds: number): Promise<void> {
    return new Promise((resolve) => {
      const stop = holdingAfter(graceSeconds * 1000, resolve);
      this.#onDrained = () => {
        stop();
        resolve();
      };
    });
  }
}

/** Since when it is as it is: an answer under way, or a time without one. */
function sinceOf({ answers, freeSince }: Held): number {
  return answers.size === 0
    ? freeSince
    : Math.min(...Array.from(answers.values(), ({ startedAt }) => startedAt));
}

/** Tells the client that this answer is the last on its connection. */
function endWith(response: ServerResponse): void {
  if (!response.headersSent) response.setHeader('Connection', 'close');
}

function peerOf({ remoteAddress, remotePort }: Socket): string {
  return `${remoteAddress} ${remotePort}`;
}
