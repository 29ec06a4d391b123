import type { DecodedSpan } from './otlp-decode.js';

export interface SpanTree {
  readonly name: string;
  readonly children: readonly SpanTree[];
}

type TreeSpan = Pick<DecodedSpan, 'traceId' | 'spanId' | 'parentSpanId' | 'name' | 'startNanos'>;

/**
 * The spans nested by parent, ready for `toEqual`. A span whose parent is not among them is a root; siblings are in
 * order of start, equal starts in order of arrival.
 *
 * @throws when a span came twice, or spans are each other's ancestors.
 */
export function spanTree(spans: readonly TreeSpan[]): SpanTree[] {
  const keyOf = (traceId: string, spanId: string | undefined) => `${traceId}/${spanId}`;
  const known = new Set<string>();
  for (const span of spans) {
    const key = keyOf(span.traceId, span.spanId);
    if (known.has(key)) throw new Error(`span "${span.name}" (${key}) came twice`);
    known.add(key);
  }

  const roots: TreeSpan[] = [];
  const childrenOf = new Map<string, TreeSpan[]>();
  for (const span of [...spans].sort((a, b) =>
    a.startNanos < b.startNanos ? -1 : a.startNanos > b.startNanos ? 1 : 0,
  )) {
    const parent = keyOf(span.traceId, span.parentSpanId);
    if (!known.has(parent)) roots.push(span);
    else if (childrenOf.has(parent)) childrenOf.get(parent)!.push(span);
    else childrenOf.set(parent, [span]);
  }

  let placed = 0;
  const treeOf = (span: TreeSpan): SpanTree => {
    placed += 1;
    return {
      name: span.name,
      children: (childrenOf.get(keyOf(span.traceId, span.spanId)) ?? []).map(treeOf),
    };
  };
  const trees = roots.map(treeOf);
  if (placed !== spans.length) throw new Error(`${spans.length - placed} spans are each other's ancestors`);
  return trees;
}
