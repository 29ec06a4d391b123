import type { Attributes } from '@opentelemetry/api';
import type {
  Exemplar,
  ExposedStream,
  HistogramCells,
  NumberCells,
  RowTexts,
} from '../exposition/exposed-family.js';
import type { PageContent } from '../exposition/page-content.js';
import { METRICS } from '../semconv/metrics.js';
import { RESOURCE_SERVICE_INSTANCE_ID } from '../semconv/resource.js';
import type { GaugeAggregation, MetricDefinition } from '../semconv/types.js';
import type { GroupState, MemberState } from './group-state.js';
import type { StreamAbout } from './messages.js';
import { type SeriesCell, type SeriesState, type StreamState, sumOf } from './series-state.js';

/** How a host wants gauges of its own over processes: by name, `*` for all others. */
export type HostGauges = Readonly<Record<string, Exclude<GaugeAggregation, 'age'>>>;

/** Series that are merged before the event loop has its turn. */
const SERIES_PER_TURN = 5000;

/**
 * The page of all processes of a group. Counters, histograms and up-down counters are added up; what becomes of gauges is
 * declared in the registry, or by the host. Of a process that has left, counters and histograms stay.
 *
 * @returns the content, after pauses in which others may have their turn
 */
export function* mergedContent(
  state: GroupState,
  own: MemberState,
  gauges: HostGauges,
  nowMillis: number,
): Generator<undefined, PageContent> {
  const merged = new Map<string, MergedStream>();
  const ageSeconds = (nowMillis - state.startedAt) / 1000;
  let series = 0;
  const others = [...state.members.values()].filter((member) => member !== own);
  const parts: [SeriesState, boolean][] = [own, ...others].map((member) => [member.series, member.live]);
  for (const [part, live] of [...parts, [state.departed, false] as const]) {
    for (const stream of part.streams.values()) {
      if (!live && stream.about.type === 'gauge') continue;
      const into =
        merged.get(stream.key) ?? new MergedStream(stream, ruleOf(stream.about, gauges), ageSeconds);
      merged.set(stream.key, into);
      for (const [labels, cell] of stream.cells) {
        into.take(labels, cell);
        if (++series % SERIES_PER_TURN === 0) yield undefined;
      }
    }
  }
  const streams = Array.from(merged.values(), (stream) => stream.exposed());
  return { streams: streams.filter(({ texts }) => texts.length > 0), resource: commonResource(state, own) };
}

/** What all processes have in common, and the instance id of the one that began. */
function commonResource(state: GroupState, own: MemberState): Attributes {
  const others = [...state.members.values()].filter(({ live }) => live);
  const common = Object.entries(own.resource).filter(([name, value]) =>
    others.every(({ resource }) => JSON.stringify(resource[name]) === JSON.stringify(value)),
  );
  const { instance } = state;
  return {
    ...(instance !== undefined && { [RESOURCE_SERVICE_INSTANCE_ID]: instance }),
    ...Object.fromEntries(common.filter(([name]) => name !== RESOURCE_SERVICE_INSTANCE_ID)),
  };
}

/** How the values of a stream's equal series become one. */
function ruleOf(about: StreamAbout, gauges: HostGauges): GaugeAggregation {
  if (about.type !== 'gauge' || about.sums) return 'sum';
  const declared = (METRICS as Readonly<Record<string, MetricDefinition>>)[about.name]?.overWorkers;
  if (about.registry && declared !== undefined) return declared;
  const name = Object.hasOwn(gauges, about.name) ? about.name : '*';
  return gauges[name] ?? 'sum';
}

class MergedStream {
  private readonly labels: string[] = [];
  private readonly cells: SeriesCell[] = [];
  private readonly rows = new Map<string, number>();

  constructor(
    private readonly stream: StreamState,
    private readonly rule: GaugeAggregation,
    private readonly ageSeconds: number,
  ) {}

  take(labels: string, from: SeriesCell): void {
    const row = this.rows.get(labels);
    if (row === undefined) {
      this.rows.set(labels, this.labels.length);
      this.labels.push(labels);
      const cell = { ...from };
      if (this.rule === 'age') cell.numbers = [Math.max(cell.numbers[0] ?? 0, this.ageSeconds)];
      this.cells.push(cell);
      return;
    }
    const into = this.cells[row] as SeriesCell;
    into.start = Math.min(into.start, from.start);
    into.exemplars = from.exemplars ?? into.exemplars;
    into.numbers = this.rule === 'sum' ? sumOf(into.numbers, from.numbers) : [this.chosen(into, from)];
    into.changed = Math.max(into.changed, from.changed);
  }

  exposed(): ExposedStream {
    const { about, boundaries } = this.stream;
    const texts = new FixedTexts(this.labels);
    if (about.type === 'histogram') {
      return { ...about, texts, cells: new MergedHistograms(boundaries ?? [], this.cells) };
    }
    return { ...about, texts, cells: new MergedNumbers(this.cells) };
  }

  private chosen(into: SeriesCell, from: SeriesCell): number {
    const [one = 0, other = 0] = [into.numbers[0], from.numbers[0]];
    switch (this.rule) {
      case 'min':
        return Math.min(one, other);
      case 'last':
        return from.changed > into.changed ? other : one;
      default:
        return Math.max(one, other);
    }
  }
}

/** One label of a text. */
const LABEL = /([A-Za-z_]\w*)="(?:[^"\\]|\\.)*"/g;

/** As the processes have written them: with names made valid, whichever way a scraper wants them. */
class FixedTexts implements RowTexts {
  constructor(private readonly texts: readonly string[]) {}

  collides(): boolean {
    return false;
  }

  namesOf(row: number): string {
    return this.of(row).replace(LABEL, '$1 ');
  }

  besideLabels(reserved: ReadonlySet<string>): RowTexts {
    const exported = (label: string, name: string): string =>
      reserved.has(name) ? `exported_${label}` : label;
    return new FixedTexts(this.texts.map((text) => text.replace(LABEL, exported)));
  }

  get length(): number {
    return this.texts.length;
  }

  has(row: number): boolean {
    return row < this.texts.length;
  }

  of(row: number): string {
    return this.texts[row] as string;
  }
}

/** Series by their place. */
class MergedCells {
  constructor(protected readonly cells: readonly SeriesCell[]) {}

  rows(): Iterable<number> {
    return this.cells.keys();
  }

  startAt(row: number): number {
    return this.at(row).start;
  }

  exemplarAt(row: number, bucket = 0): Exemplar | undefined {
    return this.at(row).exemplars?.[bucket];
  }

  protected at(row: number): SeriesCell {
    return this.cells[row] as SeriesCell;
  }
}

class MergedNumbers extends MergedCells implements NumberCells {
  valueAt(row: number): number {
    return this.at(row).numbers[0] ?? 0;
  }
}

class MergedHistograms extends MergedCells implements HistogramCells {
  constructor(
    readonly boundaries: readonly number[],
    cells: readonly SeriesCell[],
  ) {
    super(cells);
  }

  sumAt(row: number): number {
    return this.at(row).numbers[0] ?? 0;
  }

  countAt(row: number, bucket: number): number {
    return this.at(row).numbers[bucket + 1] ?? 0;
  }
}
