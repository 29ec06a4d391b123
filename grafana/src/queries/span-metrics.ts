// What the Collector counts of every span, before it samples. Its names are set in otel-collector/base.yaml.
import { Counter, Histogram, matches, type OriginLabel } from '../../../prometheus/src/promql/index.js';
import { SPANS } from '../../../src/semconv/index.js';
import { selectorText } from '../../../prometheus/src/promql/labels.js';
import { SCOPE } from './scope.js';

type SpanLabel =
  | OriginLabel
  | 'span_name'
  | 'span_kind'
  | 'status_code'
  | 'kernel_component'
  | 'agent_os_decision'
  | 'agent_os_enforced';

type Where = { readonly [L in SpanLabel]?: string };

const kernelSpans = matches(Object.keys(SPANS).join('|'));
const where = (more: Where) => selectorText({ ...SCOPE, span_name: kernelSpans, ...more });

export const spanCalls = (more: Where = {}): Counter<SpanLabel> =>
  new Counter(`traces_span_metrics_calls_total${where(more)}`);

export const spanDuration = (more: Where = {}): Histogram<SpanLabel> =>
  new Histogram('traces_span_metrics_duration_seconds', where(more));
