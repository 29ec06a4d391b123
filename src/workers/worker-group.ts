import type { DropLog } from '../diagnostics/drop-log.js';
import type { PageRequest, ExpositionPage } from '../exposition/exposition-source.js';
import type { PageContent } from '../exposition/page-content.js';
import { Aggregator } from './aggregator.js';
import { Follower } from './follower.js';
import { GroupState } from './group-state.js';
import type { HostGauges } from './merged-page.js';
import type { Member } from './messages.js';
import type { ClaimedPlace, Place, TakenPlace } from './place.js';
import type { Scheduler } from './scheduler.js';
import { SeriesBudget } from './series-state.js';
import type { WorkerSource } from './worker-source.js';

/** Time between two reports: what a process loses that is killed. */
export const REPORT_MILLIS = 800;
/** Intervals between two looks at whether the place is still ours. */
const TICKS_PER_LOOK = 5;
/** How long a start waits for the one that serves, before it says that it cannot. */
const PATIENCE_MILLIS = 1000;
/** The first waiting time between two attempts, and the longest. */
const FIRST_RETRY_MILLIS = 10;
const MOST_PATIENT_MILLIS = 200;
const LAST_RETRY_MILLIS = 15_000;
/** How much later than the first standby others try to take over. */
const STANDBY_STEP_MILLIS = 60;
const OTHERS_STEP_MILLIS = 200;
/** Bytes that the series of all processes may take, by estimate: those of some ten ordinary workers take one million. */
const MAX_BYTES = 64 * 1024 * 1024;

export interface WorkerGroupOptions {
  readonly self: Member;
  readonly service: string;
  readonly source: WorkerSource;
  readonly gauges: HostGauges;
  readonly place: Place;
  readonly drops: DropLog;
  readonly scheduler: Scheduler;
  readonly isRunning: (pid: number) => boolean;
  readonly pageTimeoutMillis: number;
  /** Makes a page of what was collected here. */
  readonly openPage: (request: PageRequest) => Promise<ExpositionPage>;
}

/** What a process is in its group. */
type Role =
  | { readonly is: 'aggregator'; readonly aggregator: Aggregator; readonly place: ClaimedPlace }
  | { readonly is: 'follower'; readonly follower: Follower };

/**
 * The processes of one service that share a page. Whoever holds the place serves for all; the others report to it, and
 * take its place when it ends.
 */
export class WorkerGroup {
  /** Resolves with the page's URL when this process serves it or has found who does; rejects where neither is so. */
  readonly ready: Promise<string | undefined>;
  private role: Role | undefined;
  private ended = false;
  private onPlaceLost: () => void = () => {};
  private readonly budget = new SeriesBudget(MAX_BYTES);
  private setReady: (url: string | undefined) => void = () => {};
  private setFailed: (error: unknown) => void = () => {};

  constructor(private readonly options: WorkerGroupOptions) {
    this.ready = new Promise((resolve, reject) => {
      this.setReady = resolve;
      this.setFailed = reject;
    });
    this.ready.catch(() => {});
  }

  get is(): Role['is'] | undefined {
    return this.role?.is;
  }

  /** Takes part, until `leave()`. */
  start(): void {
    void this.takePart();
    const tick = (): void => {
      if (this.ended) return;
      this.tick(++ticks);
      this.options.scheduler.after(REPORT_MILLIS, tick);
    };
    let ticks = 0;
    this.options.scheduler.after(REPORT_MILLIS, tick);
  }

  /** How the page of all processes comes about here; undefined where it is that of this process alone. */
  page():
    { readonly collect: () => Promise<PageContent> } | { readonly fetch: Follower['page'] } | undefined {
    const { role } = this;
    if (role?.is === 'follower') return { fetch: (request) => role.follower.page(request) };
    if (role === undefined || role.aggregator.isAlone) return undefined;
    return { collect: () => role.aggregator.collect() };
  }

  /** Hands over what the others do not know yet. Never rejects. */
  async flush(): Promise<void> {
    const { role } = this;
    if (role?.is === 'follower') await role.follower.report();
    if (role?.is === 'aggregator') await role.aggregator.tick();
  }

  /** Hands the last values over, and parts. Never rejects. */
  async leave(deadlineMillis: number): Promise<void> {
    this.ended = true;
    const { role } = this;
    this.role = undefined;
    if (role?.is === 'follower') return role.follower.leave(deadlineMillis);
    if (role === undefined) return this.options.place.abandon().catch(() => {});
    const { aggregator, place } = role;
    await aggregator.handOver(deadlineMillis);
    await place.release(aggregator.hasFollowers).catch(() => {});
    aggregator.close();
  }

  /** The same at once, in the last turn of the process. */
  leaveAtOnce(): void {
    const { role } = this;
    if (role?.is === 'follower') role.follower.leaveAtOnce();
    if (role?.is === 'aggregator') role.aggregator.leaveAtOnce();
  }

  private tick(ticks: number): void {
    const { role } = this;
    if (role?.is === 'follower') void role.follower.report();
    if (role?.is !== 'aggregator') return;
    void role.aggregator.tick();
    if (ticks % TICKS_PER_LOOK === 1) void this.checkPlace(role);
  }

  /** Serves or follows, again and again, until it is ended. */
  private async takePart(): Promise<void> {
    const { scheduler, place } = this.options;
    let copy: GroupState | undefined;
    let tries = new Tries(scheduler);
    while (!this.ended) {
      let claim: ClaimedPlace | TakenPlace;
      try {
        claim = await place.claim();
      } catch (error) {
        return this.setFailed(error);
      }
      if (!('takenBecause' in claim)) {
        copy = await this.serve(claim, copy);
        tries = new Tries(scheduler);
        continue;
      }
      const follower = await this.follow(copy);
      if (follower !== undefined) {
        copy = follower.copy;
        tries = new Tries(scheduler);
        await this.sleep(Math.min(follower.rank * STANDBY_STEP_MILLIS, OTHERS_STEP_MILLIS));
        continue;
      }
      if (tries.areMany) this.setFailed(claim.takenBecause);
      await this.sleep(tries.next());
    }
  }

  /** Serves for all, until the place is lost; then gives the state of the group. */
  private async serve(place: ClaimedPlace, copy: GroupState | undefined): Promise<GroupState | undefined> {
    const { options } = this;
    if (this.ended) {
      await place.release(false).catch(() => {});
      return undefined;
    }
    const { drops } = options;
    const state = copy ?? this.emptyState();
    state.refused = (series) => drops.dropped('metrics', 'workers', 'series', REFUSED_SERIES, series);
    const aggregator = new Aggregator({
      ...options,
      state,
      emptyState: () => this.emptyState(),
      url: place.url,
      succeeds: place.succeeds,
      refused: (why) =>
        drops.dropped(
          'metrics',
          'workers',
          why,
          `another process was not taken into the page of all: ${why}.`,
        ),
    });
    const lost = new Promise<void>((resolve) => (this.onPlaceLost = resolve));
    this.role = { is: 'aggregator', aggregator, place };
    place.listen((channel) => aggregator.accept(channel));
    this.setReady(place.url);
    await lost;
    this.role = undefined;
    aggregator.close();
    await place.release(true).catch(() => {});
    return state;
  }

  /** Follows the one that serves, until it is gone; undefined where this process is not taken. */
  private async follow(copy: GroupState | undefined): Promise<Follower | undefined> {
    const { options } = this;
    const channel = await options.place.connect().catch(() => undefined);
    if (channel === undefined) return undefined;
    const emptyState = (): GroupState => this.emptyState();
    const follower = new Follower(channel, { ...options, copy, emptyState });
    const { welcome, why } = await follower.received;
    if (welcome === undefined || this.ended) {
      follower.close();
      if (why !== '') {
        const message = `the process that serves the page did not take this one: ${why}; it is tried again.`;
        options.drops.warn(`workers/${why}`, message);
      }
      return undefined;
    }
    this.role = { is: 'follower', follower };
    this.setReady(welcome.url ?? undefined);
    await follower.ended;
    this.role = undefined;
    return follower;
  }

  private async checkPlace({ place }: Extract<Role, { is: 'aggregator' }>): Promise<void> {
    const isHeld = await place.isHeld().catch(() => true);
    if (!isHeld) this.onPlaceLost();
  }

  private emptyState(): GroupState {
    return new GroupState(this.budget);
  }

  private sleep(millis: number): Promise<void> {
    return new Promise((resolve) => void this.options.scheduler.after(millis, resolve));
  }
}

const REFUSED_SERIES =
  'the page of all processes has no room for more series; those past its limit are missing, or counted as one.';

/** Attempts to find who serves, first often and then seldom. */
class Tries {
  private readonly since: number;
  private millis = FIRST_RETRY_MILLIS;

  constructor(private readonly scheduler: Scheduler) {
    this.since = scheduler.now();
  }

  get areMany(): boolean {
    return this.scheduler.now() - this.since >= PATIENCE_MILLIS;
  }

  /** How long to wait for the next. */
  next(): number {
    const { millis } = this;
    this.millis = Math.min(millis * 1.7, this.areMany ? LAST_RETRY_MILLIS : MOST_PATIENT_MILLIS);
    return millis;
  }
}
