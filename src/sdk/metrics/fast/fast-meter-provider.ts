import type { LabelCaps } from '../../../cardinality/label-caps.js';
import type { DropLog } from '../../../instruments/drop-log.js';
import type { RegistryMeter } from '../../../instruments/registry-meter.js';
import type { SeriesCount } from '../../../instruments/telemetry-metrics.js';
import { CheckedMeterProvider, type Scope } from '../checked-meter-provider.js';
import type { WallClock } from './columns.js';
import { FastMeter, type MeterContext } from './fast-meter.js';
import type { MetricStream } from './metric-stream.js';

/** The registry bounds its labels itself. */
const UNBOUNDED: Required<LabelCaps> = { id: Infinity, open: Infinity, slug: Infinity, series: Infinity };

export interface FastMeterProviderOptions {
  readonly caps: Required<LabelCaps>;
  readonly drops: DropLog;
  readonly exemplars: boolean;
  readonly now: WallClock;
}

/**
 * The OpenTelemetry API's MeterProvider over rows and columns. Bounded for the life of the process; what it hands out
 * never throws.
 */
export class FastMeterProvider extends CheckedMeterProvider<FastMeter> {
  private registry: FastMeter | undefined;
  private readonly listeners: ((stream: MetricStream) => void)[] = [];
  private readonly context: MeterContext;

  constructor(options: FastMeterProviderOptions) {
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
  *meters(): Iterable<FastMeter> {
    if (this.registry !== undefined) yield this.registry;
    yield* this.hostMeters();
  }

  /** Series of the host's own instruments. */
  *seriesCounts(): Iterable<SeriesCount> {
    for (const meter of this.hostMeters()) yield* meter.seriesCounts();
  }

  protected override hostMeter(scope: Scope): FastMeter {
    return new FastMeter(scope, this.context.caps, this.context);
  }

  protected override registryMeter(scope: Scope): RegistryMeter {
    return (this.registry ??= new FastMeter(scope, UNBOUNDED, this.context));
  }
}
