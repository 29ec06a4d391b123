import type { MeterProvider } from '@opentelemetry/api';
import type { Resource } from '@opentelemetry/resources';
import type { IMetricReader, ResourceMetrics } from '@opentelemetry/sdk-metrics';
import type { CardinalityLimits } from '../../cardinality/cardinality-limits.js';
import type { ExpositionPage, ExpositionRequest } from '../../exposition/exposition-source.js';
import type { DropLog } from '../../diagnostics/drop-log.js';
import type { SeriesCount } from '../../cardinality/registry-meter.js';
import { allOf } from '../../common/deadline.js';
import { Pages } from '../../exposition/pages.js';
import { rejectFirst } from './metric-store.js';
import type { MetricStore } from './metric-store.js';
import { CUMULATIVE } from './sdk-constants.js';
import { NativeMeterProvider } from './native-meter-provider.js';
import { IdleExpiry } from './idle-expiry.js';
import { MetricCollector } from './metric-collector.js';
import { observe, type AsyncCollection } from './async-storage.js';
import { PageSource } from './page-source.js';

export interface NativeMetricStoreOptions {
  readonly resource: () => Resource;
  readonly caps: Required<CardinalityLimits>;
  readonly drops: DropLog;
  /** Longest time of one collection. */
  readonly collectionTimeoutMillis: number;
  /** Stock readers: each sees all metrics, by what it wants of them. */
  readonly readers: readonly IMetricReader[];
  /** Samples that say when a series began, in OpenMetrics. */
  readonly createdSamples: boolean;
  /** Measurements that sampled spans belong to. @defaultValue true */
  readonly exemplars?: boolean;
  /** Series that have not been recorded for so long leave; undefined: never. */
  readonly idleExpiryMillis?: number | undefined;
  /** Wall clock, in milliseconds since the epoch. @defaultValue Date.now */
  readonly now?: () => number;
}

/** Numbers kept by ourselves: recorded at the speed of memory, shown to any stock reader, and as a page. */
export class NativeMetricStore implements MetricStore {
  readonly meterProvider: MeterProvider;
  private readonly provider: NativeMeterProvider;
  private readonly pages: Pages;
  private readonly source: PageSource;
  private readonly whole: MetricCollector;
  private collecting: Promise<AsyncCollection> | undefined;
  private last: AsyncCollection | undefined;
  private readonly expiry: IdleExpiry | undefined;

  constructor(private readonly options: NativeMetricStoreOptions) {
    const { resource, caps, drops, readers, createdSamples, idleExpiryMillis } = options;
    const { exemplars = true, now = Date.now } = options;
    this.provider = new NativeMeterProvider({ caps, drops, exemplars, now });
    this.meterProvider = this.provider;
    this.source = new PageSource(this.provider, resource, drops, now);
    this.expiry =
      idleExpiryMillis === undefined
        ? undefined
        : new IdleExpiry(this.provider, idleExpiryMillis, now, (stream, row) =>
            this.source.forget(stream, row),
          );
    this.pages = new Pages({
      createdSamples,
      collect: async () => {
        const observation = this.last ?? (await this.observe());
        if (this.last === undefined) rejectFirst(observation.errors);
        return (format) => this.source.chunks(format, observation);
      },
      ended: () => this.expiry?.sweep(),
    });
    const reading = (temporalityOf: IMetricReader['selectAggregationTemporality']): MetricCollector =>
      new MetricCollector({
        provider: this.provider,
        resource,
        now,
        temporalityOf,
        collected: () => this.expiry?.sweep(),
      });
    this.whole = reading(() => CUMULATIVE);
    for (const reader of readers) {
      reader.setMetricProducer(reading((type) => reader.selectAggregationTemporality(type)));
    }
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

  seriesCounts(): Iterable<SeriesCount> {
    return this.provider.seriesCounts();
  }

  async forceFlush(): Promise<void> {
    await allOf(...this.options.readers.map((reader) => () => reader.forceFlush()));
  }

  async shutdown(): Promise<void> {
    try {
      this.last ??= await this.observe();
    } finally {
      await allOf(...this.options.readers.map((reader) => () => reader.shutdown()));
    }
  }

  /** One collection, cumulative. */
  async collect(): Promise<ResourceMetrics> {
    const { resourceMetrics, errors } = await this.whole.collect({
      timeoutMillis: this.options.collectionTimeoutMillis,
    });
    rejectFirst(errors);
    return resourceMetrics;
  }

  /** Scrapes at the same time share one collection, whatever their formats. */
  private observe(): Promise<AsyncCollection> {
    this.collecting ??= observe(this.source.streams(), this.options.collectionTimeoutMillis).finally(
      () => (this.collecting = undefined),
    );
    return this.collecting;
  }
}
