import { useEffect, useState } from 'preact/hooks';
import type { LiveEvent, LiveSpan, LiveState } from '../src/live/live-messages.js';
import { quantile, since, sum } from './format.js';

const MAX_POINTS = 180;
const MAX_EVENTS = 250;
const MAX_SPANS = 600;
/** Readings that a quantile is taken over. */
const WINDOW = 15;
const RETRY_MILLIS = 2000;
/** A stream ends now and then, and the next begins at once: that is no loss. */
const LOST_MILLIS = 1500;
const HIDDEN_MILLIS = 60_000;

export type Connection = 'connecting' | 'live' | 'lost';

/** What one reading adds to the charts. */
export interface Point {
  readonly at: number;
  readonly allowed: number;
  readonly denied: number;
  readonly failed: number;
  readonly p50: number | undefined;
  readonly p95: number | undefined;
  readonly p99: number | undefined;
}

export interface Model {
  readonly connection: Connection;
  readonly restarts: number;
  readonly state: LiveState | undefined;
  readonly points: readonly Point[];
  /** The newest first. */
  readonly events: readonly LiveEvent[];
  readonly spans: readonly LiveSpan[];
}

const EMPTY: Model = {
  connection: 'connecting',
  restarts: 0,
  state: undefined,
  points: [],
  events: [],
  spans: [],
};

/** What the process told since the page was opened. */
class Store {
  model = EMPTY;
  private run = '';
  private states: LiveState[] = [];
  private source: EventSource | undefined;
  private lostTimer = 0;
  private readonly listeners = new Set<() => void>();

  listen(listener: () => void): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  connect(): void {
    this.close();
    const source = new EventSource(location.pathname + location.search);
    this.source = source;
    const on = <T>(name: string, take: (data: T) => void): void =>
      source.addEventListener(name, (event) => {
        this.isLive();
        take(JSON.parse((event as MessageEvent<string>).data) as T);
      });
    on<{ run: string }>('hello', ({ run }) => this.greet(run));
    on<LiveState>('state', (state) => this.takeState(state));
    on<LiveEvent[]>('events', (events) => {
      const last = this.model.events[0]?.seq ?? 0;
      const fresh = events.filter(({ seq }) => seq > last).reverse();
      this.change({ events: [...fresh, ...this.model.events].slice(0, MAX_EVENTS) });
    });
    on<LiveSpan[]>('spans', (spans) => {
      const last = this.model.spans.at(-1)?.seq ?? 0;
      this.change({
        spans: [...this.model.spans, ...spans.filter(({ seq }) => seq > last)].slice(-MAX_SPANS),
      });
    });
    source.addEventListener('error', () => {
      this.lostTimer ||= window.setTimeout(() => this.change({ connection: 'lost' }), LOST_MILLIS);
      // The browser tries again by itself, unless the answer was no stream.
      if (source.readyState === EventSource.CLOSED)
        window.setTimeout(() => this.source === source && this.connect(), RETRY_MILLIS);
    });
  }

  close(): void {
    this.source?.close();
    this.source = undefined;
  }

  get closed(): boolean {
    return this.source === undefined;
  }

  private isLive(): void {
    window.clearTimeout(this.lostTimer);
    this.lostTimer = 0;
    if (this.model.connection !== 'live') this.change({ connection: 'live' });
  }

  private greet(run: string): void {
    if (this.run === run) return;
    const restarts = this.model.restarts + (this.run === '' ? 0 : 1);
    this.run = run;
    this.states = [];
    this.change({ ...EMPTY, connection: 'live', restarts });
  }

  private takeState(state: LiveState): void {
    const before = this.states.at(-1);
    this.states = [...this.states, state].slice(-WINDOW);
    if (before === undefined || state.at <= before.at) return this.change({ state });
    const passed = (state.at - before.at) / 1000;
    const perSecond = (of: (state: LiveState) => number): number =>
      Math.max(0, of(state) - of(before)) / passed;
    const checks = since(state.latency.check, this.states[0]?.latency.check);
    const point: Point = {
      at: state.at / 1000,
      allowed: perSecond(({ requests }) => requests['success'] ?? 0),
      denied: perSecond(({ requests }) => requests['denied'] ?? 0),
      failed: perSecond(({ requests }) => (requests['error'] ?? 0) + (requests['unknown'] ?? 0)),
      p50: quantile(checks, 0.5),
      p95: quantile(checks, 0.95),
      p99: quantile(checks, 0.99),
    };
    this.change({ state, points: [...this.model.points, point].slice(-MAX_POINTS) });
  }

  private change(part: Partial<Model>): void {
    this.model = { ...this.model, ...part };
    for (const listener of this.listeners) listener();
  }
}

const store = new Store();
let hiddenTimer = 0;

/** Begins, and pauses where nobody has looked for a minute. */
export function start(): void {
  store.connect();
  document.addEventListener('visibilitychange', () => {
    window.clearTimeout(hiddenTimer);
    if (document.hidden) hiddenTimer = window.setTimeout(() => store.close(), HIDDEN_MILLIS);
    else if (store.closed) store.connect();
  });
}

/** The model, drawn at most once a frame; a paused page keeps the one it shows. */
export function useModel(paused: boolean): Model {
  const [model, setModel] = useState(store.model);
  useEffect(() => {
    if (paused) return undefined;
    let frame = 0;
    const draw = (): void => {
      frame = 0;
      setModel(store.model);
    };
    draw();
    const stop = store.listen(() => (frame ||= requestAnimationFrame(draw)));
    return () => {
      stop();
      cancelAnimationFrame(frame);
    };
  }, [paused]);
  return model;
}

export const requestsOf = ({ requests }: LiveState): number => sum(requests);
