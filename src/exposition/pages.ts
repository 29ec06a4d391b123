import { nextTurn } from '../common/timers.js';
import type { ExpositionPage, ExpositionRequest, ExpositionSource } from './exposition-source.js';
import { type FormatWriter, openMetricsFormat, TEXT_FORMAT, textFormat } from './format-writer.js';

/** A collection, ready to be written in any format. An empty chunk is a pause. */
export type Collected = (format: FormatWriter) => Iterator<string, void>;

export interface PagesOptions {
  /** Collects; those at the same time may share a collection. Rejects where it failed. */
  readonly collect: () => Promise<Collected>;
  /** Samples that say when a series began, in OpenMetrics; where it is not said, of the metrics of the registry. */
  readonly createdSamples: boolean | undefined;
  /** Called when a page is written, or its reader has left. */
  readonly ended?: () => void;
}

/** The pages of one store. Each is written while it is read, and kept by nobody here. */
export class Pages implements ExpositionSource {
  constructor(private readonly options: PagesOptions) {}

  async export(): Promise<string> {
    const chunks: string[] = [];
    for await (const chunk of await this.open({ format: 'text' })) chunks.push(chunk);
    return chunks.join('');
  }

  contentType(): string {
    return TEXT_FORMAT.contentType;
  }

  async open(request: ExpositionRequest): Promise<ExpositionPage> {
    const { createdSamples: created } = this.options;
    const writer =
      request.format === 'openmetrics' ? openMetricsFormat({ ...request, created }) : textFormat(request);
    const collected = await this.options.collect();
    return {
      contentType: writer.contentType,
      [Symbol.asyncIterator]: () => this.write(collected, writer),
    };
  }

  /** Between two chunks the event loop has its turn. */
  private async *write(collected: Collected, writer: FormatWriter): AsyncGenerator<string, void> {
    try {
      const chunks = collected(writer);
      for (let next = chunks.next(); !next.done; next = chunks.next()) {
        if (next.value !== '') yield next.value;
        await nextTurn();
      }
    } finally {
      this.options.ended?.();
    }
  }
}
