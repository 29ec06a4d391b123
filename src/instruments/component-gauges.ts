import { secondsSince } from '../common/clock.js';
import { OVERFLOW } from '../semconv/values.js';
import type { Instruments } from './instruments.js';

/** Series that a gauge shows, as many as its label has room for by default; all others share one. */
const MOST_AGENTS = 1_000;
const MOST_CREDENTIALS = 200;
/** Identities whose tiers are compared: of more, the first ones are forgotten. */
const MOST_IDENTITIES = 10_000;

/** What the gauges of components show: one for all ComponentMetrics on a provider. */
export class ComponentGauges {
  private scores = new Map<string, number>();
  /** By identity: those that share an agent's id, as its sessions, are trusted each by itself. */
  private tiers = new Map<string, string>();
  /** When each credential was made or rotated, by our clock. */
  private credentials = new Map<string, number>();
  private readonly stops: readonly (() => void)[];

  private constructor(private readonly make: Instruments) {
    this.stops = [
      make.gauge('agent_os_trust_score').addSource((observe) => {
        for (const [agentId, score] of this.scores) observe(score, { agent_id: agentId });
      }),
      make.gauge('agent_os_credential_age_seconds').addSource((observe) => {
        for (const [credential, since] of this.credentials) {
          observe(secondsSince(make.clock, since), { credential });
        }
      }),
    ];
  }

  static of(make: Instruments): ComponentGauges {
    return make.shared(
      'components',
      (instruments) => new ComponentGauges(instruments),
      (mine, theirs) => mine.follow(theirs),
    );
  }

  setScore(agentId: string, score: number): void {
    keep(this.scores, agentId, score, MOST_AGENTS);
  }

  /** Keeps the tier of an identity; gives the one that it had before. */
  setTier(identity: string, tier: string): string | undefined {
    const before = this.tiers.get(identity);
    if (before === tier) return before;
    this.tiers.set(identity, tier);
    if (this.tiers.size > MOST_IDENTITIES) this.tiers.delete(first(this.tiers));
    return before;
  }

  setCredentialAge(credential: string, ageSeconds: number): void {
    keep(this.credentials, credential, this.make.clock() - ageSeconds * 1000, MOST_CREDENTIALS);
  }

  removeCredential(credential: string): void {
    this.credentials.delete(credential);
  }

  /** Shows from now on what `other` shows, which reads it as well. */
  private follow(other: ComponentGauges): void {
    for (const stop of this.stops) stop();
    copy(this.scores, other.scores);
    copy(this.tiers, other.tiers);
    copy(this.credentials, other.credentials);
    this.scores = other.scores;
    this.tiers = other.tiers;
    this.credentials = other.credentials;
  }
}

/** Under its name, or where there is no room for that under the one that all others share. */
function keep(values: Map<string, number>, name: string, value: number, most: number): void {
  values.set(values.has(name) || values.size < most ? name : OVERFLOW, value);
}

function first(map: ReadonlyMap<string, unknown>): string {
  const [key] = map.keys();
  return key as string;
}

function copy<V>(from: ReadonlyMap<string, V>, to: Map<string, V>): void {
  for (const [key, value] of from) to.set(key, value);
}
