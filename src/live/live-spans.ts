import { SpanStatusCode } from '@opentelemetry/api';
import { shownValue } from '../diagnostics/shown-text.js';
import type { SpanWatch } from '../pipeline/traces/span-pipeline.js';
import { ATTR_ACTION, ATTR_AGENT_ID, ATTR_ENFORCED } from '../semconv/attributes.js';
import type { LiveSpan } from './live-messages.js';
import { Ring, shortText } from './ring.js';

const MAX_SPANS = 300;

type WatchedSpan = Parameters<SpanWatch['ended']>[0];

/** The last spans, with what a waterfall is drawn from and nothing else. Filled only while somebody looks. */
export class LiveSpans implements SpanWatch {
  watching = false;
  private seq = 0;
  private readonly ring = new Ring<LiveSpan>(MAX_SPANS);

  ended(span: WatchedSpan): void {
    try {
      this.ring.add(liveSpan(span, ++this.seq));
    } catch {
      // What a page shows is not worth a span.
    }
  }

  after(seq: number): LiveSpan[] {
    return this.ring.after(seq);
  }
}

function liveSpan(span: WatchedSpan, seq: number): LiveSpan {
  const { traceId, spanId } = span.spanContext();
  const [seconds, nanos] = span.duration;
  const facts = factsOf(span.attributeEntries());
  return {
    seq,
    trace: traceId,
    id: spanId,
    parent: span.parentSpanId ?? '',
    name: shortText(String(shownValue('name', span.name))),
    start: span.startSeconds * 1000 + span.startNanos / 1e6,
    millis: seconds * 1000 + nanos / 1e6,
    status:
      facts.enforced === 'denied' ? 'denied' : span.status.code === SpanStatusCode.ERROR ? 'error' : 'ok',
    agent: facts.agent,
    action: facts.action,
  };
}

interface SpanFacts {
  agent?: string;
  action?: string;
  enforced?: string;
}

const WANTED: Readonly<Record<string, keyof SpanFacts>> = {
  [ATTR_AGENT_ID]: 'agent',
  [ATTR_ACTION]: 'action',
  [ATTR_ENFORCED]: 'enforced',
};

/** @param entries - keys and values in turn, up to the first key that is undefined */
function factsOf(entries: readonly unknown[]): SpanFacts {
  const facts: SpanFacts = {};
  for (let index = 0; index < entries.length && entries[index] !== undefined; index += 2) {
    const key = entries[index] as string;
    const fact = WANTED[key];
    const value = entries[index + 1];
    if (fact !== undefined && typeof value === 'string')
      facts[fact] = shortText(String(shownValue(key, value)));
  }
  return facts;
}
