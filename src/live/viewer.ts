import type { Stop } from '../common/timers.js';
import type { LiveFeed } from './live-feed.js';

/** One stream ends before the server's own time for an answer, and the page asks again at once. */
const LIFE_MILLIS = 45_000;
/** A client that has not taken what it was sent for so long is dropped. */
const SLOW_MILLIS = 15_000;
/** A comment, when there has been nothing to tell for so long: proxies close what is silent. */
const SILENT_MILLIS = 10_000;

const DONE = { done: true, value: undefined } as const;

/**
 * What one page is told, as server-sent events. Nothing is queued for it: when it has taken what it was sent, it gets what
 * has come since, or the last of it where that is too much.
 *
 * https://html.spec.whatwg.org/multipage/server-sent-events.html#parsing-an-event-stream
 */
export class Viewer implements AsyncIterableIterator<Uint8Array, undefined> {
  private closed = false;
  private greeted = false;
  private stateSeq = 0;
  private eventSeq = 0;
  private spanSeq = 0;
  private wakeUp: (() => void) | undefined;
  private readonly stopLife: Stop;
  /** That of a client that reads, or of one that should. */
  private stopWaiting: Stop | undefined;

  constructor(
    private readonly feed: Pick<LiveFeed, 'run' | 'state' | 'events' | 'spans'>,
    private readonly now: () => number,
    private readonly after: (millis: number, act: () => void) => Stop,
    private readonly left: () => void,
  ) {
    this.stopLife = after(LIFE_MILLIS, () => this.close());
    this.stopWaiting = after(SLOW_MILLIS, () => this.close());
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  async next(): Promise<IteratorResult<Uint8Array, undefined>> {
    this.stopWaiting?.();
    let silent = false;
    const stopSilence = this.after(SILENT_MILLIS, () => {
      silent = true;
      this.wake();
    });
    try {
      while (!this.closed) {
        const text = this.unsent() || (silent ? ':\n\n' : '');
        if (text !== '') {
          this.stopWaiting = this.after(SLOW_MILLIS, () => this.close());
          return { done: false, value: Buffer.from(text) };
        }
        await new Promise<void>((resolve) => (this.wakeUp = resolve));
      }
      return DONE;
    } finally {
      stopSilence();
    }
  }

  return(): Promise<IteratorResult<Uint8Array, undefined>> {
    this.close();
    return Promise.resolve(DONE);
  }

  /** Something may have come. */
  wake(): void {
    this.wakeUp?.();
    this.wakeUp = undefined;
  }

  close(): void {
    if (this.closed) return;
    this.closed = true;
    this.stopLife();
    this.stopWaiting?.();
    this.left();
    this.wake();
  }

  private unsent(): string {
    const { feed } = this;
    let text = '';
    if (!this.greeted) {
      this.greeted = true;
      text += `retry: 500\n${message('hello', JSON.stringify({ run: feed.run, now: this.now() }))}`;
    }
    if (feed.state.seq > this.stateSeq) {
      this.stateSeq = feed.state.seq;
      text += message('state', feed.state.json);
    }
    const events = feed.events.after(this.eventSeq);
    this.eventSeq = events.at(-1)?.seq ?? this.eventSeq;
    if (events.length > 0) text += message('events', JSON.stringify(events));
    const spans = feed.spans.after(this.spanSeq);
    this.spanSeq = spans.at(-1)?.seq ?? this.spanSeq;
    if (spans.length > 0) text += message('spans', JSON.stringify(spans));
    return text;
  }
}

/** One event of the stream. JSON has no line breaks. */
function message(name: string, json: string): string {
  return `event: ${name}\ndata: ${json}\n\n`;
}
