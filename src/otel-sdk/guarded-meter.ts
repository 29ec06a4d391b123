import type { Attributes, Meter, MeterProvider, MetricOptions, Observable } from '@opentelemetry/api';
import type { CardinalityLimits } from '../cardinality/cardinality-limits.js';
import {
  type RecordedKind,
  type RowRecorder,
  type SeriesIndex,
  throughTheApi,
} from '../cardinality/registry-meter.js';
import type { DropLog } from '../diagnostics/drop-log.js';
import { CheckedMeter, CheckedMeterProvider, type Scope } from '../pipeline/metrics/checked-meter.js';
import { creatorOf } from '../pipeline/metrics/instrument.js';
import type { ObservableInstrument } from '../pipeline/metrics/observable-instrument.js';
import { LiveSeries } from './live-series.js';

/** What all guarded meters of one provider share. */
export interface GuardContext {
  readonly caps: Required<CardinalityLimits>;
  readonly drops: DropLog;
  readonly live: LiveSeries;
}

/** The official MeterProvider made safe: what it hands out never throws, keeps no caller's object, and is bounded. */
export class GuardedMeterProvider extends CheckedMeterProvider<GuardedMeter> {
  constructor(
    private readonly inner: MeterProvider,
    private readonly context: GuardContext,
  ) {
    super(context.caps);
  }

  protected override meter(scope: Scope, caps: Required<CardinalityLimits>): GuardedMeter {
    const { name, version, schemaUrl } = scope;
    const inner = this.inner.getMeter(name, version, schemaUrl === undefined ? {} : { schemaUrl });
    return new GuardedMeter(inner, scope, caps, this.context);
  }
}

/** A meter whose values go to one of the official SDK. */
class GuardedMeter extends CheckedMeter {
  constructor(
    private readonly inner: Meter,
    scope: Scope,
    caps: Required<CardinalityLimits>,
    private readonly context: GuardContext,
  ) {
    super(scope, caps, context.drops);
  }

  override recorder(
    kind: RecordedKind,
    name: string,
    options: MetricOptions,
    rows: SeriesIndex,
  ): RowRecorder {
    return throughTheApi(this.inner).recorder(kind, name, options, rows);
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
          result.observe(value, attributes);
        }
      } finally {
        live.reported(key, reported);
      }
    });
  }
}
