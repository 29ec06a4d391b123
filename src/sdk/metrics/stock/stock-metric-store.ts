import type { MeterProvider as ApiMeterProvider } from '@opentelemetry/api';
import type { Resource } from '@opentelemetry/resources';
import {
  MeterProvider,
  PeriodicExportingMetricReader,
  type IMetricReader,
  type ResourceMetrics,
  type ViewOptions,
} from '@opentelemetry/sdk-metrics';
import type { LabelCaps } from '../../../cardinality/label-caps.js';
import type { ExpositionPage } from '../../../http/exposition-source.js';
import type { DropLog } from '../../../instruments/drop-log.js';
import type { SeriesCount } from '../../../instruments/telemetry-metrics.js';
import { pageOf } from '../../exposition/page.js';
import { Pages } from '../../exposition/pages.js';
import { exposedPoints } from './exposed-points.js';
import { GuardedMeterProvider } from './guarded-meter.js';
import { LiveSeries } from './live-series.js';
import type { MetricStore } from '../metric-store.js';
import { pushReader, type PushOptions } from '../push-reader.js';
import { ScrapeReader } from './scrape-reader.js';

export interface StockMetricStoreOptions {
  readonly resource: () => Resource;
  readonly caps: Required<LabelCaps>;
  readonly drops: DropLog;
  /** Longest time of one collection. */
  readonly collectionTimeoutMillis: number;
  readonly push: PushOptions | undefined;
  readonly readers: readonly IMetricReader[];
  readonly views: readonly ViewOptions[];
  /** Samples that say when a series began, in OpenMetrics. */
  readonly createdSamples: boolean;
}

/** Numbers kept by the stock SDK, made safe on the way in and on the way out. */
export class StockMetricStore implements MetricStore {
  readonly meterProvider: ApiMeterProvider;
  private readonly guarded: GuardedMeterProvider;
  private readonly provider: MeterProvider;
  private readonly reader: ScrapeReader;
  private readonly live = new LiveSeries();
  private readonly pages: Pages;
  private last: ResourceMetrics | undefined;

  constructor(options: StockMetricStoreOptions) {
    const { resource, caps, drops, push, createdSamples } = options;
    this.reader = new ScrapeReader(options.collectionTimeoutMillis);
    const pushed = push
      ? [pushReader(PeriodicExportingMetricReader, push, drops, (metrics) => this.live.only(metrics))]
      : [];
    this.provider = new MeterProvider({
      resource: resource(),
      readers: [this.reader, ...pushed, ...options.readers],
      views: [...options.views],
    });
    this.guarded = new GuardedMeterProvider(this.provider, { caps, drops, live: this.live });
    this.meterProvider = this.guarded;
    this.pages = new Pages({
      createdSamples,
      collect: async () => {
        const metrics = this.last ?? (await this.collect());
        const streams = exposedPoints(metrics);
        return (format) => pageOf(streams, metrics.resource.attributes, format, drops);
      },
    });
  }

  export(): Promise<string> {
    return this.pages.export();
  }

  open(request: { readonly accept: string | undefined }): Promise<ExpositionPage> {
    return this.pages.open(request);
  }

  contentType(): string {
    return this.pages.contentType();
  }

  seriesCounts(): Iterable<SeriesCount> {
    return this.guarded.seriesCounts();
  }

  forceFlush(): Promise<void> {
    return this.provider.forceFlush();
  }

  async shutdown(): Promise<void> {
    try {
      this.last = await this.collect();
    } finally {
      await this.provider.shutdown();
    }
  }

  /** One collection, without stale series. */
  async collect(): Promise<ResourceMetrics> {
    return this.live.only(await this.reader.read());
  }
}
