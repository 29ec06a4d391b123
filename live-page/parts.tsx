import type { ComponentChildren } from 'preact';
import { count, share, sum } from './format.js';
import type { Counts } from '../src/live/live-messages.js';

/** One region of the page, with its heading. */
export function Panel(props: {
  readonly id: string;
  readonly title: string;
  readonly aside?: ComponentChildren;
  readonly children: ComponentChildren;
}) {
  return (
    <section class={`panel panel-${props.id}`} aria-labelledby={`title-${props.id}`}>
      <header class="panel-head">
        <h2 id={`title-${props.id}`}>{props.title}</h2>
        {props.aside !== undefined && <div class="aside">{props.aside}</div>}
      </header>
      {props.children}
    </section>
  );
}

export type Tone = 'good' | 'bad' | 'warn' | 'info' | 'plain';

export function Badge({ tone, children }: { readonly tone: Tone; readonly children: ComponentChildren }) {
  return <span class={`badge ${tone}`}>{children}</span>;
}

export function Empty({ children }: { readonly children: ComponentChildren }) {
  return <p class="empty">{children}</p>;
}

/** Names with their values, one below the other. */
export function Facts({
  rows,
}: {
  readonly rows: readonly (readonly [string, ComponentChildren, (Tone | undefined)?])[];
}) {
  return (
    <dl class="facts">
      {rows.map(([name, value, tone]) => (
        <div key={name}>
          <dt>{name}</dt>
          <dd class={tone}>{value}</dd>
        </div>
      ))}
    </dl>
  );
}

/** Parts of a whole as a bar, and as text below it. */
export function Parts({
  counts,
  parts,
}: {
  readonly counts: Counts;
  readonly parts: readonly (readonly [string, Tone])[];
}) {
  const total = sum(counts);
  return (
    <>
      <div class="bar" aria-hidden="true">
        {parts.map(([name, tone]) => (
          <i key={name} class={tone} style={{ flexGrow: total === 0 ? 0 : (counts[name] ?? 0) / total }} />
        ))}
      </div>
      <ul class="legend">
        {parts.map(([name, tone]) => (
          <li key={name}>
            <i class={tone} aria-hidden="true" /> {name.replaceAll('_', ' ')}{' '}
            <b>{count(counts[name] ?? 0)}</b> <span class="soft">{share(counts[name] ?? 0, total)}</span>
          </li>
        ))}
      </ul>
    </>
  );
}
