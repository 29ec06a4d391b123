import type { Attributes, MeterProvider } from '@opentelemetry/api';
import type { CardinalityLimits } from '../../cardinality/cardinality-limits.js';
import type { SeriesCount } from '../../cardinality/registry-meter.js';
import type { DropLog } from '../../diagnostics/drop-log.js';
import type {
  ExpositionPage,
  ExpositionRequest,
  ExpositionSource,
} from '../../exposition/exposition-source.js';
import { FamilyNames } from '../../exposition/family-names.js';
import { pageOf } from '../../exposition/page-chunks.js';
import type { PageContent } from '../../exposition/page-content.js';
import { type Collected, Pages } from '../../exposition/pages.js';
import type { MetricReader, MetricResource } from './reader-shapes.js';

export interface MetricStoreOptions {
  readonly resource: () => MetricResource;
  /** Limits of the hosts' own attributes. */
  readonly caps: Required<CardinalityLimits>;
  readonly drops: DropLog;
  /** Longest time of one collection. */
  readonly collectionTimeoutMillis: number;
  /** Readers of the official SDK: each sees all metrics, in the temporality it asks for. */
  readonly readers: readonly MetricReader[];
  /** Samples that say when a series began, in OpenMetrics. */
  readonly createdSamples: boolean | undefined;
}

/** One series as it was collected. */
export interface CollectedSeries {
  readonly name: string;
  readonly labels: Attributes;
  /** The value of a counter or gauge; of a histogram its sum. */
  readonly value: number;
  /** How often a histogram was recorded. */
  readonly count?: number;
}

/** Keeps the metrics. The rest of the package records through `meterProvider` and reads pages, whichever store it is. */
export abstract class MetricStore implements ExpositionSource {
  abstract readonly meterProvider: MeterProvider;
  private readonly pages: Pages;
  private readonly drops: DropLog;
  private readonly names: FamilyNames;

  constructor({ createdSamples, drops }: MetricStoreOptions) {
    this.drops = drops;
    this.names = new FamilyNames(drops);
    this.pages = new Pages({
      createdSamples,
      collect: () => this.collectPage(),
      ended: () => this.contentRead(),
    });
  }

  export(): Promise<string> {
    return this.pages.export();
  }

  open(request: ExpositionRequest): Promise<ExpositionPage> {
    return this.pages.open(request);
  }

  contentType(): string {
    return this.pages.contentType();
  }

  /** Series of instruments beside the registry's. */
  abstract seriesCounts(): Iterable<SeriesCount>;
  /** All series as they are now. Rejects where a callback failed. */
  abstract series(): Promise<CollectedSeries[]>;
  /**
   * Pushes what is due. May reject.
   *
   * @param last - whether the process is about to end: an endpoint where nobody is is not tried again then
   */
  abstract forceFlush(last?: boolean): Promise<void>;
  /** Pushes the last values and stops. `export()` then gives the last collection. May reject. */
  abstract shutdown(): Promise<void>;

  /** Gives up a push that is on its way. */
  abandon(): void {}

  /** One collection; those at the same time may share one. Rejects where it failed. */
  abstract content(): Promise<PageContent>;
  /** The same without what callbacks observe, at once; undefined for a store that cannot. */
  recorded(): PageContent | undefined {
    return undefined;
  }
  /** To be called when the content of a collection was read, or given up. */
  contentRead(): void {}

  private async collectPage(): Promise<Collected> {
    const { streams, resource } = await this.content();
    const { names, drops } = this;
    return (format) => pageOf({ streams, resource, names, drops }, format);
  }
}

/** Fails with the first of what callbacks of one collection threw, and says how many more there are. */
export function rejectFirst(errors: readonly unknown[]): void {
  if (errors.length === 0) return;
  const [first] = errors;
  const text = first instanceof Error && first.message !== '' ? first.message : String(first);
  const more = errors.length === 1 ? '' : `, and ${errors.length - 1} more`;
  throw new Error(text + more, { cause: first });
}
