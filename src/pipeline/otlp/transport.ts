import { SCOPE_NAME, VERSION } from '../../semconv/resource.js';

/** What became of one attempt to send. */
export type Answer =
  | { readonly kind: 'delivered'; readonly rejected: number; readonly reason?: string }
  | { readonly kind: 'too_large' }
  | FailedAnswer;

export interface FailedAnswer {
  readonly kind: 'failed';
  readonly reason: string;
  /** Whether another attempt may fare better, and when the receiver wants it. */
  readonly retry: 'never' | 'later' | 'now';
  readonly retryAfterMillis?: number | undefined;
  /** Nobody is there, or a file of TLS is not: at the end of the process neither will come. */
  readonly unreachable?: boolean;
}

export interface Attempt {
  /** What is sent, compressed already where the target wants it. */
  readonly body: Uint8Array;
  /** Gives the attempt up; its answer is of no interest then. */
  readonly signal: AbortSignal;
  /** What is left until the deadline. */
  readonly remainingMillis: number;
}

/** Carries requests to one target. */
export interface Transport {
  /** May reject; {@link failureOf} says what that means. */
  attempt(attempt: Attempt): Promise<Answer>;
  close(): void;
}

/** Longest body of an answer that is looked at. */
export const MAX_ANSWER_BYTES = 64 * 1024;

/** https://opentelemetry.io/docs/specs/otel/protocol/exporter/#user-agent */
export const USER_AGENT = `OTel-OTLP-Exporter-JavaScript/${VERSION} (${SCOPE_NAME})`;
