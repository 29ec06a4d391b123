import { type Change, type Member, type Report, type Version } from './messages.js';
import { type SeriesBudget, SeriesState } from './series-state.js';

/** Streams that are kept of processes that have left: as many as one process may have instruments. */
const MAX_DEPARTED_STREAMS = 5000;
/** Series of one such stream; past it they are one. */
const MAX_DEPARTED_CELLS = 10_000;
/** Share of the room for series that they may take: what is counted now comes first, and each scrape pays for them. */
const DEPARTED_SHARE = 1 / 8;
/** Processes whose counters are folded and that are still known by name. */
const MAX_FOLDED = 1000;

export const NO_VERSION: Version = [0, 0, ''];

/** One process of a group. */
export interface MemberState extends Member {
  readonly series: SeriesState;
  /** Whether it is there. What it counted stays when it has left. */
  live: boolean;
}

/**
 * What a group of processes has reported: of each its series, and the counters of all that have left. It follows from the
 * changes alone, so whoever makes the same changes has a copy of it.
 */
export class GroupState {
  readonly members = new Map<string, MemberState>();
  departed: SeriesState;
  /** Ids of those whose counters are in `departed`, the last ones. */
  readonly folded = new Set<string>();
  version: Version = NO_VERSION;
  /** When the first process of the group started, in milliseconds since the epoch. */
  startedAt = Infinity;
  /** `service.instance.id` of the process that began the group. */
  instance: string | undefined;
  /** Told how many series there was no room for. */
  refused: (series: number) => void = () => {};

  constructor(private readonly budget: SeriesBudget) {
    this.departed = new SeriesState(this.budget, DEPARTED_SHARE);
  }

  /** Whether there is, or was, any process beside one. */
  isMoreThan(id: string): boolean {
    return this.members.size > (this.members.has(id) ? 1 : 0) || this.departed.streams.size > 0;
  }

  apply(change: Change): void {
    switch (change.type) {
      case 'founded':
        this.startedAt = change.startedAt;
        this.instance = change.instance ?? undefined;
        for (const id of change.folded) this.folded.add(id);
        break;
      case 'joined':
        return this.join(change);
      case 'reported':
        this.take(this.members.get(change.id)?.series, change.report);
        break;
      case 'departed':
        this.take(this.departed, change.report);
        break;
      case 'left': {
        const member = this.members.get(change.id);
        if (member) member.live = false;
        break;
      }
      case 'folded':
        return this.fold(change.id);
    }
  }

  /** Takes over what another state knows that this one does not. */
  adopt(older: GroupState, isHere: (id: string) => boolean): void {
    this.startedAt = Math.min(this.startedAt, older.startedAt);
    this.instance = older.instance ?? this.instance;
    this.departed.clear();
    this.departed = older.departed;
    for (const id of older.folded) this.folded.add(id);
    for (const [id, { series }] of this.members) {
      if (isHere(id) || (!older.members.has(id) && !older.folded.has(id))) continue;
      series.clear();
      this.members.delete(id);
    }
    for (const [id, member] of older.members) {
      if (isHere(id) || this.folded.has(id)) member.series.clear();
      else this.members.set(id, { ...member, live: false });
    }
  }

  /** Gives back all that it holds. */
  clear(): void {
    for (const { series } of this.members.values()) series.clear();
    this.members.clear();
    this.departed.clear();
  }

  /** Changes that make a copy of this state, in parts each of which belongs together. */
  *copy(except?: string): Generator<Change[]> {
    const { startedAt, instance = null } = this;
    yield [{ type: 'founded', startedAt, instance, folded: [...this.folded] }];
    for (const { id, pid, startedAt, resource, series, live } of this.members.values()) {
      if (id === except) continue;
      const changes: Change[] = [{ type: 'joined', id, pid, startedAt, resource }];
      for (const report of series.reports()) changes.push({ type: 'reported', id, report });
      if (!live) changes.push({ type: 'left', id });
      yield changes;
    }
    yield Array.from(this.departed.reports(), (report): Change => ({ type: 'departed', report }));
  }

  private join({ id, pid, startedAt, resource }: Member): void {
    const series = this.members.get(id)?.series ?? new SeriesState(this.budget);
    this.members.set(id, { id, pid, startedAt, resource, series, live: true });
    this.startedAt = Math.min(this.startedAt, startedAt);
  }

  private take(series: SeriesState | undefined, report: Report): void {
    const refused = series?.apply(report) ?? 0;
    if (refused > 0) this.refused(refused);
  }

  private fold(id: string): void {
    const member = this.members.get(id);
    if (member === undefined) return;
    const overflowed = this.departed.takeOver(member.series, MAX_DEPARTED_STREAMS, MAX_DEPARTED_CELLS);
    if (overflowed > 0) this.refused(overflowed);
    this.members.delete(id);
    this.folded.add(id);
    for (const oldest of this.folded) {
      if (this.folded.size <= MAX_FOLDED) break;
      this.folded.delete(oldest);
    }
  }
}
