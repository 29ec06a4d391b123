import { publicMessage } from '../../diagnostics/redaction.js';
import { ProxyError } from './proxy.js';
import { TlsFileError } from './tls-files.js';
import type { FailedAnswer } from './transport.js';

/** Errors of a connection that may pass, in words. */
const PASSING: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'connection refused: nothing listens there',
  ECONNRESET: 'the connection was broken off',
  ECONNABORTED: 'the connection was broken off',
  EPIPE: 'the connection was broken off',
  ETIMEDOUT: 'the connection timed out',
  ENOTFOUND: 'the host name is not known',
  EAI_AGAIN: 'the host name could not be looked up',
  ENETUNREACH: 'the network cannot be reached',
  EHOSTUNREACH: 'the host cannot be reached',
  ENETDOWN: 'the network is down',
  EADDRNOTAVAIL: 'this machine has no free port or address for it',
  EMFILE: 'this process has too many open files',
};

/** Of these, those of an endpoint where nobody is. */
const UNREACHABLE = ['ECONNREFUSED', 'ENOTFOUND', 'EAI_AGAIN', 'ENETUNREACH', 'EHOSTUNREACH', 'ENETDOWN'];

const TLS_CODE =
  /^(ERR_TLS|ERR_SSL|ERR_OSSL|EPROTO|CERT_|CRL_|UNABLE_TO_|DEPTH_ZERO|SELF_SIGNED|HOSTNAME_MISMATCH|INVALID_(CA|PURPOSE)|PATH_LENGTH|ERROR_IN_CERT)/;

/** What an error on the way to the receiver means: whose fault it is, and whether it may pass. Never throws. */
export function failureOf(error: unknown): FailedAnswer {
  if (error instanceof TlsFileError)
    return { ...failed(`TLS: ${error.message}`, 'later'), unreachable: true };
  if (error instanceof ProxyError) {
    return { ...failed(publicMessage(error), error.retryable ? 'later' : 'never'), unreachable: true };
  }
  const code = codeOf(error);
  if (isTlsFailure(error)) {
    const retry = code === 'ECONNRESET' ? 'later' : 'never'; // broken off within the handshake, as by a balancer
    return failed(`TLS: ${publicMessage(error)} (${code})${tlsHint(error)}`, retry);
  }
  const words = PASSING[code];
  if (words !== undefined) {
    return { ...failed(`${words} (${code})`, 'later'), unreachable: UNREACHABLE.includes(code) };
  }
  if (code.startsWith('HPE_')) {
    return failed(
      `the answer is not HTTP (${code}): the endpoint may speak TLS (https) or gRPC (port 4317)`,
      'never',
    );
  }
  return failed(code === '' ? publicMessage(error) : `${publicMessage(error)} (${code})`, 'never');
}

export function isTlsFailure(error: unknown): boolean {
  return (
    TLS_CODE.test(codeOf(error)) ||
    /\bTLS\b|SSL routines/.test((error as { message?: string } | null)?.message ?? '')
  );
}

/**
 * What a connection with TLS that is broken off before an answer may mean: in TLS 1.3 a client learns only so that its
 * certificate is refused.
 */
export function brokenOffAfterTls(failure: FailedAnswer): FailedAnswer {
  return { ...failure, reason: `${failure.reason}; TLS: the receiver may want another client certificate` };
}

/** A failure with nothing more to say of it. */
export function failed(reason: string, retry: FailedAnswer['retry']): FailedAnswer {
  return { kind: 'failed', reason, retry };
}

/** With several addresses each has an error of its own; the first one is as good as any. */
function codeOf(error: unknown): string {
  const { code, errors } = Object(error) as { code?: unknown; errors?: { code?: unknown }[] };
  const found = code ?? errors?.[0]?.code;
  return typeof found === 'string' ? found : '';
}

function tlsHint(error: unknown): string {
  return /wrong version number|packet length too long/i.test(String((error as Error).message))
    ? ': the endpoint may speak plain HTTP (http)'
    : '';
}
