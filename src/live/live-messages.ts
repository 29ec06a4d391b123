/*
 * What the live page is told, as JSON: names, counts, states and times. Nothing that somebody has said or was given is in
 * it: no prompt, no argument, no text of an exception, and of a reason only what a label would have.
 */

/** One event of the contract. */
export interface LiveEvent {
  readonly seq: number;
  /** Milliseconds since the epoch. */
  readonly at: number;
  /** Without its prefix, as `violation`. */
  readonly name: string;
  readonly severity: string;
  /** Attributes by their last word, as `policy`. */
  readonly facts: Readonly<Record<string, string | number | boolean>>;
}

/** One span that has ended. */
export interface LiveSpan {
  readonly seq: number;
  readonly trace: string;
  readonly id: string;
  /** The id of the parent, empty without one. */
  readonly parent: string;
  readonly name: string;
  /** Milliseconds since the epoch. */
  readonly start: number;
  readonly millis: number;
  readonly status: 'ok' | 'error' | 'denied';
  readonly agent?: string | undefined;
  readonly action?: string | undefined;
}

/** A histogram of all series together. */
export interface LiveHistogram {
  readonly bounds: readonly number[];
  /** One more than there are bounds. */
  readonly counts: readonly number[];
  readonly sum: number;
  readonly count: number;
}

/** Counts by the value of one label. */
export type Counts = Readonly<Record<string, number>>;

export interface LiveAgent {
  readonly id: string;
  /** The last state that an event told. */
  readonly state?: string | undefined;
  readonly reason?: string | undefined;
  /** When it came into that state, in milliseconds since the epoch. */
  readonly since?: number | undefined;
  readonly violations: number;
  readonly kills: number;
  readonly errors: number;
  /** What it did although it was stopped. */
  readonly afterStop: number;
}

/** Where one signal goes. `host`: the host sends it itself. */
export interface LiveExport {
  readonly signal: 'traces' | 'logs' | 'metrics';
  readonly state: 'sending' | 'failing' | 'off' | 'host';
  readonly pending: number;
}

/** Who is observed. */
export interface LiveService {
  readonly name: string;
  readonly version: string;
  readonly environment: string;
  readonly instance: string;
  readonly pid: number;
  readonly runtime: string;
}

/** All numbers at one moment. */
export interface LiveState {
  /** Milliseconds since the epoch. */
  readonly at: number;
  readonly service: LiveService;
  readonly uptimeSeconds: number;
  readonly policyMode: string;
  readonly activeAgents: number;
  readonly requests: Counts;
  readonly checks: Counts;
  readonly unevaluated: number;
  readonly evaluationErrors: number;
  readonly ungoverned: number;
  readonly violations: { readonly total: number; readonly blocked: number; readonly bySeverity: Counts };
  readonly policies: readonly { readonly name: string; readonly allowed: number; readonly denied: number }[];
  readonly actions: readonly { readonly name: string; readonly counts: Counts }[];
  readonly agents: readonly LiveAgent[];
  /** Agents that did not fit. */
  readonly moreAgents: number;
  readonly kills: {
    readonly outcomes: Counts;
    readonly underWay: number;
    readonly containment: LiveHistogram;
  };
  readonly approvals: { readonly waiting: number; readonly outcomes: Counts };
  readonly votes: {
    readonly results: Counts;
    readonly consensus: number | undefined;
    readonly disagreements: number;
    readonly errors: number;
  };
  readonly bus: {
    readonly published: number;
    readonly delivered: number;
    readonly failures: number;
    readonly dead: number;
    readonly connected: boolean | undefined;
    readonly topics: readonly { readonly name: string; readonly depth: number; readonly dead: number }[];
  };
  readonly latency: { readonly check: LiveHistogram; readonly execution: LiveHistogram };
  readonly health: {
    readonly exports: readonly LiveExport[];
    readonly lost: readonly { readonly signal: string; readonly reason: string; readonly count: number }[];
    readonly series: readonly { readonly metric: string; readonly used: number; readonly limit: number }[];
    readonly refused: number;
    readonly scrapes: number;
    /** Whether callbacks failed in this reading: what they observe is missing. */
    readonly callbacksFail: boolean;
  };
  /** What this page cannot show, in sentences. */
  readonly missing: readonly string[];
}
