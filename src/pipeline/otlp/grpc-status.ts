import { publicMessage } from '../../diagnostics/redaction.js';
import { failed } from './connection-errors.js';
import { bytesOf, fieldsOf, numberOf, textOf } from './protobuf-fields.js';
import type { Answer } from './transport.js';

/** By number: https://grpc.io/docs/guides/status-codes/ */
const NAMES = [
  'OK',
  'CANCELLED',
  'UNKNOWN',
  'INVALID_ARGUMENT',
  'DEADLINE_EXCEEDED',
  'NOT_FOUND',
  'ALREADY_EXISTS',
  'PERMISSION_DENIED',
  'RESOURCE_EXHAUSTED',
  'FAILED_PRECONDITION',
  'ABORTED',
  'OUT_OF_RANGE',
  'UNIMPLEMENTED',
  'INTERNAL',
  'UNAVAILABLE',
  'DATA_LOSS',
  'UNAUTHENTICATED',
] as const;

/** https://opentelemetry.io/docs/specs/otlp/#failures */
const RETRYABLE: readonly string[] = [
  'CANCELLED',
  'DEADLINE_EXCEEDED',
  'ABORTED',
  'OUT_OF_RANGE',
  'UNAVAILABLE',
  'DATA_LOSS',
];

/** How the servers of the known languages say that a message exceeds what they take. */
const TOO_LARGE = /larger than max|exceeds maximum size|exceeds the maximum|too large/i;

const RETRY_INFO = 'google.rpc.RetryInfo';

type Headers = Readonly<Record<string, unknown>>;

/** What a status other than OK means. */
export function answerOfStatus(trailers: Headers): Answer {
  const code = Number(trailers['grpc-status']);
  const name = NAMES[code] ?? 'UNKNOWN';
  const message = decodedMessage(headerText(trailers['grpc-message']));
  const wait = retryInfoOf(headerText(trailers['grpc-status-details-bin']));
  if (name === 'RESOURCE_EXHAUSTED' && TOO_LARGE.test(message)) return { kind: 'too_large' };
  const reason = `gRPC ${name}${message === '' ? '' : `: ${publicMessage(message)}`}`;
  const retryable = RETRYABLE.includes(name) || (name === 'RESOURCE_EXHAUSTED' && wait !== undefined);
  return { ...failed(reason, retryable ? 'later' : 'never'), retryAfterMillis: wait };
}

/** What an answer of HTTP without a status of gRPC means, as a proxy gives. */
export function answerOfHttp(status: number, contentType: string): Answer {
  if (status === 413) return { kind: 'too_large' };
  if (status === 200) {
    const got = contentType === '' ? 'nothing' : publicMessage(contentType);
    return failed(`the answer is not gRPC but ${got}: the endpoint may speak HTTP (port 4318)`, 'never');
  }
  return failed(`HTTP ${status} instead of gRPC`, [429, 502, 503, 504].includes(status) ? 'later' : 'never');
}

/** The delay of a google.rpc.RetryInfo among the details of a google.rpc.Status. */
function retryInfoOf(encoded: string): number | undefined {
  if (encoded === '') return undefined;
  try {
    for (const [field, detail] of fieldsOf(Buffer.from(encoded, 'base64'))) {
      if (field !== 3) continue;
      let type = '';
      let value: Uint8Array = new Uint8Array();
      for (const [inner, part] of fieldsOf(bytesOf(detail))) {
        if (inner === 1) type = textOf(part);
        if (inner === 2) value = bytesOf(part);
      }
      if (type.endsWith(RETRY_INFO)) return delayOf(value);
    }
  } catch {
    // Details that cannot be read tell no time.
  }
  return undefined;
}

function delayOf(retryInfo: Uint8Array): number {
  let millis = 0;
  for (const [field, duration] of fieldsOf(retryInfo)) {
    if (field !== 1) continue;
    for (const [inner, value] of fieldsOf(bytesOf(duration))) {
      if (inner === 1) millis += numberOf(value) * 1000;
      if (inner === 2) millis += numberOf(value) / 1e6;
    }
  }
  return Math.max(0, millis);
}

function headerText(value: unknown): string {
  return typeof value === 'string' ? value : '';
}

/** The message of a status is encoded as in a URL. */
function decodedMessage(message: string): string {
  try {
    return decodeURIComponent(message);
  } catch {
    return message;
  }
}
