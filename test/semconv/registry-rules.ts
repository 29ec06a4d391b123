import { AUDIT_LOG, COMPONENT_RESULTS, VERIFY } from '../../src/semconv/components.js';
import * as attributes from '../../src/semconv/attributes.js';
import { contractName, METRICS } from '../../src/semconv/metrics.js';
import { type SpanDefinition, SPANS } from '../../src/semconv/spans.js';
import type { LabelBound, MetricDefinition } from '../../src/semconv/types.js';
import {
  CHECK_RESULTS,
  DECISIONS,
  ENFORCEMENTS,
  STATUSES,
  DEAD_LETTER_REASONS,
  UNKNOWN,
} from '../../src/semconv/values.js';

/** One fault of the registry. */
export interface LintProblem {
  /** Name of the metric or span. */
  readonly metric: string;
  readonly rule: string;
  readonly message: string;
}

/** Finds faults in one declaration; each is said in one sentence. */
export interface Rule<Definition> {
  /** The rule's name in a {@link LintProblem}. */
  readonly rule: string;
  check(name: string, definition: Definition): Iterable<string>;
}

export type MetricRule = Rule<MetricDefinition>;
export type SpanRule = Rule<SpanDefinition>;

export const SNAKE_CASE = /^[a-z][a-z0-9]*(_[a-z0-9]+)*$/;

/** Lower-case words joined by one underscore: legal in every backend, with no quoting and no translation. */
export const nameCase: MetricRule = {
  rule: 'name-case',
  *check(name) {
    if (!SNAKE_CASE.test(name)) yield 'a name is lower-case words joined by one underscore';
  },
};

const PREFIXES = ['agent_os_', 'amb_'];

/** Operators find everything of ours by its prefix, and nothing of ours meets a name of the host. */
export const namePrefix: MetricRule = {
  rule: 'name-prefix',
  *check(name, { convention }) {
    if (convention === undefined && !PREFIXES.some((prefix) => name.startsWith(prefix)))
      yield `a name starts with ${PREFIXES.join(' or ')}`;
  },
};

/** A reader tells a counter by its `_total`, and takes nothing else for one. */
export const counterTotal: MetricRule = {
  rule: 'counter-total',
  *check(name, { kind }) {
    if (kind === 'counter' && !name.endsWith('_total')) yield 'a counter ends with _total';
    if (kind !== 'counter' && name.endsWith('_total')) yield `a ${kind} does not end with _total`;
  },
};

/** Time is in seconds and says so: unit and suffix come together or not at all. */
export const secondsSuffix: MetricRule = {
  rule: 'seconds-suffix',
  *check(name, { unit }) {
    if (unit === 's' && !name.endsWith('_seconds')) yield 'a metric of unit s ends with _seconds';
    if (unit !== 's' && name.endsWith('_seconds')) yield 'a metric that ends with _seconds has unit s';
  },
};

const BASE_UNITS = new Set(['', '1', 's', 'By']);
const ANNOTATION = /^\{[a-z_]+\}$/;
const OTHER_UNITS = new Set(
  (
    'milliseconds millis ms microseconds micros us nanoseconds nanos ns minutes min hours days weeks ' +
    'kilobytes megabytes gigabytes kb mb gb kib mib gib bits percent percentage pct'
  ).split(' '),
);

/** Base units only, in unit and name: https://prometheus.io/docs/practices/naming/#base-units */
export const baseUnits: MetricRule = {
  rule: 'base-units',
  *check(name, { unit }) {
    if (!BASE_UNITS.has(unit) && !ANNOTATION.test(unit)) {
      yield `unit "${unit}" is neither a base unit (s, By, 1, none) nor an annotation`;
    }
    for (const word of name.split('_')) {
      if (OTHER_UNITS.has(word)) yield `"${word}" is not a base unit; use seconds, bytes or a ratio`;
    }
  },
};

/** The help text that operators read; on one line, as the text format has it. */
export const description: Rule<{ readonly description: string }> = {
  rule: 'description',
  *check(_, { description: text }) {
    if (text.trim() === '') yield 'a description is missing';
    else if (!text.endsWith('.')) yield 'a description ends with a full stop';
    if (text !== text.trim() || /[\r\n]/.test(text))
      yield 'a description is one line without blanks around it';
  },
};

const SUFFIX_OF_UNIT: Readonly<Record<string, string>> = { s: '_seconds', By: '_bytes', '1': '_ratio' };

/**
 * The name on /metrics, through OTLP and through each translation strategy is the declared one: translators append a
 * unit that the name does not end with already, and `_ratio` to a gauge of unit 1.
 * https://opentelemetry.io/docs/specs/otel/compatibility/prometheus_and_openmetrics/
 */
export const exposedName: MetricRule = {
  rule: 'exposed-name',
  *check(name, definition) {
    if (!keepsName(name, definition)) {
      yield `unit "${definition.unit}" of a ${definition.kind} would change the exposed name`;
    }
  },
};

function keepsName(name: string, { kind, unit }: MetricDefinition): boolean {
  const annotated = unit.startsWith('{') && unit.endsWith('}');
  if (kind === 'counter' || annotated) return annotated;
  if (unit === '') return true;
  const suffix = SUFFIX_OF_UNIT[unit];
  return suffix !== undefined && name.endsWith(suffix);
}

/** A page of several processes shows one value of each series: what it is, only the declaration can say. */
export const overWorkers: MetricRule = {
  rule: 'over-workers',
  *check(_, { kind, overWorkers: rule }) {
    const isGauge = kind === 'observableGauge';
    if (isGauge && rule === undefined)
      yield 'an observable gauge says how the values of several processes become one';
    if (!isGauge && rule !== undefined) yield `a ${kind} is added up over processes, and nothing else`;
  },
};

const KINDS = new Set(['counter', 'updowncounter', 'gauge', 'histogram', 'summary', 'metric']);
/** Names of the series of histograms and summaries, in the text format and in OpenMetrics. */
const SERIES_SUFFIX = /_(bucket|count|sum|created|gcount|gsum)$/;

/** A name says what is measured, not how, and is not the name of a part of another metric. */
export const reservedNames: MetricRule = {
  rule: 'reserved-names',
  *check(name, { kind, unit }) {
    for (const word of name.split('_')) {
      if (KINDS.has(word)) yield `"${word}" in a name says what the type says`;
    }
    const suffix = SERIES_SUFFIX.exec(name);
    if (suffix) yield `${suffix[0]} is the name of a series of a histogram or summary`;
    if (name.endsWith('_info') && (kind !== 'observableGauge' || unit !== '')) {
      yield '_info belongs to a gauge of the constant 1 without a unit';
    }
  },
};

/** `le` and `quantile` are the text format's, `job` and `instance` the scraper's, `otel_scope_…` the exporter's. */
const RESERVED = /^(le|quantile|job|instance|__.*|otel_scope_.*)$/;

/** Label names that need no quoting and collide with nobody's. */
export const labelNames: MetricRule = {
  rule: 'label-names',
  *check(_, { labels }) {
    for (const label of Object.keys(labels)) {
      if (RESERVED.test(label)) yield `label ${label} is reserved`;
      else if (!SNAKE_CASE.test(label))
        yield `label ${label} is not lower-case words joined by one underscore`;
    }
  },
};

const RANK = { closed: 0, open: 1, slug: 1, id: 2 } as const;

/** So many labels are read in one go for a recording. */
const MOST_LABELS = 4;

/** Series are stored by label in declared order: the narrow ones come first, so that the id fans out last and once. */
export const labelOrder: MetricRule = {
  rule: 'label-order',
  *check(_, { labels, convention }) {
    let widest = 0;
    let ids = 0;
    for (const [label, { bound }] of Object.entries(labels)) {
      if (RANK[bound] < widest) yield `label ${label} (${bound}) comes before the wider ones`;
      widest = Math.max(widest, RANK[bound]);
      if (bound === 'id') ids++;
    }
    const count = Object.keys(labels).length;
    if (count > MOST_LABELS && convention === undefined) yield `${count} labels are more than ${MOST_LABELS}`;
    if (ids > 1) yield 'two id labels would multiply; at most one is allowed';
  },
};

/** What a convention calls a metric and its labels is what they are called here, once dots are underscores. */
export const conventionNames: MetricRule = {
  rule: 'convention-names',
  *check(metric, { labels, convention }) {
    if (convention === undefined) return;
    const { name, attributes: named } = convention;
    if (contractName(name) !== metric) yield `${name} would be another name in Prometheus`;
    if (Object.keys(named).join() !== Object.keys(labels).join())
      yield 'a convention names each label once, in their order';
    for (const [label, attribute] of Object.entries(named))
      if (contractName(attribute) !== label) yield `${attribute} would be another label in Prometheus`;
  },
};

const VALUE = /^[A-Za-z0-9]+(_[A-Za-z0-9]+)*$/;
/** Sets in which `unknown` is a value of the contract, not what stands for a missing one. */
const WITH_UNKNOWN = new Set(
  [CHECK_RESULTS, COMPONENT_RESULTS, DEAD_LETTER_REASONS, DECISIONS, ENFORCEMENTS, STATUSES].map((values) =>
    values.join(),
  ),
);

/** A closed set lists words, each once, and leaves `unknown` and `__overflow__` to those who stand in for values. */
export const closedSets: MetricRule = {
  rule: 'closed-sets',
  *check(_, { labels }) {
    for (const [label, bound] of Object.entries(labels)) {
      if (bound.bound !== 'closed') continue;
      const { values } = bound;
      if (values.length === 0) yield `label ${label} has no values`;
      if (new Set(values).size < values.length) yield `label ${label} has a value twice`;
      if (values.includes(UNKNOWN) && !WITH_UNKNOWN.has(values.join())) {
        yield `label ${label} lists ${UNKNOWN}, which stands for a missing value`;
      }
      for (const value of values) {
        if (!VALUE.test(value))
          yield `label ${label} has the value ${JSON.stringify(value)}, which is no word`;
      }
    }
  },
};

/** Histograms, and only they, have buckets: finite, ascending, above zero; +Inf is the exporter's. */
export const buckets: MetricRule = {
  rule: 'buckets',
  *check(_, { kind, buckets: bounds }) {
    if (kind !== 'histogram') {
      if (bounds !== undefined) yield `a ${kind} has no buckets`;
      return;
    }
    if (bounds === undefined || bounds.length === 0) {
      yield 'a histogram without buckets would take the defaults of the SDK, made for milliseconds';
      return;
    }
    for (const [i, bound] of bounds.entries()) {
      if (!Number.isFinite(bound)) yield `bucket ${bound} is not finite`;
      else if (bound <= (bounds[i - 1] ?? 0)) yield `bucket ${bound} does not ascend`;
    }
  },
};

/** Values of labels with an open bound that our own code records, so that a series of them can be there at 0. */
const OURS: ReadonlySet<string> = new Set([AUDIT_LOG, VERIFY]);

/** Series at 0 are series that a recording can reach: all labels, in their sets, and of a sum. */
export const initialSeries: MetricRule = {
  rule: 'born-at-zero',
  *check(_, { kind, labels, initialSeries: born = [] }) {
    if (born.length > 0 && kind !== 'counter' && kind !== 'upDownCounter')
      yield `a ${kind} has no series at 0`;
    const seen = new Set<string>();
    for (const series of born) {
      for (const [label, bound] of Object.entries(labels)) {
        const value = series[label];
        if (value === undefined) yield `a series at 0 lacks the label ${label}`;
        else if (!reachable(bound, value))
          yield `a series at 0 has ${label}="${value}", which is not in its set`;
      }
      for (const label of Object.keys(series)) {
        if (!(label in labels)) yield `a series at 0 has the unknown label ${label}`;
      }
      const key = JSON.stringify(Object.entries(series).sort());
      if (seen.has(key)) yield `a series at 0 comes twice: ${key}`;
      seen.add(key);
    }
  },
};

function reachable(bound: LabelBound, value: string): boolean {
  if (bound.bound === 'closed') return bound.values.includes(value);
  return value === UNKNOWN || (bound.bound === 'open' && OURS.has(value));
}

const DOTTED = /^[a-z][a-z0-9_]*(\.[a-z][a-z0-9_]*)+$/;

/** Lower-case words under a namespace; what varies is an attribute, never part of the name. */
export const spanName: SpanRule = {
  rule: 'span-name',
  *check(name) {
    if (!DOTTED.test(name)) yield 'a span is named by lower-case words joined by dots';
  },
};

const KNOWN: ReadonlySet<string> = new Set(Object.values(attributes));
/** On every span: who made it, and what failed. */
const COMMON = [attributes.ATTR_KERNEL_COMPONENT, attributes.ATTR_ERROR_TYPE];

/** Spans carry attributes of the contract alone, each listed once. */
export const spanAttributes: SpanRule = {
  rule: 'span-attributes',
  *check(_, { attributes: listed }) {
    for (const attribute of listed) if (!KNOWN.has(attribute)) yield `attribute ${attribute} is not declared`;
    for (const attribute of COMMON)
      if (!listed.includes(attribute)) yield `attribute ${attribute} is missing`;
    if (new Set(listed).size < listed.length) yield 'an attribute is listed twice';
  },
};

/** What every metric of the registry keeps. */
export const METRIC_RULES: readonly MetricRule[] = [
  nameCase,
  namePrefix,
  reservedNames,
  counterTotal,
  secondsSuffix,
  baseUnits,
  exposedName,
  description,
  labelNames,
  labelOrder,
  conventionNames,
  closedSets,
  buckets,
  initialSeries,
  overWorkers,
];

/** What every span of the registry keeps. */
export const SPAN_RULES: readonly SpanRule[] = [spanName, description, spanAttributes];

/**
 * The registry's faults, in the order of its declarations; none when it is sound.
 *
 * @example
 * ```ts
 * lintRegistry().forEach(({ metric, rule, message }) => console.error(`${metric}: ${message} (${rule})`));
 * ```
 */
export function lintRegistry(
  metrics: Readonly<Record<string, MetricDefinition>> = METRICS,
  spans: Readonly<Record<string, SpanDefinition>> = SPANS,
): LintProblem[] {
  return [...faults(metrics, METRIC_RULES), ...faults(spans, SPAN_RULES)];
}

function* faults<Definition>(
  declared: Readonly<Record<string, Definition>>,
  rules: readonly Rule<Definition>[],
): Iterable<LintProblem> {
  for (const [metric, definition] of Object.entries(declared)) {
    for (const rule of rules) {
      for (const message of rule.check(metric, definition)) yield { metric, rule: rule.rule, message };
    }
  }
}
