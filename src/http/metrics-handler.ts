import { monotonicClock } from '../common/clock.js';
import { callHost } from '../common/outcome.js';
import { publicMessage } from '../diagnostics/redaction.js';
import type { ExpositionSource } from '../exposition/exposition-source.js';
import {
  methodNotAllowed,
  type MetricsHandler,
  type MetricsRequest,
  type MetricsResponse,
  NO_STORE_HEADERS,
  textResponse,
} from './adapter.js';
import { type ChunkReader, CoalescedScrape } from './coalesced-scrape.js';
import { createSharedGzip } from './compression.js';
import { acceptsGzip, negotiate } from './negotiation.js';

/** Shorter texts cost more to compress than to send. In UTF-16 code units. */
const GZIP_FROM_LENGTH = 1024;
/** A page of several chunks is streamed from here on. In UTF-16 code units. */
const STREAM_FROM_LENGTH = 64 * 1024;

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
 * Negotiates gzip (RFC 9110 §12.5.3) and the format. HEAD collects too, since its headers are those of GET; of a page so
 * large that GET streams it, HEAD has no length and makes only the beginning.
 */
export function createMetricsHandler(
  source: ExpositionSource,
  options: MetricsHandlerOptions = {},
): MetricsHandler {
  const reportError = (error: unknown): void =>
    callHost(
      () => options.onError?.(error),
      () => undefined, // when the error callback fails, there is nobody else to tell
    );
  const scrape = createScrape(source, reportError);
  const milliseconds = (): number => {
    try {
      return options.now ? options.now() : monotonicClock();
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

/** What one scrape is answered. */
interface ScrapeAnswer {
  readonly response: MetricsResponse;
  /** Resolves when the stream is made, or this client has left it. Never rejects. */
  readonly ended?: Promise<void>;
}

type Headers = Record<string, string>;
type Scrape = (request: MetricsRequest) => Promise<ScrapeAnswer>;

/** How chunks become a body: all of them, or one after the other. */
interface Encoding<T> {
  join(chunks: readonly T[]): Uint8Array | string;
  stream(reader: ChunkReader<T>): AsyncIterable<Uint8Array>;
}

const TEXT: Encoding<string> = { join: (chunks) => chunks.join(''), stream: utf8Chunks };
const BYTES: Encoding<Uint8Array> = { join: (chunks) => Buffer.concat(chunks), stream: (reader) => reader };

/**
 * Collects and encodes. Scrapes at the same time share what they have in common. Rejects when the scrape failed.
 *
 * @param reportError - told of a failure that does not reject: the compression's, or that of a stream that has begun
 */
function createScrape(source: ExpositionSource, reportError: (error: unknown) => void): Scrape {
  const gzip = createSharedGzip();

  const whole = async (request: MetricsRequest, headers: Headers, text: string): Promise<ScrapeAnswer> => {
    if (text.length >= GZIP_FROM_LENGTH && admitsGzip(request)) {
      const bytes = await gzip(text).catch(reportError);
      if (bytes) return wholeAnswer(request, gzipped(headers), bytes);
    }
    return wholeAnswer(request, headers, text);
  };

  /** The body of a large page: a stream, or whole for an adapter that cannot send one. */
  const inChunks = async <T>(
    request: MetricsRequest,
    headers: Headers,
    reader: ChunkReader<T>,
    encoding: Encoding<T>,
  ): Promise<ScrapeAnswer> => {
    try {
      await reader.all((chunks) => chunks.length > 0);
      if (request.streaming === true) {
        const ended = reader.ended.then((outcome) => {
          if ('error' in outcome) reportError(outcome.error);
        });
        const response = { status: 200, headers, body: '', stream: encoding.stream(reader) };
        return { response, ended };
      }
      const body = encoding.join((await reader.all(() => false)) ?? []);
      await reader.return();
      return wholeAnswer(request, headers, body);
    } catch (error) {
      await reader.return();
      throw error;
    }
  };

  const scrapePage = async (request: MetricsRequest): Promise<ScrapeAnswer> => {
    const accept = acceptOf(request);
    const scrape = CoalescedScrape.join(source, { accept, ...negotiate(accept) });
    // Holds the page until the answer has a reader of its own, and leaves it in any case.
    const text = scrape.readText();
    try {
      const chunks = await text.all(isLarge);
      const headers = headersOf(scrape.contentType, 'Accept, Accept-Encoding');
      if (chunks && !isLarge(chunks)) return await whole(request, headers, chunks.join(''));
      if (request.method === 'HEAD') {
        const ofGet = admitsGzip(request) ? gzipped(headers) : headers;
        return { response: { status: 200, headers: ofGet, body: '' } };
      }
      if (admitsGzip(request)) {
        try {
          return await inChunks(request, gzipped(headers), scrape.readGzip(), BYTES);
        } catch (error) {
          // Rejects if it was the text that failed and not the compression.
          await text.all(isLarge);
          reportError(error);
        }
      }
      return await inChunks(request, headers, scrape.readText(), TEXT);
    } finally {
      await text.return();
    }
  };

  return async (request) => {
    if (source.open) return scrapePage(request);
    const text = await source.export();
    if (typeof text !== 'string') throw new TypeError('the exposition is not a string');
    return whole(request, headersOf(source.contentType(), 'Accept-Encoding'), text);
  };
}

function isLarge(chunks: readonly string[]): boolean {
  return (
    chunks.length > 1 && chunks.reduce((length, chunk) => length + chunk.length, 0) >= STREAM_FROM_LENGTH
  );
}

function wholeAnswer(request: MetricsRequest, headers: Headers, body: Uint8Array | string): ScrapeAnswer {
  const length = String(Buffer.byteLength(body));
  return {
    response: {
      status: 200,
      headers: { ...headers, 'Content-Length': length },
      body: request.method === 'HEAD' ? '' : body,
    },
  };
}

function headersOf(contentType: string, vary: string): Headers {
  return { ...NO_STORE_HEADERS, 'Content-Type': contentType, Vary: vary };
}

function gzipped(headers: Headers): Headers {
  return { ...headers, 'Content-Encoding': 'gzip' };
}

function admitsGzip({ headers }: MetricsRequest): boolean {
  return acceptsGzip(headers['accept-encoding']);
}

function acceptOf({ headers: { accept } }: MetricsRequest): string | undefined {
  return Array.isArray(accept) ? accept.join(', ') : accept;
}

/**
 * Text as bytes, encoded for each reader as it takes them: only the text is kept for all. This is no generator, because a
 * generator that has not begun does not pass `return()` on.
 */
function utf8Chunks(reader: ChunkReader<string>): AsyncIterable<Uint8Array> {
  const bytes: AsyncIterableIterator<Uint8Array, undefined> = {
    next: async () => {
      const { value, done } = await reader.next();
      return done === true ? { done, value: undefined } : { value: Buffer.from(value) };
    },
    return: () => reader.return(),
    [Symbol.asyncIterator]: () => bytes,
  };
  return bytes;
}
