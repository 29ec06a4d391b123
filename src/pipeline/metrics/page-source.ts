import type { ExposedStream } from '../../exposition/exposed-family.js';
import { HISTOGRAM_RESERVED, NONE_RESERVED } from '../../exposition/labels.js';
import type { PageContent } from '../../exposition/page-content.js';
import { SeriesTexts } from '../../exposition/series-texts.js';
import { SCOPE_NAME } from '../../semconv/resource.js';
import { type AsyncCollection, AsyncHistory, AsyncStorage } from './async-storage.js';
import type { Scope } from './checked-meter.js';
import { isHistogram, isObserved, type MetricStream } from './metric-stream.js';
import type { NativeMeterProvider } from './native-meter.js';
import type { MetricResource } from './reader-shapes.js';

/** The streams of a provider as a page shows them. The text of a row's labels is made once. */
export class PageSource {
  private readonly texts = new Map<MetricStream, SeriesTexts>();
  private readonly histories = new Map<MetricStream, AsyncHistory>();

  constructor(
    private readonly provider: NativeMeterProvider,
    private readonly resource: () => MetricResource,
    private readonly now: () => number,
  ) {
    provider.onStream((stream) => {
      const reserved = isHistogram(stream) ? HISTOGRAM_RESERVED : NONE_RESERVED;
      this.texts.set(stream, new SeriesTexts(stream.rows, reserved));
      if (isObserved(stream)) this.histories.set(stream, AsyncHistory.of(stream));
    });
  }

  streams(): MetricStream[] {
    return [...this.provider.meters()].flatMap(({ streams }) => streams);
  }

  /** Forgets the text of a row, which is another series' next. */
  forget(stream: MetricStream, row: number): void {
    this.texts.get(stream)?.forget(row);
  }

  /** The recorded values, which are read as they are then, and those that callbacks observed. */
  content(observed: AsyncCollection): PageContent {
    for (const [stream, values] of observed.values) {
      for (const [row, value] of values) this.histories.get(stream)?.take(row, value, this.now());
    }
    const streams: ExposedStream[] = [];
    for (const { scope, streams: list } of this.provider.meters()) {
      for (const stream of list) {
        const exposed = this.exposed(stream, scope, observed);
        if (exposed) streams.push(exposed);
      }
    }
    return { streams, resource: this.resource().attributes };
  }

  private exposed(stream: MetricStream, scope: Scope, observed: AsyncCollection): ExposedStream | undefined {
    const { name, kind, description, unit } = stream.descriptor;
    const texts = this.texts.get(stream) as SeriesTexts;
    const about = { name, description, unit, registry: scope.name === SCOPE_NAME, scope, texts };
    if (isObserved(stream)) {
      const values = observed.values.get(stream);
      if (values === undefined || values.size === 0) return undefined;
      const type = kind === 'observableCounter' ? 'counter' : 'gauge';
      const cells = new AsyncStorage(values, this.histories.get(stream) as AsyncHistory);
      return { ...about, observed: true, type, sums: kind !== 'observableGauge', cells };
    }
    if (stream.storage.length === 0) return undefined;
    if (isHistogram(stream)) return { ...about, type: 'histogram', sums: true, cells: stream.storage };
    const type = kind === 'counter' ? 'counter' : 'gauge';
    return { ...about, type, sums: kind !== 'gauge', cells: stream.storage };
  }
}
