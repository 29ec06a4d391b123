import { useState } from 'preact/hooks';
import { seconds, time } from '../format.js';
import { Badge, Empty, Panel, type Tone } from '../parts.js';
import type { LiveEvent } from '../../src/live/live-messages.js';

const FILTERS = {
  All: () => true,
  'Denials and violations': ({ name }: LiveEvent) => name === 'decision' || name === 'violation',
  Agents: ({ name }: LiveEvent) =>
    name === 'kill' || name === 'signal' || name === 'lifecycle' || name === 'approval',
} as const;
type Filter = keyof typeof FILTERS;
const MAX_ROWS = 80;

/** Verdicts, violations and all else that happens, the newest first. */
export function EventStream({ events }: { readonly events: readonly LiveEvent[] }) {
  const [filter, setFilter] = useState<Filter>('All');
  const shown = events.filter(FILTERS[filter]).slice(0, MAX_ROWS);
  return (
    <Panel
      id="events"
      title="As it happens"
      aside={
        <div class="filters" role="group" aria-label="Which events">
          {(Object.keys(FILTERS) as Filter[]).map((name) => (
            <button key={name} type="button" aria-pressed={filter === name} onClick={() => setFilter(name)}>
              {name}
            </button>
          ))}
        </div>
      }
    >
      {shown.length === 0 ? (
        <Empty>Denials, violations, signals and kills appear here within a second.</Empty>
      ) : (
        <ol class="events scroll" tabIndex={0} aria-label="Events, the newest first">
          {shown.map((event) => (
            <Row key={event.seq} event={event} />
          ))}
        </ol>
      )}
    </Panel>
  );
}

function Row({ event }: { readonly event: LiveEvent }) {
  const { word, tone, main, rest } = described(event);
  return (
    <li>
      <time dateTime={new Date(event.at).toISOString()}>{time(event.at)}</time>
      <Badge tone={tone}>{word}</Badge>
      <span class="what">
        <b>{main}</b>
        {rest
          .filter((fact) => fact !== undefined && fact !== '')
          .map((fact, index) => (
            <span key={index}>{fact}</span>
          ))}
      </span>
    </li>
  );
}

interface Described {
  readonly word: string;
  readonly tone: Tone;
  readonly main: string;
  readonly rest: readonly (string | undefined)[];
}

function described({ name, facts }: LiveEvent): Described {
  const text = (key: string): string | undefined =>
    facts[key] === undefined ? undefined : String(facts[key]);
  const agent = text('agent');
  const policy = text('policy') && `policy ${text('policy')}`;
  const rule = text('rule') && `rule ${text('rule')}`;
  // `other` stands for a text that is not shown.
  const reason =
    facts['reason'] === undefined || facts['reason'] === 'other' ? undefined : `reason ${facts['reason']}`;
  const main = text('action') ?? agent ?? '';
  switch (name) {
    case 'violation': {
      const open = facts['blocked'] === false ? 'not blocked' : undefined;
      return {
        word: `${text('severity') ?? ''} violation`.trim(),
        tone: 'warn',
        main,
        rest: [agent, policy, rule, open, reason],
      };
    }
    case 'decision': {
      const enforced = text('enforced') ?? 'unknown';
      const tone = enforced === 'denied' ? 'bad' : enforced === 'allowed' ? 'good' : 'warn';
      const how = text('provenance') === 'evaluated' ? undefined : text('provenance');
      return {
        word: enforced === 'unknown' ? 'unclear' : enforced,
        tone,
        main,
        rest: [agent, policy, rule, how, text('error.type')],
      };
    }
    case 'kill': {
      const took = facts['containment_seconds'];
      const within = typeof took === 'number' ? `contained in ${seconds(took)}` : undefined;
      return {
        word: `kill ${(text('kill.outcome') ?? '').replaceAll('_', ' ')}`,
        tone: 'bad',
        main: agent ?? '',
        rest: [within, reason],
      };
    }
    case 'signal':
      return { word: text('signal') ?? 'signal', tone: 'info', main: agent ?? '', rest: [reason] };
    case 'lifecycle':
      return {
        word: text('state') ?? 'state',
        tone: 'info',
        main: agent ?? '',
        rest: [text('state.from') && `was ${text('state.from')}`, reason],
      };
    case 'approval':
      return {
        word: `approval ${text('approval.outcome') ?? ''}`,
        tone: 'info',
        main,
        rest: [agent, policy, text('approver.class')],
      };
    case 'verification': {
      const result = text('verification.result') ?? 'voted';
      const drift =
        typeof facts['drift_score'] === 'number' ? `drift ${facts['drift_score'].toFixed(2)}` : undefined;
      return {
        word: result,
        tone: result === 'verified' ? 'good' : 'warn',
        main: text('claim.id') ?? 'claim',
        rest: ['CMVK', drift],
      };
    }
    case 'dead_letter':
      return { word: 'dead letter', tone: 'warn', main: text('topic') ?? '', rest: [reason] };
    default:
      return { word: name, tone: 'plain', main, rest: [agent, text('decision')] };
  }
}
