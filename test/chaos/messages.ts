import type { ChaosKind } from './settings.js';

/** What a host process is started with. */
export interface HostSettings {
  readonly port: number;
  readonly collector: string;
  readonly kinds: readonly ChaosKind[];
  readonly seed: number;
  /** Time between two rounds of what a host does. */
  readonly tickMillis: number;
  readonly memoryEveryMillis: number;
  /** Longest time of a scrape. */
  readonly scrapeMillis: number;
}

/** What one start of the package in a process made, and what it counted as lost, read at its end. */
export interface LifeEnd {
  readonly life: string;
  readonly spansMade: number;
  readonly spansCounted: number;
  /** What the host has added to the counter that is compared. */
  readonly added: number;
  /** Data points that were counted as not delivered. */
  readonly pointsCounted: number;
}

/** From the host. Times are milliseconds since the epoch. */
export type HostMessage =
  | { readonly say: 'up'; readonly life: string; readonly at: number; readonly added: number }
  | { readonly say: 'down'; readonly at: number }
  | { readonly say: 'added'; readonly life: string; readonly added: number }
  | ({ readonly say: 'ended' } & LifeEnd)
  | { readonly say: 'memory'; readonly bytes: number; readonly at: number }
  | { readonly say: 'failed'; readonly what: string }
  | { readonly say: 'quiet' }
  | {
      readonly say: 'finished';
      readonly done: Readonly<Record<string, number>>;
      readonly delayP99Millis: number;
      readonly delayMaxMillis: number;
    };

/** To the host: `quiet` stops what is made, so that counts can be compared; `end` ends it after that. */
export interface HostCommand {
  readonly do: 'reload' | 'quiet' | 'end';
}

/** The counter that is compared from end to end, and how Prometheus calls it. */
export const COMPARED = { instrument: 'chaos_added', exposed: 'chaos_added_total' } as const;
/** The resource attribute that tells one start from another. */
export const LIFE_ATTRIBUTE = 'chaos.life';
