import type { MeterProvider } from '@opentelemetry/api';
import type { ExpositionSource } from '../../exposition/exposition-source.js';
import type { SeriesCount } from '../../cardinality/registry-meter.js';

/**
 * The seam behind which the numbers are kept. The rest of the package records through `meterProvider` and reads through
 * `export`: a faster store replaces this alone.
 */
export interface MetricStore extends ExpositionSource {
  readonly meterProvider: MeterProvider;
  /** Series of instruments beside the registry's. */
  seriesCounts(): Iterable<SeriesCount>;
  /** Pushes what is due. May reject. */
  forceFlush(): Promise<void>;
  /** Pushes the last values and stops. `export()` then answers the last collection. May reject. */
  shutdown(): Promise<void>;
}

/** Fails with the first of what callbacks of one collection threw, and says how many more there are. */
export function rejectFirst(errors: readonly unknown[]): void {
  if (errors.length > 0) throw new Error(reason(errors), { cause: errors[0] });
}

function reason(errors: readonly unknown[]): string {
  const [first] = errors;
  const text = first instanceof Error && first.message !== '' ? first.message : String(first);
  return errors.length === 1 ? text : `${text}, and ${errors.length - 1} more`;
}
