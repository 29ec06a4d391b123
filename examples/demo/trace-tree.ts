import type { ReadableSpan, SpanProcessor } from '@opentelemetry/sdk-trace-base';

/** What a line of the tree shows of a span, in this order. */
const SHOWN = [
  'agent.id',
  'agent_os.action',
  'agent_os.decision',
  'agent_os.policy',
  'agent_os.severity',
  'agent_os.signal',
  'error.type',
];
const REQUEST = 'kernel.execute';
/** Traces that wait for their root; one whose root never ends must not be kept for ever. */
const MOST_OPEN = 1000;
/** Children say again what their request says already; there it is left out. */
const OF_THE_REQUEST = new Set(['agent.id', 'agent_os.action']);

/** Prints the spans of the first requests as trees, one request of each shape; then it costs nothing more. */
export class TraceTree implements SpanProcessor {
  private readonly open = new Map<string, ReadableSpan[]>();
  private readonly shapes = new Set<string>();

  constructor(
    private readonly print: (text: string) => void,
    private readonly most = 5,
  ) {}

  onStart(): void {}

  onEnd(span: ReadableSpan): void {
    if (this.shapes.size >= this.most || this.open.size > MOST_OPEN) this.open.clear();
    if (this.shapes.size >= this.most) return;
    const { traceId } = span.spanContext();
    const spans = [...(this.open.get(traceId) ?? []), span];
    if (span.parentSpanContext !== undefined) return void this.open.set(traceId, spans);
    this.open.delete(traceId);
    if (span.name !== REQUEST) return;
    const shape = spans
      .map(({ name, status }) => `${name} ${status.code}`)
      .sort()
      .join();
    if (this.shapes.has(shape)) return;
    this.shapes.add(shape);
    this.print(treeText(span, spans));
  }

  async forceFlush(): Promise<void> {}
  async shutdown(): Promise<void> {}
}

/** The spans under `root`, a line each. */
export function treeText(root: ReadableSpan, spans: readonly ReadableSpan[]): string {
  const childrenOf = (parent: ReadableSpan) =>
    spans
      .filter((span) => span.parentSpanContext?.spanId === parent.spanContext().spanId)
      .sort((a, b) => a.startTime[0] - b.startTime[0] || a.startTime[1] - b.startTime[1]);
  const lines = (span: ReadableSpan, indent: string): string[] =>
    childrenOf(span).flatMap((child, index, children) => {
      const last = index === children.length - 1;
      return [
        `${indent}${last ? '└─' : '├─'} ${spanText(child, OF_THE_REQUEST)}`,
        ...lines(child, `${indent}${last ? '   ' : '│  '}`),
      ];
    });
  return [`trace ${root.spanContext().traceId}`, `  ${spanText(root)}`, ...lines(root, '  ')].join('\n');
}

function spanText({ name, attributes, duration }: ReadableSpan, hidden?: ReadonlySet<string>): string {
  const shown = SHOWN.filter((key) => !hidden?.has(key)).flatMap((key) => attributes[key] ?? []);
  const milliseconds = duration[0] * 1e3 + duration[1] / 1e6;
  return [name, ...shown.map(String), `${milliseconds.toFixed(milliseconds < 1 ? 3 : 1)} ms`].join('  ');
}
