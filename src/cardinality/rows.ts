import type { Attributes } from '@opentelemetry/api';

/** The series of one instrument, numbered from 0 as they came. */
export interface Rows {
  /** Rows so far. */
  readonly size: number;
  /** The frozen attributes of a row. */
  attributesOf(row: number): Attributes;
  /** Whether the row stays for the life of the process. */
  isPinned(row: number): boolean;
  /** Forgets rows: their numbers, and what their labels held, are free for others. */
  release(rows: ReadonlySet<number>): void;
}
