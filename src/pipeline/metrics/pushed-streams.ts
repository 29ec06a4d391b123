import type { Turns } from '../turns.js';
import type { AsyncCollection } from './async-storage.js';
import type { Scope } from './checked-meter.js';
import { isObserved, type MetricStream } from './metric-stream.js';
import type { NativeMeterProvider } from './native-meter.js';
import { PushedAttributes } from './pushed-attributes.js';
import { type PushedSeries, type PushedStream, pushedStream, type PushTimes } from './pushed-stream.js';
import { sendsDeltas, type TemporalityPreference } from './temporality.js';

/** One metric of a push. */
export interface PushedMetric extends PushedSeries {
  /** The series have ended: that is what the points say, and not a value. */
  readonly ended?: boolean;
  readonly scope: Scope;
  readonly stream: MetricStream;
  readonly delta: boolean;
  readonly attributes: PushedAttributes;
}

/** What one push sends. */
export interface PushedMetrics {
  readonly metrics: readonly PushedMetric[];
  /** The time of all points, in milliseconds since the epoch. */
  readonly endMillis: number;
}

/**
 * The metrics of a provider for pushes. Deltas stay until a push settles them: those of a push that failed go with the
 * next one, together with what was recorded since.
 */
export class PushedStreams {
  private readonly pushed = new Map<MetricStream, PushedStream>();
  private readonly attributes = new Map<MetricStream, PushedAttributes>();
  private lastMillis: number | undefined;

  constructor(
    private readonly provider: NativeMeterProvider,
    private readonly preference: TemporalityPreference,
  ) {
    provider.onStream((stream) => {
      this.pushed.set(stream, pushedStream(stream, sendsDeltas(preference, stream.descriptor.kind)));
      this.attributes.set(stream, new PushedAttributes(stream));
    });
  }

  streams(): Iterable<MetricStream> {
    return this.pushed.keys();
  }

  /**
   * The series that end with this process, a millisecond after their last values at least, for Prometheus keeps no finer
   * times. None where deltas are preferred: whoever takes those knows no series that ends.
   */
  ended(nowMillis: number): PushedMetrics {
    const metrics: PushedMetric[] = [];
    const meters = this.preference === 'delta' ? [] : this.provider.meters();
    for (const { scope, streams } of meters) {
      for (const stream of streams) {
        const series = this.pushed.get(stream)?.ended();
        if (series === undefined || series.places === 0) continue;
        const attributes = this.attributes.get(stream) as PushedAttributes;
        metrics.push({ ...series, scope, stream, delta: false, ended: true, attributes });
      }
    }
    return { metrics, endMillis: Math.max(nowMillis, Math.floor(this.lastMillis ?? 0) + 1) };
  }

  /** What a push sends, called once for each. */
  async take(observed: AsyncCollection, endMillis: number, turns: Turns): Promise<PushedMetrics> {
    const times: PushTimes = { endMillis, lastMillis: this.lastMillis };
    this.lastMillis = endMillis;
    const metrics: PushedMetric[] = [];
    for (const { scope, streams } of [...this.provider.meters()]) {
      for (const stream of streams) {
        const pushed = this.pushed.get(stream) as PushedStream;
        const attributes = this.attributes.get(stream) as PushedAttributes;
        const values = isObserved(stream) ? observed.values.get(stream) : undefined;
        const series = await pushed.seriesOf(values, times, turns);
        if (series.places > 0) metrics.push({ ...series, scope, stream, delta: pushed.delta, attributes });
      }
    }
    return { metrics, endMillis };
  }

  /** Forgets a row, whose number another series may have next. */
  forget(stream: MetricStream, row: number): void {
    this.attributes.get(stream)?.forget(row);
  }

  /** Series whose deltas no push has settled. */
  pending(): number {
    let pending = 0;
    for (const pushed of this.pushed.values()) pending += pushed.pending();
    return pending;
  }
}
