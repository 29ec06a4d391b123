/** `text` is Prometheus' text format 0.0.4, `openmetrics` is OpenMetrics 1.0.0. */
export type ExpositionFormat = 'text' | 'openmetrics';

/** What a scrape asks a source for. */
export interface ExpositionRequest {
  /** The Accept header as it came. */
  readonly accept?: string | undefined;
  /** What was negotiated of it. */
  readonly format: ExpositionFormat;
}

/** What serves the text. */
export interface ExpositionSource {
  /** Collects and serializes as text 0.0.4. Rejects on a failed or timed out collection; bounds its own time. */
  export(): Promise<string>;
  /** The value of Content-Type that fits the text of `export()`. */
  contentType(): string;
  /**
   * Collects, and gives the page in chunks, in the format that was negotiated with the scraper. Rejects
   * as `export()` does, before the first chunk. A source without it is asked for `export()`.
   */
  open?(request: ExpositionRequest): Promise<ExpositionPage>;
}

/**
 * One page in chunks. Requests at the same time may get the same object, and then share what is made of it: each
 * iteration gives all chunks.
 */
export interface ExpositionPage {
  /** The value of Content-Type. */
  readonly contentType: string;
  /**
   * Chunks of some 64 KiB in order; between them other callbacks of the process run. Leaving the loop early stops
   * what nobody else reads.
   */
  [Symbol.asyncIterator](): AsyncIterator<string>;
}
