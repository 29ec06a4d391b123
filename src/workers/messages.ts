import type { Attributes } from '@opentelemetry/api';
import type { ExposedStream } from '../exposition/exposed-family.js';
import type { PageRequest } from '../exposition/exposition-source.js';

/** Processes of another version are not understood, and say so. */
export const PROTOCOL = 1;

/** What a stream is, without its series. */
type Without<T, K extends PropertyKey> = T extends unknown ? Omit<T, K> : never;
export type StreamAbout = Without<ExposedStream, 'cells' | 'texts'>;

/** JSON has no text for those that are not finite. */
export type WireNumber = number | 'NaN' | 'Infinity' | '-Infinity';

/** The place of a bucket, 0 for a number; then value, time, trace and span. */
export type WireExemplar = readonly [number, WireNumber, number, string, string];

/** One series: its stream, its labels, since when, its value or else sum and counts. */
export type WireRow = readonly [number, string, number, readonly WireNumber[], (readonly WireExemplar[])?];

/** A stream: its number in the reports of one connection, what it is told apart by, itself, bounds of its buckets. */
export type WireStream = readonly [number, string, StreamAbout, readonly number[] | null];

/** What has changed of the series of one process, as totals: to take it twice is to take it once. */
export interface Report {
  /** The first of a full report: numbers of streams are new. */
  readonly begin?: true;
  readonly streams?: readonly WireStream[];
  readonly rows?: readonly WireRow[];
  /** Series that are no more. */
  readonly removed?: readonly (readonly [number, string])[];
  /** The last of a full report: what it had not is no more. */
  readonly end?: true;
}

/** Orders the states of a group: the reign of an aggregator, its changes; and the id of that aggregator. */
export type Version = readonly [reign: number, change: number, aggregator: string];

/** Who a process is. */
export interface Member {
  readonly id: string;
  readonly pid: number;
  /** Milliseconds since the epoch. */
  readonly startedAt: number;
  readonly resource: Attributes;
}

/** One change of the state of a group. Whoever makes the same changes has the same state. */
export type Change =
  | ({ readonly type: 'joined' } & Member)
  | { readonly type: 'reported'; readonly id: string; readonly report: Report }
  | { readonly type: 'left'; readonly id: string }
  /** The counters of one that has left are added to those of all others that have. */
  | { readonly type: 'folded'; readonly id: string }
  /** Of a copy alone: who began the group, and whose counters are folded. */
  | {
      readonly type: 'founded';
      readonly startedAt: number;
      readonly instance: string | null;
      readonly folded: readonly string[];
    }
  /** Of a copy alone: what was folded, as totals. */
  | { readonly type: 'departed'; readonly report: Report };

/** What a follower sends. */
export type FollowerMessage =
  | {
      readonly type: 'hello';
      readonly protocol: number;
      readonly service: string;
      readonly member: Member;
      /** Of the copy it has of the group's state. */
      readonly copy: Version | null;
    }
  | { readonly type: 'report'; readonly report: Report }
  | { readonly type: 'polled'; readonly poll: number }
  | { readonly type: 'page'; readonly page: number; readonly request: PageRequest }
  /** Its copy, as it was asked for. */
  | { readonly type: 'copied'; readonly change: Change }
  | { readonly type: 'copyEnded'; readonly version: Version | null }
  | { readonly type: 'bye' };

/** What an aggregator sends. */
export type AggregatorMessage =
  | {
      readonly type: 'welcome';
      readonly protocol: number;
      readonly pid: number;
      readonly url: string | null;
      /** Copies that are not newer are of no use. */
      readonly base: Version;
    }
  | { readonly type: 'refused'; readonly why: string }
  | { readonly type: 'poll'; readonly poll: number }
  /** Whether the follower keeps a copy, and how soon it takes over; a copy begins anew. */
  | { readonly type: 'standby'; readonly rank: number }
  | { readonly type: 'change'; readonly change: Change; readonly version: Version }
  | { readonly type: 'copyComplete'; readonly version: Version }
  | { readonly type: 'giveCopy' }
  | { readonly type: 'goodbye' }
  | { readonly type: 'chunk'; readonly page: number; readonly text: string }
  | { readonly type: 'pageEnd'; readonly page: number; readonly failed?: string };

export type Message = FollowerMessage | AggregatorMessage;

/** A way to another process. What is sent arrives in order, or the channel closes. */
export interface Channel {
  /** Hands on what comes; to be set at once. */
  onMessage: (message: Message) => void;
  /** Called once, at the end, whoever ended it. */
  onClose: () => void;
  send(message: Message): void;
  /** Resolves when the system has all that was sent, or the channel has closed. */
  drained(): Promise<void>;
  close(): void;
}

export function isNewer(one: Version | null, other: Version | null): boolean {
  if (one === null) return false;
  if (other === null) return true;
  return one[0] > other[0] || (one[0] === other[0] && one[1] > other[1]);
}

export function toWire(value: number): WireNumber {
  return Number.isFinite(value) ? value : (String(value) as WireNumber);
}

export function fromWire(value: WireNumber): number {
  return Number(value);
}
