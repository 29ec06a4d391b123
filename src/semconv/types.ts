/**
 * How many values a label may take. `closed`: only the listed ones. `open`: named by the host's code or configuration
 * (actions, policies, topics, models). `slug`: a short machine-readable cause, never free text. `id`: one value per
 * agent, unbounded by nature. All but `closed` have a cap for the life of the process.
 */
export type LabelBound =
  | { readonly bound: 'closed'; readonly values: readonly string[] }
  | { readonly bound: 'open' }
  | { readonly bound: 'slug' }
  | { readonly bound: 'id' };

/** OpenTelemetry instrument kinds that the registry uses. */
export type MetricKind = 'counter' | 'upDownCounter' | 'histogram' | 'observableGauge';

/**
 * How the values of several processes become one where a page is of all of them: `last` is the one that changed last,
 * `age` is in seconds, and is that of the oldest process that there has been.
 */
export type GaugeAggregation = 'sum' | 'max' | 'min' | 'last' | 'age';

/**
 * What OpenTelemetry's conventions call a metric of theirs and its attributes. With underscores for the dots, these are the
 * names of the contract.
 */
export interface MetricConvention {
  readonly name: string;
  /** By label. */
  readonly attributes: Readonly<Record<string, string>>;
}

/** One metric of the contract. Its name is the OpenTelemetry instrument name, but where a convention has another. */
export interface MetricDefinition {
  readonly kind: MetricKind;
  readonly convention?: MetricConvention;
  /** UCUM unit. One that keeps the exposed name intact: an annotation for counts, `s` for time, none for gauges. */
  readonly unit: string;
  readonly description: string;
  /** Declared order is the order of storage; the unbounded label comes last. */
  readonly labels: Readonly<Record<string, LabelBound>>;
  /** Of an observable gauge alone: all other kinds are added up. */
  readonly overWorkers?: GaugeAggregation;
  /** Histogram upper bounds, ascending, without +Inf. */
  readonly buckets?: readonly number[];
  /** Series that exist at 0 from the start, so that `increase()` sees the first event. */
  readonly initialSeries?: readonly Readonly<Record<string, string>>[];
  /**
   * Says something of other metrics, and so has as many values as they make necessary: the limits of a host do not hold,
   * and what is past its own, fixed one is no overflow that would be said of itself in turn.
   */
  readonly ofOthers?: true;
}

/** The value type of one label: a union for a closed set, otherwise a string. */
export type LabelValue<B extends LabelBound> = B extends {
  readonly values: readonly (infer V extends string)[];
}
  ? V
  : string;

/** Exactly the labels a metric declares: a missing, unknown or out-of-set one does not compile. */
export type LabelsOf<M extends MetricDefinition> = keyof M['labels'] extends never
  ? Readonly<Record<string, never>> // the empty object type would take any label
  : { readonly [K in keyof M['labels']]: LabelValue<M['labels'][K]> };

/** A label whose values are the listed ones. */
export const oneOf = <const V extends readonly string[]>(...values: V) =>
  ({ bound: 'closed', values }) as const;
/** A label named by the host's code or configuration. */
export const open = { bound: 'open' } as const;
/** A label that carries a short cause. */
export const slug = { bound: 'slug' } as const;
/** A label with one value per agent. */
export const id = { bound: 'id' } as const;
