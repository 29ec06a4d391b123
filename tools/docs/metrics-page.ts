import { DEFAULT_CARDINALITY_LIMITS } from '../../src/cardinality/cardinality-limits.js';
import { EVENTS } from '../../src/semconv/events.js';
import { GEN_AI_METRICS } from '../../src/semconv/gen-ai.js';
import { AGENT_METRICS } from '../../src/semconv/kernel.js';
import { APPROVAL_METRICS } from '../../src/semconv/approvals.js';
import { AMB_METRICS } from '../../src/semconv/amb.js';
import { CMVK_METRICS } from '../../src/semconv/cmvk.js';
import { COMPONENT_METRICS } from '../../src/semconv/components.js';
import { KERNEL_METRICS } from '../../src/semconv/kernel.js';
import { KILL_METRICS } from '../../src/semconv/kills.js';
import { PRESENCE_METRICS } from '../../src/semconv/presence.js';
import {
  RESOURCE_DEPLOYMENT_ENVIRONMENT,
  RESOURCE_SERVICE_NAME,
  RESOURCE_SERVICE_VERSION,
  SCOPE_NAME,
} from '../../src/semconv/resource.js';
import { EVENT_VIOLATION, SPANS } from '../../src/semconv/spans.js';
import { STREAM_METRICS } from '../../src/semconv/streams.js';
import { VERDICT_METRICS } from '../../src/semconv/verdicts.js';
import { TELEMETRY_METRICS } from '../../src/semconv/telemetry.js';
import type { GaugeAggregation, LabelBound, MetricDefinition, MetricKind } from '../../src/semconv/types.js';
import { OVERFLOW, UNKNOWN } from '../../src/semconv/values.js';
import type { GeneratedFile } from '../generated-files.js';
import { code, page, table } from './markdown.js';

const GROUPS: Readonly<Record<string, Readonly<Record<string, MetricDefinition>>>> = {
  Kernel: KERNEL_METRICS,
  Presence: PRESENCE_METRICS,
  Verdicts: VERDICT_METRICS,
  Kills: KILL_METRICS,
  Approvals: APPROVAL_METRICS,
  'Cross-model verification (CMVK)': CMVK_METRICS,
  Agents: AGENT_METRICS,
  'Calls of models': GEN_AI_METRICS,
  Streams: STREAM_METRICS,
  'Agent message bus (AMB)': AMB_METRICS,
  'Parts of the governance SDK': COMPONENT_METRICS,
  'The SDK itself': TELEMETRY_METRICS,
};

const KINDS: Readonly<Record<MetricKind, string>> = {
  counter: 'counter',
  upDownCounter: 'up-down counter (a gauge in Prometheus)',
  histogram: 'histogram',
  observableGauge: 'observable gauge',
};

const BOUNDS: Readonly<Record<LabelBound['bound'], string>> = {
  closed: 'Only the listed values.',
  open: "Named by the host's code or configuration.",
  slug: 'A short machine-readable cause. A few words are joined by `_`; longer text becomes `other`.',
  id: 'One value per agent, unbounded by nature.',
};

/** docs/metrics.md: every metric, span and event of the contract. */
export function metricsPage(): GeneratedFile {
  return page(
    'docs/metrics.md',
    '# Metrics, spans and events',
    'Names are those of the OpenTelemetry instruments and of the Prometheus series alike: a scrape and a push by OTLP ' +
      'give the same names, but for those of a convention, which are dotted in OTLP. A histogram is exposed as `_bucket`, `_sum` and `_count`.',
    '## Label bounds',
    'A cap counts the values of one label of one metric, for the life of the process. ' +
      `Past it, new values are counted under ${code(OVERFLOW)}: totals stay right, and a warning names metric and label. ` +
      `A label value that the caller left out is ${code(UNKNOWN)}. ` +
      `A metric has at most ${DEFAULT_CARDINALITY_LIMITS.series} series, those of the overflow beside. ` +
      'The caps are options: see [`metrics.cardinalityLimits`](options.md#metricscardinalitylimits).',
    table(
      ['Bound', 'Default cap', 'Values'],
      Object.entries(BOUNDS).map(([bound, meaning]) => [
        code(bound),
        bound === 'closed'
          ? '–'
          : String(DEFAULT_CARDINALITY_LIMITS[bound as keyof typeof DEFAULT_CARDINALITY_LIMITS]),
        meaning,
      ]),
    ),
    ...Object.entries(GROUPS).flatMap(([title, metrics]) => [
      `## ${title}`,
      ...Object.entries(metrics).flatMap(([name, definition]) => metricBlocks(name, definition)),
    ]),
    '## Spans',
    'All are of kind INTERNAL, start under the active span and are active while their work runs. A denial leaves the ' +
      'status unset; an exception sets ERROR and `error.type`, and is recorded once.',
    ...Object.entries(SPANS).flatMap(([name, { description, component, attributes }]) => [
      `### ${code(name)}`,
      `${description} ${code('kernel.component')} is ${code(component)}.`,
      `Attributes: ${attributes.map(code).join(', ')}.`,
    ]),
    `A recorded violation also leaves the event ${code(EVENT_VIOLATION)} on the span that is active then, until the next ` +
      'release; see [`events.spanEvents`](options.md#events).',
    '## Events',
    'Each is a log record of the Logs API with an event name: never sampled, without content, in the trace that is active ' +
      'when it is emitted. What is not known of an attribute is left out. The metric classes, the governance ' +
      'instrumentation and the handle emit them; `obs.events.emit` emits one of your own making.',
    table(
      ['Event', 'Severity', 'What happened', 'Attributes'],
      Object.entries(EVENTS).map(([name, { description, severity, attributes }]) => [
        code(name),
        severity,
        description,
        attributes.map(code).join(', '),
      ]),
    ),
    `The severity of ${code('agent_os.violation')} follows that of the violation: \`low\` is INFO, \`medium\` WARN, \`high\` ` +
      `ERROR, \`critical\` FATAL; a claim that is verified is INFO, any other WARN. Decisions to allow are events with ` +
      '[`events.allows`](options.md#events) alone.',
    '## Resource and scope',
    `The options name ${[RESOURCE_SERVICE_NAME, RESOURCE_SERVICE_VERSION, RESOURCE_DEPLOYMENT_ENVIRONMENT].map(code).join(', ')}. ` +
      `The instrumentation scope of all of it is ${code(SCOPE_NAME)}.`,
  );
}

const OVER_WORKERS: Readonly<Record<GaugeAggregation, string>> = {
  sum: 'the sum',
  max: 'the largest value',
  min: 'the smallest value',
  last: 'the value that changed last',
  age: 'the age of the oldest process there has been',
};

function metricBlocks(name: string, metric: MetricDefinition): string[] {
  const { kind, unit, description, labels, buckets, initialSeries, overWorkers, convention } = metric;
  const blocks = [
    `### ${code(name)}`,
    description,
    `${capitalized(KINDS[kind])}, ${unit === '' ? 'no unit' : `unit ${code(unit)}`}${
      Object.keys(labels).length === 0 ? ', no labels' : ''
    }.`,
  ];
  const rows = Object.entries(labels).map(([label, bound]) => [
    code(label),
    code(bound.bound),
    bound.bound === 'closed' ? bound.values.map(code).join(', ') : '',
  ]);
  if (convention) {
    const { name: instrument, attributes } = convention;
    const written = Object.values(attributes).map(code).join(', ');
    blocks.push(
      `A metric of OpenTelemetry’s own: as an instrument, and in OTLP, it is ${code(instrument)}, with the attributes ${written}.`,
    );
  }
  if (rows.length > 0) blocks.push(table(['Label', 'Bound', 'Values'], rows));
  if (buckets) blocks.push(`Buckets: ${buckets.map(String).join(', ')}.`);
  if (overWorkers) blocks.push(`On a page of several processes: ${OVER_WORKERS[overWorkers]}.`);
  if (initialSeries) blocks.push(`Exported at 0 from the start: ${initialSeries.map(series).join(', ')}.`);
  return blocks;
}

function series(labels: Readonly<Record<string, string>>): string {
  const pairs = Object.entries(labels).map(([label, value]) => `${label}="${value}"`);
  return pairs.length === 0 ? 'its only series' : code(`{${pairs.join(', ')}}`);
}

function capitalized(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
