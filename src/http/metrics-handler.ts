import { acceptsGzip } from './accept-encoding.js';
import { callHost } from './call-host.js';
import { publicMessage } from './public-message.js';
import { createSharedGzip } from './shared-gzip.js';
import { methodNotAllowed, NO_STORE_HEADERS, textResponse } from './text-response.js';

/** The part of an HTTP request that a scrape depends on. */
export interface MetricsRequest {
  /** Upper-case, as it stands in the request line. */
  method: string;
  /** Lower-cased header name → value; an array when the header was sent more than once. */
  headers: Readonly<Record<string, string | string[] | undefined>>;
}

/** A complete HTTP answer; an adapter only copies it into its framework's own type. */
export interface MetricsResponse {
  status: number;
  headers: Record<string, string>;
  /** Empty for HEAD; bytes when the text is compressed. */
  body: Uint8Array | string;
}

/** Answers one scrape. It never rejects: every failure is a status. */
export type MetricsHandler = (request: MetricsRequest) => Promise<MetricsResponse>;

/** What an adapter serves: a handler, or an object that carries one. */
export type MetricsHandlerSource = MetricsHandler | { readonly metricsHandler: MetricsHandler };

/** What serves the text. */
export interface ExpositionSource {
  /** Collects and serializes. Rejects on a failed or timed out collection; bounds its own time. */
  export(): Promise<string>;
  /** The value of Content-Type that fits the text of `export()`. */
  contentType(): string;
}

export interface MetricsHandlerOptions {
  /**
   * Called once for each GET or HEAD with the status answered and the seconds it took, compression included.
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

/** Shorter texts cost more to compress than to send. In UTF-16 code units. */
const GZIP_FROM_LENGTH = 1024;

/**
 * The metrics endpoint without a framework: 200 with the exposition, 405 for anything but GET and HEAD, and
 * 503 with one line of reason when the source throws, rejects or returns no text. A failed collection is
 * never a 200: Prometheus would store the gap as fact and `up` would stay 1.
 *
 * Negotiates gzip (RFC 9110 §12.5.3). HEAD collects too, since its Content-Length is the one GET would have.
 */
export function createMetricsHandler(
  source: ExpositionSource,
  options: MetricsHandlerOptions = {},
): MetricsHandler {
  const gzip = createSharedGzip();
  const reportError = (error: unknown): void => callHost(() => options.onError?.(error), ignore);
  const milliseconds = (): number => {
    try {
      return options.now ? options.now() : performance.now();
    } catch (error) {
      reportError(error);
      return Number.NaN;
    }
  };

  const scrape = async (request: MetricsRequest): Promise<MetricsResponse> => {
    const text = await source.export();
    if (typeof text !== 'string') throw new TypeError('the exposition is not a string');
    const headers = {
      ...NO_STORE_HEADERS,
      'Content-Type': source.contentType(),
      Vary: 'Accept-Encoding',
    };
    if (text.length >= GZIP_FROM_LENGTH && acceptsGzip(request.headers['accept-encoding'])) {
      const bytes = await gzip(text).catch(reportError);
      if (bytes) return answer(request, { ...headers, 'Content-Encoding': 'gzip' }, bytes, bytes.length);
    }
    return answer(request, headers, text, Buffer.byteLength(text));
  };

  return async (request) => {
    if (request.method !== 'GET' && request.method !== 'HEAD') return methodNotAllowed();
    const startedAt = milliseconds();
    const response = await scrape(request).catch((error: unknown) => {
      reportError(error);
      return textResponse(request, 503, `metrics collection failed: ${publicMessage(error)}\n`);
    });
    const durationSeconds = Math.max(0, milliseconds() - startedAt) / 1000 || 0;
    callHost(() => options.onScrape?.({ status: response.status, durationSeconds }), reportError);
    return response;
  };
}

function answer(
  request: MetricsRequest,
  headers: Record<string, string>,
  body: Uint8Array | string,
  length: number,
): MetricsResponse {
  return {
    status: 200,
    headers: { ...headers, 'Content-Length': String(length) },
    body: request.method === 'HEAD' ? '' : body,
  };
}

function ignore(): void {
  // A failing error callback has nowhere left to report to.
}
