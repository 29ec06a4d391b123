import type { MeterProvider as ApiMeterProvider } from '@opentelemetry/api';
import type { PrometheusExporter } from '@opentelemetry/exporter-prometheus';
import type { Resource } from '@opentelemetry/resources';
import type { IMetricReader, MeterProvider, ResourceMetrics, ViewOptions } from '@opentelemetry/sdk-metrics';
import type { SeriesCount } from '../cardinality/registry-meter.js';
import type { PageContent } from '../exposition/page-content.js';
import {
  type CollectedSeries,
  MetricStore,
  type MetricStoreOptions,
  rejectFirst,
} from '../pipeline/metrics/metric-store.js';
import { exposedPoints } from './exposed-points.js';
import { GuardedMeterProvider } from './guarded-meter.js';
import { LiveSeries } from './live-series.js';
import type { OfficialPackages } from './official-packages.js';
import { type PushOptions, pushReader } from './push-reader.js';

export interface StockMetricStoreOptions extends Omit<MetricStoreOptions, 'resource' | 'readers'> {
  readonly packages: Pick<OfficialPackages, 'metrics' | 'prometheus'>;
  readonly resource: () => Resource;
  readonly readers: readonly IMetricReader[];
  readonly push: PushOptions | undefined;
  readonly views: readonly ViewOptions[];
}

/** Has the official SDK keep the metrics, and guards what goes in and what comes out. */
export class StockMetricStore extends MetricStore {
  readonly meterProvider: ApiMeterProvider;
  private readonly guarded: GuardedMeterProvider;
  private readonly provider: MeterProvider;
  private readonly reader: ScrapeReader;
  private readonly live = new LiveSeries();
  private last: ResourceMetrics | undefined;

  constructor(private readonly options: StockMetricStoreOptions) {
    super(options);
    const { packages, resource, caps, drops, push, readers, views } = options;
    const { MeterProvider, PeriodicExportingMetricReader } = packages.metrics();
    const { live } = this;
    const only = (metrics: ResourceMetrics): ResourceMetrics => live.only(metrics);
    this.reader = new ScrapeReader(packages, options.collectionTimeoutMillis);
    const pushed = push ? [pushReader(PeriodicExportingMetricReader, push, drops, only)] : [];
    this.provider = new MeterProvider({
      resource: resource(),
      readers: [this.reader.exporter, ...pushed, ...readers],
      views: [...views],
    });
    this.guarded = new GuardedMeterProvider(this.provider, {
      caps,
      drops,
      live,
      callbackTimeoutMillis: options.collectionTimeoutMillis / 2,
    });
    this.meterProvider = this.guarded;
  }

  override seriesCounts(): Iterable<SeriesCount> {
    return this.guarded.seriesCounts();
  }

  override async series(): Promise<CollectedSeries[]> {
    const { scopeMetrics } = await this.collect();
    return scopeMetrics.flatMap(({ metrics }) =>
      metrics.flatMap(({ descriptor: { name }, dataPoints }) =>
        dataPoints.map(({ attributes, value }): CollectedSeries => {
          if (typeof value === 'number') return { name, labels: attributes, value };
          const { sum = 0, count } = value;
          return { name, labels: attributes, value: sum, count };
        }),
      ),
    );
  }

  /** Without series that observables no longer report. */
  private async collect(): Promise<ResourceMetrics> {
    return this.live.only(await this.reader.read());
  }

  override forceFlush(): Promise<void> {
    return this.provider.forceFlush();
  }

  override async shutdown(): Promise<void> {
    try {
      this.last = await this.collect();
    } finally {
      await this.provider.shutdown();
      this.guarded.end();
    }
  }

  override async content(): Promise<PageContent> {
    const metrics = this.last ?? (await this.collect());
    const streams = exposedPoints(metrics, (attributes) => this.live.orderOf(attributes));
    return { streams, resource: metrics.resource.attributes };
  }
}

/** The official exporter as a reader alone: it starts no server, and sets no limit beside ours. */
class ScrapeReader {
  readonly exporter: PrometheusExporter;
  private collecting: Promise<ResourceMetrics> | undefined;

  constructor(
    packages: Pick<OfficialPackages, 'prometheus'>,
    private readonly timeoutMillis: number,
  ) {
    this.exporter = new (packages.prometheus().PrometheusExporter)({ preventServerStart: true });
    this.exporter.selectCardinalityLimit = () => Number.MAX_SAFE_INTEGER;
    this.exporter.onShutdown = async () => {}; // no server was started
  }

  /** One collection; scrapes at the same time share it. Rejects when a callback failed or the time is up. */
  read(): Promise<ResourceMetrics> {
    this.collecting ??= this.collectOnce().finally(() => (this.collecting = undefined));
    return this.collecting;
  }

  private async collectOnce(): Promise<ResourceMetrics> {
    const { timeoutMillis } = this;
    const { resourceMetrics, errors } = await this.exporter.collect({ timeoutMillis });
    rejectFirst(errors);
    return resourceMetrics;
  }
}
