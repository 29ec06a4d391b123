import type { MeterProvider } from '@opentelemetry/api';
import type { ExpositionSource } from '../../http/metrics-handler.js';
import type { SeriesCount } from '../../instruments/telemetry-metrics.js';

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
