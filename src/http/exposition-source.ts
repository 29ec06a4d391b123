/** What serves the text. */
export interface ExpositionSource {
  /** Collects and serializes as text 0.0.4. Rejects on a failed or timed out collection; bounds its own time. */
  export(): Promise<string>;
  /** The value of Content-Type that fits the text of `export()`. */
  contentType(): string;
  /**
   * Collects, and gives the page in pieces, in the format that the Accept header of the scrape prefers. Rejects
   * as `export()` does, before the first piece. A source without it is asked for `export()`.
   */
  open?(request: { readonly accept: string | undefined }): Promise<ExpositionPage>;
}

/**
 * One page in pieces. Requests at the same time may get the same object, and then share what is made of it: each
 * iteration gives all pieces.
 */
export interface ExpositionPage {
  /** The value of Content-Type. */
  readonly contentType: string;
  /**
   * Pieces of some 64 KiB in order; between them other callbacks of the process run. Leaving the loop early stops
   * what nobody else reads.
   */
  [Symbol.asyncIterator](): AsyncIterator<string>;
}
