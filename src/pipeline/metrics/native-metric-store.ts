import type { Attributes, MeterProvider } from '@opentelemetry/api';
import type { SeriesCount } from '../../cardinality/registry-meter.js';
import { allOf } from '../../common/deadline.js';
import type { PageContent } from '../../exposition/page-content.js';
import { type AsyncCollection, observe } from './async-storage.js';
import { IdleExpiry } from './idle-expiry.js';
import { MetricCollector } from './metric-collector.js';
import { MetricPush, type MetricPushSettings } from './metric-push.js';
import { type CollectedSeries, MetricStore, type MetricStoreOptions, rejectFirst } from './metric-store.js';
import { isHistogram, isObserved, type MetricStream } from './metric-stream.js';
import { NativeMeterProvider } from './native-meter.js';
import { bindReaders } from './reader-binding.js';
import { PageSource } from './page-source.js';

export interface NativeMetricStoreOptions extends MetricStoreOptions {
  /** Measurements made inside sampled spans. @defaultValue true */
  readonly exemplars?: boolean;
  /** Removes series that have not been recorded for so long; undefined: never. */
  readonly idleExpiryMillis?: number | undefined;
  /** Pushes by OTLP beside the readers. */
  readonly push?: MetricPushSettings | undefined;
  /** Wall clock, in milliseconds since the epoch. @defaultValue Date.now */
  readonly now?: () => number;
}

const NOTHING_OBSERVED: AsyncCollection = { values: new Map(), errors: [], hostErrors: [] };

/** Keeps the metrics itself, in typed arrays; readers of the official SDK and pages both read from there. */
export class NativeMetricStore extends MetricStore {
  readonly meterProvider: MeterProvider;
  private readonly provider: NativeMeterProvider;
  private readonly source: PageSource;
  private readonly expiry: IdleExpiry | undefined;
  private readonly push: MetricPush | undefined;
  private observing: Promise<AsyncCollection> | undefined;
  private last: AsyncCollection | undefined;

  constructor(private readonly options: NativeMetricStoreOptions) {
    super(options);
    const { resource, caps, drops, readers, idleExpiryMillis, exemplars = true, now = Date.now } = options;
    const provider = new NativeMeterProvider({
      caps,
      drops,
      exemplars,
      now,
      callbackTimeoutMillis: options.collectionTimeoutMillis / 2,
    });
    const source = new PageSource(provider, resource, now);
    this.provider = provider;
    this.meterProvider = provider;
    this.source = source;
    this.expiry =
      idleExpiryMillis === undefined
        ? undefined
        : new IdleExpiry(provider, idleExpiryMillis, now, (stream, row) => {
            source.forget(stream, row);
            this.push?.forget(stream, row);
          });
    const collected = (): void => this.expiry?.sweep();
    bindReaders(readers, (reader) => new MetricCollector({ provider, resource, now, reader, collected }));
    // Last: it has a timer, which nobody would stop if this threw.
    this.push =
      options.push && new MetricPush({ ...options.push, provider, resource, drops, now, pushed: collected });
  }

  override seriesCounts(): Iterable<SeriesCount> {
    return this.provider.seriesCounts();
  }

  override async series(): Promise<CollectedSeries[]> {
    const observed = await this.observe();
    rejectFirst(observed.errors);
    return this.source.streams().flatMap((stream) => [...seriesOf(stream, observed)]);
  }

  override async forceFlush(last = false): Promise<void> {
    const { readers } = this.options;
    await allOf(() => this.push?.forceFlush(last), ...readers.map((reader) => () => reader.forceFlush()));
  }

  override async shutdown(): Promise<void> {
    try {
      this.last ??= await this.observe();
    } finally {
      const { readers } = this.options;
      await allOf(() => this.push?.shutdown(), ...readers.map((reader) => () => reader.shutdown())).finally(
        () => this.provider.end(),
      );
    }
  }

  override abandon(): void {
    this.push?.abandon();
  }

  override async content(): Promise<PageContent> {
    const observed = this.last ?? (await this.observe());
    if (this.last === undefined) rejectFirst(observed.errors);
    return this.source.content(observed);
  }

  override recorded(): PageContent {
    return this.source.content(NOTHING_OBSERVED);
  }

  override contentRead(): void {
    this.expiry?.sweep();
  }

  /** Scrapes at the same time share one collection, whatever their formats. */
  private observe(): Promise<AsyncCollection> {
    const { collectionTimeoutMillis } = this.options;
    this.observing ??= observe(this.source.streams(), collectionTimeoutMillis).finally(
      () => (this.observing = undefined),
    );
    return this.observing;
  }
}

function* seriesOf(stream: MetricStream, observed: AsyncCollection): Iterable<CollectedSeries> {
  const { name } = stream.descriptor;
  const labelsOf = (row: number): Attributes => stream.rows.attributesOf(row);
  if (isObserved(stream)) {
    for (const [row, value] of observed.values.get(stream) ?? [])
      yield { name, labels: labelsOf(row), value };
  } else if (isHistogram(stream)) {
    const { storage } = stream;
    for (const row of storage.rows()) {
      let count = 0;
      for (let bucket = 0; bucket <= storage.boundaries.length; bucket++)
        count += storage.countAt(row, bucket);
      yield { name, labels: labelsOf(row), value: storage.sumAt(row), count };
    }
  } else {
    const { storage } = stream;
    for (const row of storage.rows()) yield { name, labels: labelsOf(row), value: storage.valueAt(row) };
  }
}
