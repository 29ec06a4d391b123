import type { PageContent } from '../exposition/page-content.js';
import type { ExpositionSource } from '../exposition/exposition-source.js';

/** The metrics of this process. */
export interface WorkerSource extends ExpositionSource {
  /** One collection: callbacks are asked. May reject. */
  content(): Promise<PageContent>;
  /** What was recorded, at once and without asking callbacks; undefined where it cannot be told apart. */
  recorded(): PageContent | undefined;
  /** To be called when the content of a collection was read. */
  contentRead(): void;
}
