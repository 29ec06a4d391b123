import { useState } from 'preact/hooks';
import { seconds, time } from '../format.js';
import { Badge, Empty, Panel } from '../parts.js';
import type { LiveSpan, LiveState } from '../../src/live/live-messages.js';

const MAX_REQUESTS = 8;
const MAX_SPANS = 30;
/** After its last span a request is over, also where its first span is not here. */
const OVER_MILLIS = 2000;

interface Request {
  readonly trace: string;
  readonly root: LiveSpan;
  readonly start: number;
  readonly millis: number;
  readonly status: LiveSpan['status'];
  /** In the order in which they began, each with how deep it stands. */
  readonly spans: readonly { readonly span: LiveSpan; readonly depth: number }[];
}

/** The last requests, each as a waterfall of its spans. Until one is chosen, the newest is open; `''`: none. */
export function Requests({
  spans,
  state,
}: {
  readonly spans: readonly LiveSpan[];
  readonly state: LiveState;
}) {
  const [open, setOpen] = useState<string | undefined>(undefined);
  const requests = requestsOf(spans, state.at);
  const newest = requests.find((request) => request.spans.length > 1) ?? requests[0];
  const isKept = open === '' || requests.some(({ trace }) => trace === open);
  const shown = isKept ? open : newest?.trace;
  const gone = state.missing.find((sentence) => sentence.startsWith('Requests'));
  return (
    <Panel id="requests" title="Last requests">
      {requests.length === 0 ? (
        <Empty>{gone ?? 'Requests that end while this page is open appear here.'}</Empty>
      ) : (
        <ul class="requests">
          {requests.map((request) => (
            <li key={request.trace}>
              <button
                type="button"
                aria-expanded={request.trace === shown}
                onClick={() => setOpen(request.trace === shown ? '' : request.trace)}
              >
                <time>{time(request.start)}</time>
                <Badge tone={request.status === 'ok' ? 'good' : request.status === 'denied' ? 'bad' : 'warn'}>
                  {request.status}
                </Badge>
                <b>{request.root.action ?? request.root.name}</b>
                <span class="soft">{request.root.agent}</span>
                <span class="took">{seconds(request.millis / 1000)}</span>
              </button>
              {request.trace === shown && <Waterfall request={request} />}
            </li>
          ))}
        </ul>
      )}
    </Panel>
  );
}

function Waterfall({ request: { spans, start, millis, trace } }: { readonly request: Request }) {
  const whole = Math.max(millis, 0.001);
  return (
    <div class="waterfall">
      <ol>
        {spans.slice(0, MAX_SPANS).map(({ span, depth }) => (
          <li key={span.id}>
            <span class="name" style={{ paddingLeft: `${depth * 0.9}rem` }}>
              {span.name}
              {span.action !== undefined && <span class="soft"> {span.action}</span>}
            </span>
            <span class="track" aria-hidden="true">
              <i
                class={span.status}
                style={{
                  left: `${(100 * (span.start - start)) / whole}%`,
                  width: `${Math.max(0.6, (100 * span.millis) / whole)}%`,
                }}
              />
            </span>
            <span class="took">{seconds(span.millis / 1000)}</span>
          </li>
        ))}
      </ol>
      <p class="soft">
        trace <code>{trace}</code>
      </p>
    </div>
  );
}

/** The newest first, of those that are over: the first span of a request is the last to end, unless it is in another process. */
function requestsOf(spans: readonly LiveSpan[], now: number): Request[] {
  const traces = new Map<string, LiveSpan[]>();
  for (const span of spans) {
    const known = traces.get(span.trace);
    if (known === undefined) traces.set(span.trace, [span]);
    else known.push(span);
  }
  const isOver = (trace: readonly LiveSpan[]): boolean =>
    trace.some(({ parent }) => parent === '') ||
    trace.every(({ start, millis }) => now - start - millis > OVER_MILLIS);
  return [...traces.values()].filter(isOver).slice(-MAX_REQUESTS).reverse().map(requestOf);
}

function requestOf(unordered: readonly LiveSpan[]): Request {
  const spans = [...unordered].sort((a, b) => a.start - b.start || b.millis - a.millis);
  const byId = new Map(spans.map((span) => [span.id, span]));
  const depthOf = (span: LiveSpan): number => {
    let depth = 0;
    for (let at = byId.get(span.parent); at !== undefined && depth < 12; at = byId.get(at.parent)) depth++;
    return depth;
  };
  const root = (spans.find(({ parent }) => !byId.has(parent)) ?? spans[0]) as LiveSpan;
  const start = Math.min(...spans.map((span) => span.start));
  const status = spans.some((span) => span.status === 'denied')
    ? 'denied'
    : spans.some((span) => span.status === 'error')
      ? 'error'
      : 'ok';
  return {
    trace: root.trace,
    root: {
      ...root,
      action: root.action ?? spans.find(({ action }) => action !== undefined)?.action,
      agent: root.agent ?? spans.find(({ agent }) => agent !== undefined)?.agent,
    },
    start,
    millis: Math.max(...spans.map((span) => span.start + span.millis)) - start,
    status,
    spans: spans.map((span) => ({ span, depth: depthOf(span) })),
  };
}
