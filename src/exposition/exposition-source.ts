/** `text` is Prometheus' text format 0.0.4, `openmetrics` is OpenMetrics 1.0.0. */
export type ExpositionFormat = 'text' | 'openmetrics';

/**
 * How a scraper wants names that are not made of letters, digits and underscores alone.
 * https://prometheus.io/docs/instrumenting/escaping_schemes/
 */
export type NameEscaping = 'allow-utf-8' | 'underscores' | 'dots' | 'values';

/** What was negotiated beside the format. */
export interface ExpositionVariant {
  /** Undefined where the scraper names none: names are then made valid as OpenTelemetry does it. */
  readonly escaping?: NameEscaping | undefined;
  /** Of the text format; 1.0.0 is 0.0.4 with names in quotes. Undefined is 0.0.4. */
  readonly textVersion?: '0.0.4' | '1.0.0' | undefined;
}

/** What a scrape asks a source for. */
export interface ExpositionRequest extends ExpositionVariant {
  /** The Accept header of the scrape that asked first; those that share its page may accept more or less. */
  readonly accept?: string | undefined;
  /** What was negotiated: all scrapes of a page prefer this format. */
  readonly format: ExpositionFormat;
}

/** What of a request a page depends on. */
export type PageRequest = Pick<ExpositionRequest, 'format' | 'escaping' | 'textVersion'>;

/** What a metrics handler serves. */
export interface ExpositionSource {
  /** Collects and serializes as text 0.0.4. Rejects on a failed or timed out collection; bounds its own time. */
  export(): Promise<string>;
  /** The value of Content-Type that fits the text of `export()`. */
  contentType(): string;
  /**
   * Collects, and gives the page in chunks, in the format that was negotiated with the scraper. Rejects as `export()`
   * does. Scrapes of one format at the same time share one page: it is asked for once and iterated once. A source without
   * `open` is asked for `export()`.
   */
  open?(request: ExpositionRequest): Promise<ExpositionPage>;
}

/** One page in chunks. A source may give the same object again: each iteration gives all chunks. */
export interface ExpositionPage {
  /** The value of Content-Type. */
  readonly contentType: string;
  /** Chunks of about 64 KiB. Other callbacks of the process run between two of them. Leaving the loop ends the writing. */
  [Symbol.asyncIterator](): AsyncIterator<string>;
}
