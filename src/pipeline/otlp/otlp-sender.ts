import { promisify } from 'node:util';
import { type Clock, monotonicClock } from '../../common/clock.js';
import { nodeZlib } from '../../common/late-modules.js';
import { after, nextTurn, soon } from '../../common/timers.js';
import { publicMessage } from '../../diagnostics/redaction.js';
import { withoutTracing } from '../context/suppress-tracing.js';
import { failureOf } from './connection-errors.js';
import { GrpcTransport } from './grpc-transport.js';
import { HttpTransport } from './http-transport.js';
import type { OtlpTarget } from './otlp-target.js';
import { waitBefore } from './retry.js';
import type { Answer, Transport } from './transport.js';

/** What became of one message. */
export type Delivery =
  | {
      readonly outcome: 'delivered';
      /** Items of it that the receiver did not take. */
      readonly rejected: number;
      readonly reason?: string;
    }
  | { readonly outcome: 'too_large' }
  | { readonly outcome: 'failed'; readonly reason: string };

export interface SendOptions {
  /** Gives up what is sent. */
  readonly signal?: AbortSignal;
  /** Whether the process ends: an endpoint where nobody is is not tried again then. */
  readonly ending?: () => boolean;
}

/** Waits so long, or until `signal` aborts; resolves in both cases. */
export type Wait = (millis: number, signal: AbortSignal) => Promise<void>;

export interface SenderOptions {
  readonly clock?: Clock;
  readonly random?: () => number;
  readonly wait?: Wait;
}

/** Longest time after which a wait for the next attempt asks whether the process ends. */
const LOOK_MILLIS = 50;

/**
 * Sends messages to one target, with retries, each by a deadline of its own that nothing a receiver does can move. Nothing
 * of it keeps the process alive: whoever wants the process to wait for a delivery has to hold it.
 */
export class OtlpSender {
  private readonly transport: Transport;
  private readonly clock: Clock;
  private readonly random: () => number;
  private readonly wait: Wait;
  private readonly hide: (text: string) => string;
  private readonly inFlight = new Set<(reason: string) => void>();
  private closed = false;
  private last: string | undefined;

  constructor(
    readonly target: OtlpTarget,
    options: SenderOptions = {},
  ) {
    const { clock = monotonicClock, random = Math.random, wait = waitUnlessAborted } = options;
    this.clock = clock;
    this.random = random;
    this.wait = wait;
    this.hide = hiddenIn(target);
    this.transport =
      target.protocol === 'grpc' ? new GrpcTransport(target, clock) : new HttpTransport(target, clock);
  }

  /**
   * Sends one message. Never rejects, never throws; settles at the latest after the timeout of the target, or when `signal`
   * aborts.
   */
  send(message: Uint8Array, { signal, ending = () => false }: SendOptions = {}): Promise<Delivery> {
    if (this.closed) return Promise.resolve(failedBy('the sender is closed'));
    const { timeoutMillis } = this.target;
    const aborted = new AbortController();
    const progress: Progress = { last: undefined };
    return new Promise((resolve) => {
      let given: string | undefined; // why it was given up
      const settle = (delivery: Delivery): void => {
        stop();
        signal?.removeEventListener('abort', onAbort);
        this.inFlight.delete(giveUp);
        if (given === undefined || delivery.outcome !== 'failed') return resolve(delivery);
        resolve(failedBy(progress.last === undefined ? given : `${given}; before: ${progress.last}`));
      };
      const giveUp = (reason: string): void => {
        given ??= reason;
        aborted.abort();
        soon(() => settle(failedBy(reason))); // of an answer that has come in part, the status may count
      };
      const onAbort = (): void => giveUp('given up');
      // What came while the event loop stood still is read before it is said that nothing came.
      const late = (): void => giveUp(`no answer within ${timeoutMillis} ms`);
      const stop = after(timeoutMillis, () => void nextTurn().then(late));
      this.inFlight.add(giveUp);
      signal?.addEventListener('abort', onAbort, { once: true });
      if (signal?.aborted) return onAbort();
      const deadline = this.clock() + timeoutMillis;
      const course = { signal: aborted.signal, deadline, ending, progress };
      const attempts = async (): Promise<Delivery> => withoutTracing(() => this.attempts(message, course));
      attempts().then(settle, (error) => settle(failedBy(publicMessage(error))));
    });
  }

  /** Why the last attempt failed, of what is in flight; undefined where it did not. */
  get lastFailure(): string | undefined {
    return this.inFlight.size > 0 ? this.last : undefined;
  }

  /** Gives up what is in flight and closes the sockets. */
  close(): void {
    this.closed = true;
    for (const giveUp of [...this.inFlight]) giveUp('the sender was closed');
    this.transport.close();
  }

  private async attempts(message: Uint8Array, course: Course): Promise<Delivery> {
    const { signal, deadline, ending, progress } = course;
    const body = this.target.compression === 'gzip' ? await promisify(nodeZlib().gzip)(message) : message;
    for (let attempt = 1, again = true; ; attempt++) {
      const answer = await this.attempt(body, signal, deadline - this.clock());
      this.last = undefined;
      if (answer.kind === 'delivered') {
        const { rejected, reason } = answer;
        return { outcome: 'delivered', rejected, ...(reason && { reason: this.hide(reason) }) };
      }
      if (answer.kind === 'too_large') return { outcome: 'too_large' };

      if (signal.aborted) return failedBy(answer.reason);
      const reason = (this.last = progress.last = this.hide(answer.reason));
      if (answer.retry === 'never' || (answer.unreachable && ending())) return failedBy(reason);
      if (answer.retry === 'now' && again) {
        again = false;
        continue;
      }
      const wait = waitBefore(attempt + 1, answer.retryAfterMillis, this.random);
      if (this.clock() + wait >= deadline) return failedBy(`${reason}, at attempt ${attempt}`);
      await this.waitFor(wait, signal, answer.unreachable ? ending : () => false);
      if (signal.aborted) return failedBy(reason);
    }
  }

  private async attempt(body: Uint8Array, signal: AbortSignal, remainingMillis: number): Promise<Answer> {
    try {
      return await this.transport.attempt({ body, signal, remainingMillis });
    } catch (error) {
      return failureOf(error);
    }
  }

  /** Waits, but not on where nobody was and the process ends. */
  private async waitFor(millis: number, signal: AbortSignal, ending: () => boolean): Promise<void> {
    const until = this.clock() + millis;
    for (let left = millis; left > 0 && !signal.aborted && !ending(); left = until - this.clock()) {
      await this.wait(Math.min(left, LOOK_MILLIS), signal);
    }
  }
}

/** How far a message has come. */
interface Progress {
  last: string | undefined;
}

interface Course {
  readonly signal: AbortSignal;
  readonly deadline: number;
  readonly ending: () => boolean;
  readonly progress: Progress;
}

function failedBy(reason: string): Delivery {
  return { outcome: 'failed', reason };
}

const waitUnlessAborted: Wait = (millis, signal) =>
  new Promise((resolve) => {
    const done = (): void => {
      stop();
      signal.removeEventListener('abort', done);
      resolve();
    };
    const stop = after(millis, done);
    signal.addEventListener('abort', done, { once: true });
  });

/** Shorter texts are no secrets, and would blot out half a message. */
const SHORTEST = 6;

/** What takes the credentials of a target out of a text that a receiver may have echoed them in. */
function hiddenIn({ headers, url, proxy }: OtlpTarget): (text: string) => string {
  const secrets = [
    ...Object.values(headers).flatMap((value) => [value, value.replace(/^\S+\s+/, '')]),
    ...url.searchParams.values(),
    ...(proxy ? [proxy.password, proxy.username] : []),
  ].filter((secret) => secret.length >= SHORTEST);
  secrets.sort((a, b) => b.length - a.length);
  return (text) => secrets.reduce((shown, secret) => shown.replaceAll(secret, '***'), text);
}
