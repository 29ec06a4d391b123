import { slugText } from '../cardinality/label-text.js';
import { shownValue } from '../diagnostics/shown-text.js';
import type { EventWatch } from '../events/governance-events.js';
import {
  ATTR_AGENT_ID,
  ATTR_AUDIT_HASH,
  ATTR_KILL_OUTCOME,
  ATTR_REASON,
  ATTR_SIGNAL,
  ATTR_STATE,
} from '../semconv/attributes.js';
import type { EventName, EventSeverity } from '../semconv/events.js';
import type { LiveEvent } from './live-messages.js';
import { Ring, shortText } from './ring.js';

/** Those that come with requests, and the others, which must not be pushed out by them. */
const MAX_FREQUENT = 150;
const MAX_RARE = 100;
const FREQUENT: ReadonlySet<EventName> = new Set<EventName>([
  'agent_os.violation',
  'agent_os.decision',
  'agent_os.audit',
  'agent_os.verification',
]);
const MAX_AGENTS = 500;

type Facts = Record<string, string | number | boolean>;

/** What has become of one agent, as far as events told. */
export interface AgentState {
  readonly state: string;
  readonly reason: string | undefined;
  readonly since: number;
}

/** States that signals bring about. */
const BY_SIGNAL: Readonly<Record<string, string>> = {
  SIGKILL: 'killed',
  SIGTERM: 'terminated',
  SIGSTOP: 'suspended',
  SIGCONT: 'active',
};

export interface LiveEventsOptions {
  /** Milliseconds since the epoch. */
  readonly now: () => number;
  /** Whether events are kept while nobody looks. */
  readonly keeps: boolean;
  /** Called after an event, while somebody looks. */
  readonly changed: () => void;
}

/** The last events, and what they say of each agent. Bounded, and without content. */
export class LiveEvents implements EventWatch {
  /** Whether somebody looks. */
  watched = false;
  readonly agents = new Map<string, AgentState>();
  private readonly frequent = new Ring<LiveEvent>(MAX_FREQUENT);
  private readonly rare = new Ring<LiveEvent>(MAX_RARE);
  private seq = 0;

  constructor(private readonly options: LiveEventsOptions) {}

  get watching(): boolean {
    return this.watched || this.options.keeps;
  }

  saw(name: EventName, severity: EventSeverity, attributes: Readonly<Facts>): void {
    if (!this.watching) return;
    try {
      const at = this.options.now();
      const facts = factsOf(attributes);
      const ring = FREQUENT.has(name) ? this.frequent : this.rare;
      ring.add({ seq: ++this.seq, at, name: name.replace('agent_os.', ''), severity, facts });
      this.follow(name, attributes, facts, at);
      if (this.watched) this.options.changed();
    } catch {
      // What a page shows is not worth an event.
    }
  }

  after(seq: number): LiveEvent[] {
    if (seq >= this.seq) return [];
    return [...this.frequent.after(seq), ...this.rare.after(seq)].sort((a, b) => a.seq - b.seq).map(shown);
  }

  private follow(name: EventName, attributes: Readonly<Facts>, facts: Readonly<Facts>, at: number): void {
    const agent = facts['agent'];
    const state = stateOf(name, attributes);
    if (typeof agent !== 'string' || state === undefined) return;
    const reason = typeof facts['reason'] === 'string' ? facts['reason'] : undefined;
    const before = this.agents.get(agent);
    this.agents.delete(agent); // the last one to change stands last
    // A kill is told by the event of the kill, of its signal and of the lifecycle.
    const same = before?.state === state;
    this.agents.set(agent, {
      state,
      reason: reason ?? (same ? before.reason : undefined),
      since: same ? before.since : at,
    });
    if (this.agents.size > MAX_AGENTS) this.agents.delete(this.agents.keys().next().value as string);
  }
}

function stateOf(name: EventName, attributes: Readonly<Facts>): string | undefined {
  if (name === 'agent_os.lifecycle') return shortText(String(attributes[ATTR_STATE]));
  if (name === 'agent_os.signal') return BY_SIGNAL[String(attributes[ATTR_SIGNAL])];
  if (name === 'agent_os.kill' && attributes[ATTR_KILL_OUTCOME] === 'stopped') return 'killed';
  return undefined;
}

/** As the host's redaction leaves it: asked only when somebody looks. */
function shown(event: LiveEvent): LiveEvent {
  const facts = Object.entries(event.facts).map(([key, value]) => [key, shownValue(key, value)] as const);
  return { ...event, facts: Object.fromEntries(facts) as Facts };
}

/** By the last word of their names. A reason may be free text, which only a short cause is shown of. */
function factsOf(attributes: Readonly<Facts>): Facts {
  const facts: Facts = {};
  for (const [name, value] of Object.entries(attributes)) {
    if (name === ATTR_AUDIT_HASH) continue;
    const key = name === ATTR_AGENT_ID ? 'agent' : name.replace('agent_os.', '');
    if (typeof value !== 'string') facts[key] = value;
    else facts[key] = name === ATTR_REASON ? slugText(value) : shortText(value);
  }
  return facts;
}
