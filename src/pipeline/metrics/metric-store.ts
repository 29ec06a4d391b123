import type { Attributes, MeterProvider } from '@opentelemetry/api';
import type { CardinalityLimits } from '../../cardinality/cardinality-limits.js';
import type { SeriesCount } from '../../cardinality/registry-meter.js';
import type { DropLog } from '../../diagnostics/drop-log.js';
import type {
  ExpositionPage,
  ExpositionRequest,
  ExpositionSource,
} from '../../exposition/exposition-source.js';
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
  readonly createdSamples: boolean;
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

  constructor({ createdSamples }: MetricStoreOptions) {
    this.pages = new Pages({
      createdSamples,
      collect: () => this.collectPage(),
      ended: () => this.pageEnded(),
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

  /** One collection, for a page. Those at the same time may share one. */
  protected abstract collectPage(): Promise<Collected>;
  /** Called when a page is written, or given up. */
  protected pageEnded(): void {}
}

/** Fails with the first of what callbacks of one collection threw, and says how many more there are. */
export function rejectFirst(errors: readonly unknown[]): void {
  if (errors.length === 0) return;
  const [first] = errors;
  const text = first instanceof Error && first.message !== '' ? first.message : String(first);
  const more = errors.length === 1 ? '' : `, and ${errors.length - 1} more`;
  throw new Error(text + more, { cause: first });
}
