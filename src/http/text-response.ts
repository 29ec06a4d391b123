import type { MetricsResponse } from './metrics-handler.js';

/** On every answer: a stored or guessed at exposition is a wrong one. */
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
