/** The last measurement of a series, or of a bucket, that was made inside a sampled span. */
export interface Exemplar {
  value: number;
  /** When, in milliseconds since the epoch. */
  timeMillis: number;
  traceId: string;
  spanId: string;
}
