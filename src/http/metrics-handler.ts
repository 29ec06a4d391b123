import { callHost } from '../common/outcome.js';
import { publicMessage } from '../diagnostics/redaction.js';
import type { ExpositionSource } from '../exposition/exposition-source.js';
import { createScrape, type ScrapeAnswer } from './scrape.js';
import { methodNotAllowed, textResponse } from './text-response.js';

export type { ExpositionPage, ExpositionSource } from '../exposition/exposition-source.js';

/** The part of an HTTP request that a scrape depends on. */
export interface MetricsRequest {
  /** Upper-case, as it stands in the request line. */
  method: string;
  /** Lower-cased header name → value; an array when the header was sent more than once. */
  headers: Readonly<Record<string, string | string[] | undefined>>;
  /**
   * Whether the adapter can send a `stream` in chunks, and break the answer off where the stream fails, so that no
   * client takes a part for the whole. HTTP/1.0 has no means for that.
   * @defaultValue false
   */
  streaming?: boolean;
}

/** An HTTP answer; an adapter only copies it into its framework's own type. */
export interface MetricsResponse {
  status: number;
  headers: Record<string, string>;
  /** Empty for HEAD and beside a `stream`; bytes when the text is compressed. */
  body: Uint8Array | string;
  /**
   * The body in chunks, of a large page, given only to an adapter that is `streaming`. There is no Content-Length
   * then. To be iterated once, or left at once by the `return()` of its iterator, also when the client has gone.
   */
  stream?: AsyncIterable<Uint8Array>;
}

/** Answers one scrape. It never rejects: every failure is a status. */
export type MetricsHandler = (request: MetricsRequest) => Promise<MetricsResponse>;

/** What an adapter serves: a handler, or an object that carries one. */
export type MetricsHandlerSource = MetricsHandler | { readonly metricsHandler: MetricsHandler };

export interface MetricsHandlerOptions {
  /**
   * Called once for each GET or HEAD with the status answered and the seconds it took to collect, serialize and
   * compress the page. A streamed one is made at its own pace, and the seconds go to the end of that or to the
   * client's leaving, whichever is first: a client that reads slowly does not add to them.
   */
  onScrape?: ((outcome: { status: number; durationSeconds: number }) => void) | undefined;
  /**
   * Monotonic clock, in milliseconds.
   * @defaultValue `performance.now`
   */
  now?: (() => number) | undefined;
  /** Told of everything that went wrong: the source, the compression, and the other callbacks. */
  onError?: ((error: unknown) => void) | undefined;
}

/**
 * The metrics endpoint without a framework: 200 with the exposition, 405 for anything but GET and HEAD, and
 * 503 with one line of reason when the source throws, rejects or returns no text. A failed collection is
 * never a 200: Prometheus would store the gap as fact and `up` would stay 1. What fails after the first chunk of a
 * stream is thrown to the adapter, which breaks the answer off.
 *
 * Negotiates gzip (RFC 9110 §12.5.3), and leaves the format to the source. HEAD collects too: its headers are those
 * of GET, but for a page so large that GET streams it, where the length is left out and nothing is made but the
 * beginning.
 */
export function createMetricsHandler(
  source: ExpositionSource,
  options: MetricsHandlerOptions = {},
): MetricsHandler {
  const reportError = (error: unknown): void => callHost(() => options.onError?.(error), ignore);
  const scrape = createScrape(source, reportError);
  const milliseconds = (): number => {
    try {
      return options.now ? options.now() : performance.now();
    } catch (error) {
      reportError(error);
      return Number.NaN;
    }
  };

  return async (request) => {
    if (request.method !== 'GET' && request.method !== 'HEAD') return methodNotAllowed();
    const startedAt = milliseconds();
    const { response, ended } = await scrape(request).catch((error: unknown): ScrapeAnswer => {
      reportError(error);
      return { response: textResponse(request, 503, `metrics collection failed: ${publicMessage(error)}\n`) };
    });
    const finish = (): void => {
      const durationSeconds = Math.max(0, milliseconds() - startedAt) / 1000 || 0;
      callHost(() => options.onScrape?.({ status: response.status, durationSeconds }), reportError);
    };
    if (ended) void ended.then(finish);
    else finish();
    return response;
  };
}

function ignore(): void {
  // A failing error callback has nowhere left to report to.
}

/**
 * The handler in what an adapter was given. Resolved when the route is declared, so that a wrong argument
 * fails at start-up and not in the first scrape.
 *
 * @throws TypeError with code `ERR_INVALID_ARG_TYPE` when there is no handler in it
 */
export function handlerOf(source: MetricsHandlerSource): MetricsHandler {
  const handler = typeof source === 'function' ? source : source?.metricsHandler;
  if (typeof handler === 'function') return handler;
  const error = new TypeError(
    'a metrics adapter takes a metrics handler, or an object with one as its `metricsHandler`',
  );
  throw Object.assign(error, { code: 'ERR_INVALID_ARG_TYPE' });
}

/**
 * Whether an answer of that HTTP version, sent in chunks, shows when it was broken off. In HTTP/1.1 the last chunk
 * is then missing. In HTTP/1.0 the end of the connection is the end of the body, whatever the reason; and what a
 * destroyed stream of HTTP/2 tells the client is up to the server, so that one gets whole pages too.
 *
 * Source: RFC 9112 §8.
 */
export function canBreakOff(httpVersion: string | undefined): boolean {
  return httpVersion === '1.1';
}
