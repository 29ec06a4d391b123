import { SECRETS } from './secrets.js';

/** Takes from a text what must not leave the process. */
export type Redact = (text: string) => string;

/** How much of an exception is shown: its type, its message too, or its stack as well. */
export type ExceptionDetail = 'type' | 'message' | 'full';

export interface RedactionSettings {
  readonly exceptions: ExceptionDetail;
  /** The host's own, after ours. */
  readonly redact?: Redact | undefined;
  /** Whether prompts and answers on spans of other instrumentations are sent. */
  readonly captureContent?: boolean;
}

const STANDARD: RedactionSettings = { exceptions: 'type' };
const MAX_LENGTH = 200;
/** Longest text that is looked through; the rest of a longer one is left out. */
const MAX_REDACTED = 16_384;

let settings: RedactionSettings = STANDARD;

/** Sets what holds for the whole process; returns what takes it back. */
export function installRedaction(wanted: RedactionSettings): () => void {
  settings = wanted;
  return () => {
    if (settings === wanted) settings = STANDARD;
  };
}

export function exceptionDetail(): ExceptionDetail {
  return settings.exceptions;
}

/** Whether what models and tools were given and have answered may leave the process. */
export function capturesContent(): boolean {
  return settings.captureContent === true;
}

/** The host's own redaction, where it has one: for what is the host's, as the attributes of its spans. */
export function hostRedaction(): Redact | undefined {
  return settings.redact && byHost;
}

/** A text without what looks like a credential, and without what the host takes from it. Never throws. */
export function redacted(text: string): string {
  return byHost(withoutSecrets(text));
}

/** A text without what looks like a credential: of the big vendors, in a URL, after a name that says so. */
export function withoutSecrets(text: string): string {
  let kept = text.length > MAX_REDACTED ? text.slice(0, MAX_REDACTED) : text;
  for (const [pattern, replacement] of SECRETS) kept = kept.replace(pattern, replacement);
  return kept;
}

/**
 * An error's message as a stranger may read it: its first line, without control characters, credentials or
 * stack, 200 characters at most. Never throws, whatever was thrown.
 */
export function publicMessage(error: unknown): string {
  return redacted(firstLine(error).slice(0, 5 * MAX_LENGTH)).slice(0, MAX_LENGTH) || 'unknown error';
}

/** A hook that fails, or gives no text, lets nothing through. */
function byHost(text: string): string {
  if (settings.redact === undefined) return text;
  try {
    const kept: unknown = settings.redact(text);
    return typeof kept === 'string' ? kept : '***';
  } catch {
    return '***';
  }
}

function firstLine(error: unknown): string {
  try {
    const message = typeof error === 'string' ? error : (error as { message?: unknown } | null)?.message;
    if (typeof message !== 'string') return '';
    const [line = ''] = message.trim().split(/[\r\n]/, 1);
    return line.replace(/\p{Cc}/gu, ' ').trim();
  } catch {
    return '';
  }
}
