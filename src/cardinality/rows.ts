import type { Attributes } from '@opentelemetry/api';

/** The series of one instrument, numbered from 0 as they came. */
export interface Rows {
  /** Rows so far. */
  readonly size: number;
  /** The frozen attributes of a row. */
  attributesOf(row: number): Attributes;
}
