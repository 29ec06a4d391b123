import type { MetricOptions } from '@opentelemetry/api';
import type { CardinalityLimits } from '../../cardinality/cardinality-limits.js';
import type { RecordedKind, RowRecorder, SeriesIndex } from '../../cardinality/registry-meter.js';
import type { DropLog } from '../../diagnostics/drop-log.js';
import { CheckedMeter, type Scope } from './checked-meter.js';
import { CheckedMeterProvider } from './checked-meter-provider.js';
import type { MeterLimits } from './meter-limits.js';
import {
  isObserved,
  type MetricStream,
  observedStream,
  recordedStream,
  type RecordingSettings,
} from './metric-stream.js';
import type { ObservableInstrument } from './observable-instrument.js';

export interface NativeMeterProviderOptions extends RecordingSettings {
  readonly caps: Required<CardinalityLimits>;
  readonly drops: DropLog;
  /** How long a callback of a host may take at a collection. */
  readonly callbackTimeoutMillis: number;
}

/** The OpenTelemetry API's MeterProvider over storage of our own. */
export class NativeMeterProvider extends CheckedMeterProvider<NativeMeter> {
  private readonly listeners: ((stream: MetricStream) => void)[] = [];

  constructor(private readonly options: NativeMeterProviderOptions) {
    super(options);
  }

  /** Has `listener` told of each stream before anything is recorded into it; of those that exist, at once. */
  onStream(listener: (stream: MetricStream) => void): void {
    for (const { streams } of this.meters()) streams.forEach(listener);
    this.listeners.push(listener);
  }

  /** From now on nothing is recorded. */
  override end(): void {
    super.end();
    for (const { streams } of this.meters()) {
      for (const stream of streams) if (!isObserved(stream)) stream.storage.end();
    }
  }

  protected override meter(scope: Scope, limits: MeterLimits): NativeMeter {
    const opened = (stream: MetricStream): void => this.listeners.forEach((listener) => listener(stream));
    return new NativeMeter(scope, limits, this.options, opened);
  }
}

/** The instruments of one scope, each with its stream. */
class NativeMeter extends CheckedMeter {
  readonly streams: MetricStream[] = [];

  constructor(
    scope: Scope,
    limits: MeterLimits,
    private readonly options: NativeMeterProviderOptions,
    private readonly opened: (stream: MetricStream) => void,
  ) {
    super(scope, limits);
  }

  override recorder(
    kind: RecordedKind,
    name: string,
    options: MetricOptions,
    rows: SeriesIndex,
  ): RowRecorder {
    const stream = recordedStream(kind, name, options, rows, this.options);
    this.add(stream);
    return stream.storage;
  }

  protected override observe(instrument: ObservableInstrument, options: MetricOptions): void {
    this.add(observedStream(instrument, options));
  }

  private add(stream: MetricStream): void {
    this.streams.push(stream);
    this.opened(stream);
  }
}
