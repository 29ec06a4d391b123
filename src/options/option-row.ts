import type { CardinalityLimits } from '../cardinality/cardinality-limits.js';
import type { Check } from './checks.js';
import type {
  EventsOptions,
  MetricsOptions,
  ObservabilityOptions,
  OtlpOptions,
  PrometheusOptions,
  TracesOptions,
  WorkersOptions,
} from './options.js';

/** The sections of the options, by their path. */
export interface Sections {
  prometheus: PrometheusOptions;
  workers: WorkersOptions;
  otlp: OtlpOptions;
  traces: TracesOptions;
  events: EventsOptions;
  metrics: Omit<MetricsOptions, 'labelCaps' | 'store'>;
  'metrics.cardinalityLimits': CardinalityLimits;
}

type PathsIn<S extends keyof Sections> = { [P in S]: `${P}.${keyof Sections[P] & string}` }[S];
/** Path of any option, as `prometheus.port`. */
export type OptionPath = keyof ObservabilityOptions | PathsIn<keyof Sections>;
/** The value that a host gives at a path. */
export type ValueAt<P extends OptionPath> = P extends keyof ObservabilityOptions
  ? NonNullable<ObservabilityOptions[P]>
  : {
      [S in keyof Sections]: P extends `${S}.${infer K extends keyof Sections[S] & string}`
        ? NonNullable<Sections[S][K]>
        : never;
    }[keyof Sections];

/** An environment variable that stands in for an option. */
export interface OptionVariable {
  readonly name: string;
  /** Its value as that of the option; undefined: it cannot be used. */
  read(text: string): unknown;
  /** What it accepts, where its words are not those of the option: `read` alone decides then. */
  readonly accepts?: string;
  /** What it does, where that is more than to set the option. */
  readonly effect?: string;
}

/** With this other option in effect the option would silently do nothing. */
export interface Exclusion {
  readonly option: OptionPath;
  /** Its value; left out, any but false. */
  readonly is?: unknown;
  /** A further option that must be in effect too. */
  readonly and?: OptionPath;
  /** The option that gives it an effect nevertheless. */
  readonly unless?: OptionPath;
  readonly accepted: string;
}

/** Without this value of another option the option would silently do nothing. */
export interface Need {
  readonly option: OptionPath;
  /** The value; left out, any but false. */
  readonly is?: unknown;
  /** A further option that gives it an effect as well. */
  readonly or?: OptionPath;
  readonly accepted: string;
}

/** All there is to know of one option but its type and its text, which stand in options.ts. */
export interface OptionRow<V = unknown> {
  readonly check: Check;
  readonly default?: V;
  readonly env?: OptionVariable;
  /** Its old path, which still works with one warning. */
  readonly formerly?: string;
  /** What the words of the old option are called now. */
  readonly formerWords?: Readonly<Record<string, V>>;
  /** Of a section: holds for each option in it. */
  readonly excludes?: readonly Exclusion[];
  readonly needs?: readonly Need[];
}
