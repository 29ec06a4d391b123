import type { MeterProvider as ApiMeterProvider } from '@opentelemetry/api';
import { PrometheusExporter } from '@opentelemetry/exporter-prometheus';
import type { Resource } from '@opentelemetry/resources';
import {
  type IMetricReader,
  MeterProvider,
  PeriodicExportingMetricReader,
  type ResourceMetrics,
  type ViewOptions,
} from '@opentelemetry/sdk-metrics';
import type { CardinalityLimits } from '../cardinality/cardinality-limits.js';
import type { DropLog } from '../diagnostics/drop-log.js';
import type { ExpositionPage, ExpositionRequest } from '../exposition/exposition-source.js';
import { pageOf } from '../exposition/page-chunks.js';
import { Pages } from '../exposition/pages.js';
import type { SeriesCount } from '../cardinality/registry-meter.js';
import { type MetricStore, rejectFirst } from '../pipeline/metrics/metric-store.js';
import { exposedPoints } from './exposed-points.js';
import { GuardedMeterProvider } from './guarded-meter.js';
import { LiveSeries } from './live-series.js';
import { type PushOptions, pushReader } from './push-reader.js';

export interface StockMetricStoreOptions {
  readonly resource: () => Resource;
  readonly caps: Required<CardinalityLimits>;
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

  open(request: ExpositionRequest): Promise<ExpositionPage> {
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

/** The stock exporter as a reader alone: it starts no server, and the caps are ours, for life, not per collection. */
export class ScrapeReader extends PrometheusExporter {
  private collecting: Promise<ResourceMetrics> | undefined;

  constructor(private readonly timeoutMillis: number) {
    super({ preventServerStart: true });
  }

  /** One collection; scrapes at the same time share it. Rejects when a callback failed or the time is up. */
  read(): Promise<ResourceMetrics> {
    this.collecting ??= this.collectOnce().finally(() => (this.collecting = undefined));
    return this.collecting;
  }

  override selectCardinalityLimit(): number {
    return Number.MAX_SAFE_INTEGER;
  }

  override async onShutdown(): Promise<void> {
    // No server was started.
  }

  private async collectOnce(): Promise<ResourceMetrics> {
    const { resourceMetrics, errors } = await this.collect({ timeoutMillis: this.timeoutMillis });
    rejectFirst(errors);
    return resourceMetrics;
  }
}
