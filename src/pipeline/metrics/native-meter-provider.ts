import type { CardinalityLimits } from '../../cardinality/cardinality-limits.js';
import type { DropLog } from '../../diagnostics/drop-log.js';
import type { RegistryMeter } from '../../cardinality/registry-meter.js';
import type { SeriesCount } from '../../cardinality/registry-meter.js';
import { CheckedMeterProvider, type Scope } from './checked-meter-provider.js';
import type { WallClock } from './metric-storage.js';
import { NativeMeter, type MeterContext } from './native-meter.js';
import type { MetricStream } from './metric-stream.js';

/** The registry bounds its labels itself. */
const UNBOUNDED: Required<CardinalityLimits> = {
  id: Infinity,
  open: Infinity,
  slug: Infinity,
  series: Infinity,
};

export interface NativeMeterProviderOptions {
  readonly caps: Required<CardinalityLimits>;
  readonly drops: DropLog;
  readonly exemplars: boolean;
  readonly now: WallClock;
}

/**
 * The OpenTelemetry API's MeterProvider over rows and storage. Bounded for the life of the process; what it hands out
 * never throws.
 */
export class NativeMeterProvider extends CheckedMeterProvider<NativeMeter> {
  private registry: NativeMeter | undefined;
  private readonly listeners: ((stream: MetricStream) => void)[] = [];
  private readonly context: MeterContext;

  constructor(options: NativeMeterProviderOptions) {
    super();
    const opened = (stream: MetricStream): void => this.listeners.forEach((listener) => listener(stream));
    this.context = { ...options, opened };
  }

  /** Has `listener` told of each stream, those that exist first. */
  onStream(listener: (stream: MetricStream) => void): void {
    for (const { streams } of this.meters()) streams.forEach(listener);
    this.listeners.push(listener);
  }

  /** The registry's meter first: its names are its own. */
  *meters(): Iterable<NativeMeter> {
    if (this.registry !== undefined) yield this.registry;
    yield* this.hostMeters();
  }

  /** Series of the host's own instruments. */
  *seriesCounts(): Iterable<SeriesCount> {
    for (const meter of this.hostMeters()) yield* meter.seriesCounts();
  }

  protected override hostMeter(scope: Scope): NativeMeter {
    return new NativeMeter(scope, this.context.caps, this.context);
  }

  protected override registryMeter(scope: Scope): RegistryMeter {
    return (this.registry ??= new NativeMeter(scope, UNBOUNDED, this.context));
  }
}
