import type { Attributes, Meter, MeterProvider, MetricOptions, Observable } from '@opentelemetry/api';
import type { CardinalityLimits } from '../cardinality/cardinality-limits.js';
import {
  type RecordedKind,
  type RowRecorder,
  type SeriesIndex,
  throughTheApi,
} from '../cardinality/registry-meter.js';
import type { DropLog } from '../diagnostics/drop-log.js';
import { CheckedMeter, type Scope } from '../pipeline/metrics/checked-meter.js';
import { CheckedMeterProvider } from '../pipeline/metrics/checked-meter-provider.js';
import type { MeterLimits } from '../pipeline/metrics/meter-limits.js';
import { HostCallbackError } from '../pipeline/metrics/host-call.js';
import { creatorOf } from '../pipeline/metrics/instrument.js';
import type { ObservableInstrument } from '../pipeline/metrics/observable-instrument.js';
import { LiveSeries } from './live-series.js';

/** What all guarded meters of one provider share. */
export interface GuardContext {
  readonly caps: Required<CardinalityLimits>;
  readonly drops: DropLog;
  readonly live: LiveSeries;
  /** How long a callback of a host may take at a collection. */
  readonly callbackTimeoutMillis: number;
}

/** The official MeterProvider made safe: what it hands out never throws, keeps no caller's object, and is bounded. */
export class GuardedMeterProvider extends CheckedMeterProvider<GuardedMeter> {
  constructor(
    private readonly inner: MeterProvider,
    private readonly context: GuardContext,
  ) {
    super(context);
  }

  protected override meter(scope: Scope, limits: MeterLimits): GuardedMeter {
    const { name, version, schemaUrl } = scope;
    const inner = this.inner.getMeter(name, version, schemaUrl === undefined ? {} : { schemaUrl });
    return new GuardedMeter(inner, scope, limits, this.context);
  }
}

/** A meter whose values go to one of the official SDK. */
class GuardedMeter extends CheckedMeter {
  constructor(
    private readonly inner: Meter,
    scope: Scope,
    limits: MeterLimits,
    private readonly context: GuardContext,
  ) {
    super(scope, limits);
  }

  override recorder(
    kind: RecordedKind,
    name: string,
    options: MetricOptions,
    rows: SeriesIndex,
  ): RowRecorder {
    const recorder = throughTheApi(this.inner).recorder(kind, name, options, rows);
    if (kind !== 'gauge') return recorder;
    const { live } = this.context;
    return {
      record(row, value, context) {
        live.recorded(rows.attributesOf(row));
        recorder.record(row, value, context);
      },
    };
  }

  protected override observe(instrument: ObservableInstrument, options: MetricOptions): void {
    const { live } = this.context;
    const { name, kind, rows } = instrument;
    const key = LiveSeries.key(this.scope, name, kind);
    live.watch(key);
    const inner: Observable = this.inner[creatorOf(kind)](name, options);
    inner.addCallback(async (result) => {
      const reported = new Set<Attributes>();
      try {
        for (const [row, value] of await instrument.observe()) {
          const attributes = rows.attributesOf(row);
          reported.add(attributes);
          live.recorded(attributes);
          result.observe(value, attributes);
        }
      } catch (error) {
        // Counted and said: the official SDK would have the whole collection fail.
        if (!(error instanceof HostCallbackError)) throw error;
      } finally {
        live.reported(key, reported);
      }
    });
  }
}
