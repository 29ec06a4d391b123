import type { MeterProvider } from '@opentelemetry/api';
import type { Resource } from '@opentelemetry/resources';
import type { IMetricReader, ResourceMetrics } from '@opentelemetry/sdk-metrics';
import type { LabelCaps } from '../../../cardinality/label-caps.js';
import { negotiateFormat } from '../../../http/exposition-format.js';
import type { ExpositionPage } from '../../../http/exposition-source.js';
import type { DropLog } from '../../../instruments/drop-log.js';
import type { SeriesCount } from '../../../instruments/telemetry-metrics.js';
import type { ExpositionFormat } from '../../exposition/format.js';
import { openMetricsFormat } from '../../exposition/openmetrics-format.js';
import { SharedPage } from '../../exposition/shared-page.js';
import { TEXT_FORMAT } from '../../exposition/text-format.js';
import type { MetricStore } from '../metric-store.js';
import { FastMeterProvider } from './fast-meter-provider.js';
import { IdleExpiry } from './idle-expiry.js';
import { MetricReading } from './metric-reading.js';
import { observe, type Observation } from './observation.js';
import { PageSource } from './page-source.js';
import { CUMULATIVE } from '../sdk-constants.js';

export interface FastMetricStoreOptions {
  readonly resource: () => Resource;
  readonly caps: Required<LabelCaps>;
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
export class FastMetricStore implements MetricStore {
  readonly meterProvider: MeterProvider;
  private readonly provider: FastMeterProvider;
  private readonly pages: PageSource;
  private readonly whole: MetricReading;
  private readonly openMetrics: ExpositionFormat;
  private readonly running = new Map<ExpositionFormat, SharedPage>();
  private collecting: Promise<Observation> | undefined;
  private last: Observation | undefined;
  private readonly expiry: IdleExpiry | undefined;

  constructor(private readonly options: FastMetricStoreOptions) {
    const { resource, caps, drops, readers, createdSamples, idleExpiryMillis } = options;
    const { exemplars = true, now = Date.now } = options;
    this.provider = new FastMeterProvider({ caps, drops, exemplars, now });
    this.meterProvider = this.provider;
    this.pages = new PageSource(this.provider, resource, drops, now);
    this.expiry =
      idleExpiryMillis === undefined
        ? undefined
        : new IdleExpiry(this.provider, idleExpiryMillis, now, (stream, row) =>
            this.pages.forget(stream, row),
          );
    this.openMetrics = openMetricsFormat({ created: createdSamples });
    const reading = (temporalityOf: IMetricReader['selectAggregationTemporality']): MetricReading =>
      new MetricReading({
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

  async export(): Promise<string> {
    return (await this.page(TEXT_FORMAT)).text();
  }

  open({ accept }: { readonly accept: string | undefined }): Promise<ExpositionPage> {
    return this.page(negotiateFormat(accept) === 'openmetrics' ? this.openMetrics : TEXT_FORMAT);
  }

  contentType(): string {
    return TEXT_FORMAT.contentType;
  }

  seriesCounts(): Iterable<SeriesCount> {
    return this.provider.seriesCounts();
  }

  async forceFlush(): Promise<void> {
    await all(this.options.readers, (reader) => reader.forceFlush());
  }

  async shutdown(): Promise<void> {
    try {
      this.last ??= await this.observe();
    } finally {
      await all(this.options.readers, (reader) => reader.shutdown());
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

  /** Pages of one format that are asked for at the same time are one page; those of two formats share their collection. */
  private async page(format: ExpositionFormat): Promise<SharedPage> {
    const before = this.running.get(format);
    if (before?.open) return before;
    const observation = this.last ?? (await this.observe());
    if (this.last === undefined) rejectFirst(observation.errors);
    const started = this.running.get(format);
    if (started?.open) return started; // by another that has waited for the same collection
    const page = new SharedPage(format.contentType, this.pages.pieces(format, observation));
    this.running.set(format, page);
    void page.ended.then(() => {
      this.expiry?.sweep();
      if (this.running.get(format) === page) this.running.delete(format);
    });
    return page;
  }

  private observe(): Promise<Observation> {
    this.collecting ??= observe(this.pages.streams(), this.options.collectionTimeoutMillis).finally(
      () => (this.collecting = undefined),
    );
    return this.collecting;
  }
}

function rejectFirst(errors: readonly unknown[]): void {
  if (errors.length > 0) throw new Error(reason(errors), { cause: errors[0] });
}

function reason(errors: readonly unknown[]): string {
  const [first] = errors;
  const text = first instanceof Error && first.message !== '' ? first.message : String(first);
  return errors.length === 1 ? text : `${text}, and ${errors.length - 1} more`;
}

/** Runs all; rejects with the first failure when all have ended. */
async function all<T>(items: readonly T[], act: (item: T) => Promise<void>): Promise<void> {
  const results = await Promise.allSettled(items.map(async (item) => act(item)));
  for (const result of results) if (result.status === 'rejected') throw result.reason;
}
