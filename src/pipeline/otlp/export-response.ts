import { publicMessage } from '../../diagnostics/redaction.js';
import { bytesOf, fieldsOf, numberOf, textOf } from './protobuf-fields.js';
import type { Answer } from './transport.js';

// What a receiver says of a request that it took: Export…ServiceResponse of all signals look alike,
// https://opentelemetry.io/docs/specs/otlp/#partial-success-1

interface PartialSuccess {
  readonly rejected: number;
  readonly message: string;
}

/** The answer to a request that was accepted, whole or in part. What cannot be read was accepted nevertheless. */
export function acceptedAnswer(body: Uint8Array, encoding: 'protobuf' | 'json' | 'unknown'): Answer {
  let partial: PartialSuccess;
  try {
    partial = encoding === 'json' ? fromJson(body) : fromProtobuf(body);
  } catch {
    const reason = `the answer could not be read (${body.length} bytes); the data counts as delivered`;
    return { kind: 'delivered', rejected: 0, reason };
  }
  const rejected = Number.isSafeInteger(partial.rejected) ? Math.max(0, partial.rejected) : 0;
  const message = partial.message === '' ? '' : publicMessage(partial.message);
  if (rejected > 0) return { kind: 'delivered', rejected, reason: message || 'the receiver gave no reason' };
  return { kind: 'delivered', rejected: 0, ...(message && { reason: message }) };
}

/** The message of a google.rpc.Status. */
export function statusMessage(body: Uint8Array, encoding: 'protobuf' | 'json'): string {
  try {
    if (encoding === 'json') {
      const { message } = Object(JSON.parse(text(body))) as { message?: unknown };
      return typeof message === 'string' ? message : '';
    }
    for (const [field, value] of fieldsOf(body)) if (field === 2) return textOf(value);
  } catch {
    // A body that is something else says nothing that can be shown.
  }
  return '';
}

function fromProtobuf(body: Uint8Array): PartialSuccess {
  let rejected = 0;
  let message = '';
  for (const [field, partial] of fieldsOf(body)) {
    if (field !== 1) continue;
    for (const [inner, value] of fieldsOf(bytesOf(partial))) {
      if (inner === 1) rejected = numberOf(value);
      if (inner === 2) message = textOf(value);
    }
  }
  return { rejected, message };
}

function fromJson(body: Uint8Array): PartialSuccess {
  if (body.length === 0) return { rejected: 0, message: '' };
  const answer: unknown = JSON.parse(text(body));
  if (answer === null || typeof answer !== 'object') throw new TypeError('not an object');
  const { partialSuccess } = answer as { partialSuccess?: unknown };
  const partial = Object(partialSuccess) as Record<string, unknown>;
  const { rejectedSpans, rejectedDataPoints, rejectedLogRecords, errorMessage } = partial;
  return {
    rejected: Number(rejectedSpans ?? rejectedDataPoints ?? rejectedLogRecords ?? 0), // a text, as 64 bits are in JSON
    message: typeof errorMessage === 'string' ? errorMessage : '',
  };
}

function text(body: Uint8Array): string {
  return Buffer.from(body).toString('utf8');
}
