import type { MeterProvider as ApiMeterProvider } from '@opentelemetry/api';
import type { Resource } from '@opentelemetry/resources';
import {
  MeterProvider,
  PeriodicExportingMetricReader,
  type PushMetricExporter,
  type ResourceMetrics,
} from '@opentelemetry/sdk-metrics';
import type { LabelCaps } from '../../../cardinality/label-caps.js';
import type { DropLog } from '../../../instruments/drop-log.js';
import type { SeriesCount } from '../../../instruments/telemetry-metrics.js';
import { PrometheusText, type ExpositionFormat } from '../../exposition/prometheus-text.js';
import { GuardedMeterProvider } from './guarded-meter.js';
import { LiveSeries } from './live-series.js';
import type { MetricStore } from '../metric-store.js';
import { countedPushExporter } from '../push-exporter.js';
import { ScrapeReader } from './scrape-reader.js';

export interface StockMetricStoreOptions {
  readonly resource: Resource;
  readonly caps: Required<LabelCaps>;
  readonly drops: DropLog;
  /** Longest time of one collection. */
  readonly collectionTimeoutMillis: number;
  readonly push: { exporter: PushMetricExporter; intervalMillis: number } | undefined;
}

/** Numbers kept by the stock SDK, made safe on the way in and on the way out. */
export class StockMetricStore implements MetricStore {
  readonly meterProvider: ApiMeterProvider;
  private readonly guarded: GuardedMeterProvider;
  private readonly provider: MeterProvider;
  private readonly reader: ScrapeReader;
  private readonly live = new LiveSeries();
  private readonly format: ExpositionFormat;
  private exporting: Promise<string> | undefined;
  private last: string | undefined;

  constructor(options: StockMetricStoreOptions) {
    const { resource, caps, drops, push } = options;
    this.reader = new ScrapeReader(options.collectionTimeoutMillis);
    this.format = new PrometheusText(drops);
    const exportTimeoutMillis = Math.min(push?.intervalMillis ?? Infinity, 30_000);
    const pushReader =
      push &&
      new PeriodicExportingMetricReader({
        exporter: countedPushExporter(push.exporter, drops, exportTimeoutMillis * 0.9, (metrics) =>
          this.live.only(metrics),
        ),
        exportIntervalMillis: push.intervalMillis,
        exportTimeoutMillis,
        cardinalityLimits: { default: Number.MAX_SAFE_INTEGER },
      });
    this.provider = new MeterProvider({
      resource,
      readers: pushReader ? [this.reader, pushReader] : [this.reader],
    });
    this.guarded = new GuardedMeterProvider(this.provider, { caps, drops, live: this.live });
    this.meterProvider = this.guarded;
  }

  /** Exports at the same time share one collection and one text. */
  export(): Promise<string> {
    if (this.last !== undefined) return Promise.resolve(this.last);
    this.exporting ??= this.collectText().finally(() => (this.exporting = undefined));
    return this.exporting;
  }

  contentType(): string {
    return this.format.contentType;
  }

  seriesCounts(): Iterable<SeriesCount> {
    return this.guarded.seriesCounts();
  }

  forceFlush(): Promise<void> {
    return this.provider.forceFlush();
  }

  async shutdown(): Promise<void> {
    try {
      this.last = await this.export();
    } finally {
      await this.provider.shutdown();
    }
  }

  /** One collection, without stale series. */
  async collect(): Promise<ResourceMetrics> {
    return this.live.only(await this.reader.read());
  }

  private async collectText(): Promise<string> {
    return this.format.serialize(await this.collect());
  }
}
