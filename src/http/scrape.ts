import type { ExpositionPage, ExpositionSource } from '../exposition/exposition-source.js';
import { type ChunkReader, createSharedPages } from './coalesced-scrape.js';
import { createSharedGzip } from './compression.js';
import type { MetricsRequest, MetricsResponse } from './metrics-handler.js';
import { acceptsGzip, negotiateFormat } from './negotiation.js';
import { NO_STORE_HEADERS } from './text-response.js';

/** Shorter texts cost more to compress than to send. In UTF-16 code units. */
const GZIP_FROM_LENGTH = 1024;
/** A page of several chunks is streamed from here on. In UTF-16 code units. */
const STREAM_FROM_LENGTH = 64 * 1024;

/** What one scrape is answered. */
export interface ScrapeAnswer {
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
 * Collects and encodes; what scrapes at the same time have in common is made once. Rejects when there is no answer
 * but a failure.
 *
 * @param reportError - told of what fails and yet does not reject: the compression, and a stream that has begun
 */
export function createScrape(source: ExpositionSource, reportError: (error: unknown) => void): Scrape {
  const gzip = createSharedGzip();
  const sharedPage = createSharedPages();

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

  const scrapePage = async (request: MetricsRequest, page: ExpositionPage): Promise<ScrapeAnswer> => {
    const headers = headersOf(page.contentType, 'Accept, Accept-Encoding');
    const shared = sharedPage(page);
    // Holds the text until another reader does, and leaves it in any case.
    const text = shared.text.read();
    try {
      const chunks = await text.all(isLarge);
      if (chunks && !isLarge(chunks)) return await whole(request, headers, chunks.join(''));
      if (request.method === 'HEAD') {
        const ofGet = admitsGzip(request) ? gzipped(headers) : headers;
        return { response: { status: 200, headers: ofGet, body: '' } };
      }
      if (admitsGzip(request)) {
        try {
          return await inChunks(request, gzipped(headers), shared.gzip.read(), BYTES);
        } catch (error) {
          // Rejects, where it was the text that failed and not the compression.
          await text.all(isLarge);
          reportError(error);
        }
      }
      return await inChunks(request, headers, shared.text.read(), TEXT);
    } finally {
      await text.return();
    }
  };

  return async (request) => {
    if (source.open) {
      const accept = acceptOf(request);
      return scrapePage(request, await source.open({ accept, format: negotiateFormat(accept) }));
    }
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
 * Text as bytes, encoded for each reader as it comes to it: only the text itself is kept for all. No generator, for
 * one that has not begun passes its `return()` on to nobody.
 */
export function utf8Chunks(reader: ChunkReader<string>): AsyncIterable<Uint8Array> {
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
