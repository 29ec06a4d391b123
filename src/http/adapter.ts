/** The part of an HTTP request that a scrape depends on. */
export interface MetricsRequest {
  /** Upper-case, as it stands in the request line. */
  method: string;
  /** Lower-cased header name → value; an array when the header was sent more than once. */
  headers: Readonly<Record<string, string | string[] | undefined>>;
  /**
   * Whether the adapter can send a `stream` in chunks, and break the answer off if the stream fails, so that no client
   * takes a part for the whole. HTTP/1.0 cannot.
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
    'a metrics adapter must be given a metrics handler, or an object with one as its `metricsHandler`',
  );
  throw Object.assign(error, { code: 'ERR_INVALID_ARG_TYPE' });
}

/**
 * Whether a client sees that an answer in chunks was broken off. In HTTP/1.1 the last chunk is then missing. In HTTP/1.0
 * the end of the connection is the end of the body, whatever the reason. In HTTP/2 it depends on the server, so that gets
 * whole pages too.
 *
 * Source: RFC 9112 §8.
 */
export function canBreakOff(httpVersion: string | undefined): boolean {
  return httpVersion === '1.1';
}

/** On every answer: nobody may store a page, or guess at its type. */
export const NO_STORE_HEADERS: Readonly<Record<string, string>> = {
  'Cache-Control': 'no-store',
  'X-Content-Type-Options': 'nosniff',
};

/** A short text as an answer; for HEAD without the text, but with its length in bytes. */
export function textResponse(
  request: { readonly method: string },
  status: number,
  text: string,
  contentType = 'text/plain; charset=utf-8',
): MetricsResponse {
  return {
    status,
    headers: {
      ...NO_STORE_HEADERS,
      'Content-Type': contentType,
      'Content-Length': String(Buffer.byteLength(text)),
    },
    body: request.method === 'HEAD' ? '' : text,
  };
}

/** 405 with the Allow header that RFC 9110 §15.5.6 asks for. */
export function methodNotAllowed(): MetricsResponse {
  const response = textResponse({ method: '' }, 405, 'method not allowed: use GET or HEAD\n');
  response.headers['Allow'] = 'GET, HEAD';
  return response;
}
