import type { Exemplar } from './exemplar.js';
import type { ExposedFamily } from './exposed-family.js';
import type { ReservedNames } from './families.js';

/** In what the two text formats differ. */
export interface ExpositionFormat {
  readonly contentType: string;
  /** Names that no family of the host may have. */
  readonly taken: readonly string[];
  /** Names on the page that a family takes beside its own. */
  readonly reserved: ReservedNames;
  /** The page's beginning: the resource, whose labels are given as text. */
  target(labels: string): string;
  /** The lines before the samples of a family. */
  head(family: ExposedFamily): string;
  /** The value of the label `le`. */
  bound(boundary: number): string;
  /** What stands behind a sample; '' for nothing. */
  exemplar(exemplar: Exemplar): string;
  /** The line of the time at which a series began, of a counter or histogram; '' for none. */
  created(baseName: string, labels: string, startMillis: number): string;
  readonly end: string;
}
