import { randomUUID } from 'node:crypto';
import { after, type Stop } from '../common/timers.js';
import type { PageContent } from '../exposition/page-content.js';
import { LiveEvents } from './live-events.js';
import type { LiveSpans } from './live-spans.js';
import { liveState, type Surroundings } from './live-state.js';
import { Viewer } from './viewer.js';

/** Pages that are shown at the same time. */
const MAX_VIEWERS = 8;
/** Between two readings; a reading that takes long makes it longer, so that reading is a twentieth of the time at most. */
const READ_MILLIS = 1000;
const READ_SHARE = 20;
const MAX_READ_MILLIS = 30_000;
/** From an event until it is told, with others that come meanwhile. */
const TELL_MILLIS = 100;
/** After the last viewer has gone: most are only connecting anew. */
const LINGER_MILLIS = 3000;

/** Where the numbers come from; undefined where the host keeps them itself. */
export interface LiveSource {
  content(): Promise<PageContent>;
  recorded(): PageContent | undefined;
  contentRead(): void;
}

export interface LiveFeedOptions {
  readonly source: LiveSource | undefined;
  readonly spans: LiveSpans;
  readonly surroundings: () => Surroundings;
  /** Whether the last events are kept while nobody looks. */
  readonly keepsEvents: boolean;
  /** Milliseconds since the epoch. @defaultValue Date.now */
  readonly now?: () => number;
  /** @defaultValue a timer that keeps no process alive */
  readonly after?: (millis: number, act: () => void) => Stop;
}

/** What is told to all who look at the page. While nobody looks it reads nothing and has no timer. */
export class LiveFeed {
  /** Tells one process from the next at the same address. */
  readonly run = randomUUID();
  readonly events: LiveEvents;
  readonly spans: LiveSpans;
  /** The last reading as JSON, and its number. */
  state: { readonly seq: number; readonly json: string } = { seq: 0, json: '' };
  private readonly viewers = new Set<Viewer>();
  private readonly now: () => number;
  private readonly after: (millis: number, act: () => void) => Stop;
  private reading: Promise<void> | undefined;
  /** Counts the times that reading began or ended: what belongs to another time does nothing. */
  private times = 0;
  private stopReading: Stop | undefined;
  private stopLingering: Stop | undefined;
  private isReading = false;
  private telling = false;
  private ended = false;

  constructor(private readonly options: LiveFeedOptions) {
    this.spans = options.spans;
    this.now = options.now ?? Date.now;
    this.after = options.after ?? after;
    this.events = new LiveEvents({
      now: this.now,
      keeps: options.keepsEvents,
      changed: () => this.tellSoon(),
    });
  }

  get watched(): boolean {
    return this.viewers.size > 0;
  }

  /** Undefined where there is no room for another viewer, or the process is about to end. */
  join(): Viewer | undefined {
    if (this.ended || this.viewers.size >= MAX_VIEWERS) return undefined;
    const viewer = new Viewer(this, this.now, this.after, () => this.left(viewer));
    this.viewers.add(viewer);
    this.stopLingering?.();
    this.stopLingering = undefined;
    this.events.watched = this.spans.watching = true;
    if (!this.isReading) this.beginReading();
    return viewer;
  }

  /** What a viewer is told first, for whoever cannot be told more. Never rejects. */
  async last(): Promise<string> {
    await this.readOnce();
    const viewer = this.join();
    const { value } = (await viewer?.next()) ?? {};
    viewer?.close();
    return value === undefined ? '' : Buffer.from(value).toString();
  }

  /** Ends what is told. */
  end(): void {
    this.ended = true;
    for (const viewer of this.viewers) viewer.close();
    this.stopLingering?.();
    this.stop();
  }

  private left(viewer: Viewer): void {
    if (!this.viewers.delete(viewer) || this.watched) return;
    this.stopLingering = this.after(LINGER_MILLIS, () => this.stop());
  }

  private stop(): void {
    this.stopLingering = undefined;
    this.endReading();
    this.events.watched = this.spans.watching = false;
  }

  private beginReading(): void {
    this.isReading = true;
    this.read(++this.times);
  }

  private endReading(): void {
    this.isReading = false;
    this.times++;
    this.stopReading?.();
  }

  private read(times: number): void {
    const startedAt = this.now();
    void this.readOnce().then(() => {
      if (times !== this.times) return;
      const wait = Math.min(MAX_READ_MILLIS, Math.max(READ_MILLIS, (this.now() - startedAt) * READ_SHARE));
      this.stopReading = this.after(wait, () => this.read(times));
    });
  }

  /** Those at the same time share one. Never rejects. */
  private readOnce(): Promise<void> {
    return (this.reading ??= this.makeState().finally(() => (this.reading = undefined)));
  }

  private async makeState(): Promise<void> {
    const { source, surroundings } = this.options;
    try {
      let failed = false;
      const content =
        (await source?.content().catch(() => {
          failed = true;
          return source.recorded();
        })) ?? NOTHING;
      const state = liveState(content, this.now(), this.events.agents, surroundings(), failed);
      source?.contentRead();
      this.state = { seq: this.state.seq + 1, json: JSON.stringify(state) };
    } catch {
      // The page shows the last reading, and how old it is.
    }
    for (const viewer of this.viewers) viewer.wake();
  }

  private tellSoon(): void {
    if (this.telling) return;
    this.telling = true;
    this.after(TELL_MILLIS, () => {
      this.telling = false;
      for (const viewer of this.viewers) viewer.wake();
    });
  }
}

const NOTHING: PageContent = { streams: [], resource: {} };
