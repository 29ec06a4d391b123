import {
  ValueType,
  type Attributes,
  type BatchObservableCallback,
  type BatchObservableResult,
  type Meter,
  type MeterProvider as ApiMeterProvider,
  type MetricOptions,
  type Observable,
  type ObservableResult,
} from '@opentelemetry/api';
import { resourceFromAttributes } from '@opentelemetry/resources';
import {
  AggregationTemporality,
  InstrumentType,
  MeterProvider,
  MetricReader,
  type CollectionResult,
} from '@opentelemetry/sdk-metrics';
import type { CardinalityLimits } from '../../../src/cardinality/cardinality-limits.js';
import { nativeStore } from '../../support/stores.js';
import type { Instrument, Kind, Measurement, Scope } from './program.js';

/** What a reader wants of each type of instrument. */
export type Temporality = (type: InstrumentType) => AggregationTemporality;
export const cumulative: Temporality = () => AggregationTemporality.CUMULATIVE;
export const delta: Temporality = () => AggregationTemporality.DELTA;
/** As exporters that prefer deltas have it: what can go down stays cumulative. */
export const deltaOfMonotonic: Temporality = (type) =>
  type === InstrumentType.UP_DOWN_COUNTER || type === InstrumentType.OBSERVABLE_UP_DOWN_COUNTER
    ? AggregationTemporality.CUMULATIVE
    : AggregationTemporality.DELTA;

/** A stock reader that reads when a test says so. */
export class TestReader extends MetricReader {
  constructor(temporality: Temporality = cumulative) {
    super({
      aggregationTemporalitySelector: temporality,
      cardinalitySelector: () => Number.MAX_SAFE_INTEGER,
    });
  }
  protected override async onShutdown(): Promise<void> {}
  protected override async onForceFlush(): Promise<void> {}
}

export const RESOURCE = resourceFromAttributes({ 'service.name': 'test' });
const UNBOUNDED = { id: Infinity, open: Infinity, slug: Infinity, series: Infinity };

/** Our store, read by stock readers. */
export function nativeProvider(
  readers: readonly MetricReader[],
  now: () => number,
  caps: CardinalityLimits = UNBOUNDED,
) {
  return nativeStore({ resource: RESOURCE, caps, readers, now }).meterProvider;
}

/** Something that a program can be run on. */
export interface Subject {
  record(instrument: number, measurement: Measurement): void;
  /** What the callback of an observable says from now on. */
  report(instrument: number, seen: readonly Measurement[]): void;
  collect(reader: 0 | 1): Promise<CollectionResult>;
}

export function nativeSubject(
  instruments: readonly Instrument[],
  temporalities: readonly Temporality[],
  now: () => number,
): Subject {
  const readers = temporalities.map((one) => new TestReader(one));
  const made = new Instruments(nativeProvider(readers, now), instruments);
  return {
    record: (index, { value, attributes }) => made.record(index, value, attributes),
    report: (index, seen) => void made.seen.set(index, seen),
    collect: (reader) => readers[reader]!.collect(),
  };
}

/**
 * The official SDK. What it is not to see is left out: values that ours drops by decision, and attributes that are
 * explicitly undefined. Observables are in a provider for each reader: in one provider readers disturb each other.
 */
export function officialSubject(
  instruments: readonly Instrument[],
  temporalities: readonly Temporality[],
): Subject {
  const provider = (readers: MetricReader[]) => new MeterProvider({ resource: RESOURCE, readers });
  const readers = temporalities.map((one) => new TestReader(one));
  const recorded = new Instruments(
    provider(readers),
    instruments.map((one) => (isObservable(one.kind) ? undefined : one)),
  );
  const alone = temporalities.map((one) => {
    const reader = new TestReader(one);
    const own = instruments.map((candidate) => (isObservable(candidate.kind) ? candidate : undefined));
    return { reader, made: new Instruments(provider([reader]), own) };
  });
  const usable = (index: number, { value }: Measurement): boolean => takes(instruments[index]!, value);
  return {
    record: (index, given) => {
      if (usable(index, given)) recorded.record(index, given.value, defined(given.attributes));
    },
    report: (index, seen) => {
      const taken = seen
        .filter((one) => usable(index, one))
        .map(({ value, attributes }) => ({ value, attributes: defined(attributes) }));
      for (const { made } of alone) made.seen.set(index, taken);
    },
    async collect(reader) {
      const first = await readers[reader]!.collect();
      const second = await alone[reader]!.reader.collect();
      const { resource, scopeMetrics } = first.resourceMetrics;
      return {
        errors: [...first.errors, ...second.errors],
        resourceMetrics: {
          resource,
          scopeMetrics: [...scopeMetrics, ...second.resourceMetrics.scopeMetrics],
        },
      };
    },
  };
}

export const isObservable = (kind: Kind): boolean => kind.startsWith('observable');

/** Which values our store takes; the rest it drops and counts. */
export function takes({ kind, valueType }: Pick<Instrument, 'kind' | 'valueType'>, value: number): boolean {
  if (kind === 'gauge' || kind === 'observableGauge') {
    return Number.isFinite(value) || valueType !== ValueType.INT;
  }
  return Number.isFinite(value) && (value >= 0 || /up/i.test(kind));
}

function defined(attributes: Attributes | undefined): Attributes | undefined {
  if (attributes === undefined) return undefined;
  return Object.fromEntries(Object.entries(attributes).filter(([, value]) => value !== undefined));
}

/** Instruments of a program on one provider. */
export class Instruments {
  readonly seen = new Map<number, readonly Measurement[]>();
  private readonly made: unknown[];

  constructor(
    private readonly provider: ApiMeterProvider,
    private readonly wanted: readonly (Instrument | undefined)[],
  ) {
    this.made = wanted.map((one) => one && this.create(one));
    this.observe();
  }

  record(index: number, value: number, attributes: Attributes | undefined): void {
    const { kind } = this.wanted[index]!;
    const method = kind === 'histogram' || kind === 'gauge' ? 'record' : 'add';
    (this.made[index] as Record<string, (value: number, attributes?: Attributes) => void>)[method]!(
      value,
      attributes,
    );
  }

  private create(one: Instrument): unknown {
    const { kind, name, description, unit, valueType, boundaries } = one;
    const method = `create${kind[0]!.toUpperCase()}${kind.slice(1)}` as 'createCounter';
    const options: MetricOptions = {
      ...(description !== undefined && { description }),
      ...(unit !== undefined && { unit }),
      ...(valueType !== undefined && { valueType }),
      ...(kind === 'histogram' && boundaries && { advice: { explicitBucketBoundaries: [...boundaries] } }),
    };
    return this.meter(one.scope)[method](name, options);
  }

  private meter({ name, version, schemaUrl }: Scope): Meter {
    return this.provider.getMeter(name, version, schemaUrl === undefined ? {} : { schemaUrl });
  }

  private observe(): void {
    const batches = new Map<Scope, { observables: Observable[]; indexes: number[] }>();
    this.wanted.forEach((one, index) => {
      if (one === undefined || !isObservable(one.kind)) return;
      const observable = this.made[index] as Observable;
      if (!one.batched) return observable.addCallback((result: ObservableResult) => this.say(index, result));
      const batch = batches.get(one.scope) ?? { observables: [], indexes: [] };
      batch.observables.push(observable);
      batch.indexes.push(index);
      batches.set(one.scope, batch);
    });
    for (const [scope, { observables, indexes }] of batches) {
      const callback: BatchObservableCallback = async (result: BatchObservableResult) => {
        await Promise.resolve();
        indexes.forEach((index, i) => {
          this.say(index, {
            observe: (value, attributes) => result.observe(observables[i]!, value, attributes),
          });
        });
      };
      this.meter(scope).addBatchObservableCallback(callback, observables);
    }
  }

  private say(index: number, result: ObservableResult): void {
    for (const { value, attributes } of this.seen.get(index) ?? []) result.observe(value, attributes);
  }
}
