import type { ExpositionPage, ExpositionRequest, ExpositionSource } from './exposition-source.js';
import type { FormatWriter } from './format-writer.js';
import { openMetricsFormat } from './format-writer.js';
import { SharedPage } from './shared-page.js';
import { TEXT_FORMAT } from './format-writer.js';

/** A collection, ready to be written in any format. */
export type Collected = (format: FormatWriter) => Iterator<string, void>;

export interface PagesOptions {
  /** Collects; those at the same time may share a collection. Rejects where it failed. */
  readonly collect: () => Promise<Collected>;
  /** Samples that say when a series began, in OpenMetrics. */
  readonly createdSamples: boolean;
  /** Called when a page is written, or given up. */
  readonly ended?: () => void;
}

/** The pages of one store: those of one format that are asked for at the same time are one page. */
export class Pages implements ExpositionSource {
  private readonly openMetrics: FormatWriter;
  private readonly running = new Map<FormatWriter, SharedPage>();

  constructor(private readonly options: PagesOptions) {
    this.openMetrics = openMetricsFormat({ created: options.createdSamples });
  }

  async export(): Promise<string> {
    return (await this.page(TEXT_FORMAT)).text();
  }

  contentType(): string {
    return TEXT_FORMAT.contentType;
  }

  open({ format }: ExpositionRequest): Promise<ExpositionPage> {
    return this.page(format === 'openmetrics' ? this.openMetrics : TEXT_FORMAT);
  }

  private async page(format: FormatWriter): Promise<SharedPage> {
    const before = this.running.get(format);
    if (before?.open) return before;
    const collected = await this.options.collect();
    const started = this.running.get(format);
    if (started?.open) return started; // by another that has waited for the same collection
    const page = new SharedPage(format.contentType, collected(format));
    this.running.set(format, page);
    void page.ended.then(() => {
      this.options.ended?.();
      if (this.running.get(format) === page) this.running.delete(format);
    });
    return page;
  }
}
