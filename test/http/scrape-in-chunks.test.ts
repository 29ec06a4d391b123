import { gunzipSync } from 'node:zlib';
import { createMetricsHandler } from '../../src/http/metrics-handler.js';
import type { MetricsRequest } from '../../src/http/adapter.js';
import { LONG_TEXT, SHORT_TEXT } from './http-client.js';
import { failAt, failWhenLetGo, holdFrom, CHUNK, chunksSource } from './chunks-source.js';

const GZIP = { 'accept-encoding': 'gzip' };
const get = (headers: MetricsRequest['headers'] = {}): MetricsRequest => ({ method: 'GET', headers });
const streaming = (headers: MetricsRequest['headers'] = {}): MetricsRequest => ({
  ...get(headers),
  streaming: true,
});

async function bytesOf(stream: AsyncIterable<Uint8Array> | undefined): Promise<Buffer> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of stream ?? []) chunks.push(chunk);
  return Buffer.concat(chunks);
}

describe('a small page of a source in chunks', () => {
  it.each([
    ['one chunk', 1, LONG_TEXT],
    ['two small chunks', 2, SHORT_TEXT],
    ['one large chunk', 1, CHUNK.repeat(3)],
    ['an empty chunk', 1, ''],
    ['no chunk', 0, ''],
  ])('of %s is answered whole, with its length', async (_, chunks, chunk) => {
    const source = chunksSource({ chunks, chunk, contentType: 'text/x' });
    const { status, headers, body, stream } = await createMetricsHandler(source)(streaming());
    expect({ status, body, stream }).toEqual({ status: 200, body: source.text, stream: undefined });
    expect(headers).toEqual({
      'Content-Type': 'text/x',
      'Content-Length': String(Buffer.byteLength(source.text)),
      'Cache-Control': 'no-store',
      'X-Content-Type-Options': 'nosniff',
      Vary: 'Accept, Accept-Encoding',
    });
  });

  it('is compressed whole, and HEAD has the length of GET', async () => {
    const handler = createMetricsHandler(chunksSource({ chunks: 1, chunk: LONG_TEXT }));
    const ofGet = await handler(streaming(GZIP));
    expect(ofGet.headers['Content-Length']).toBe(String(ofGet.body.length));
    expect(gunzipSync(ofGet.body).toString()).toBe(LONG_TEXT);
    const ofHead = await handler({ ...streaming(GZIP), method: 'HEAD' });
    expect(ofHead).toEqual({ ...ofGet, body: '' });
  });
});

describe('a large page of a source in chunks', () => {
  it('is a stream, plain or compressed, of equal bytes', async () => {
    const source = chunksSource({ chunks: 8 });
    const handler = createMetricsHandler(source);
    const [plain, compressed] = await Promise.all([handler(streaming()), handler(streaming(GZIP))]);
    for (const { status, headers, body } of [plain, compressed]) {
      expect([status, body]).toEqual([200, '']);
      expect(headers).not.toHaveProperty('Content-Length');
      expect(headers['Vary']).toBe('Accept, Accept-Encoding');
    }
    expect(plain.headers).not.toHaveProperty('Content-Encoding');
    expect(compressed.headers['Content-Encoding']).toBe('gzip');
    const [plainBytes, gzipBytes] = await Promise.all([bytesOf(plain.stream), bytesOf(compressed.stream)]);
    expect(plainBytes.toString()).toBe(source.text);
    expect(gunzipSync(gzipBytes).equals(plainBytes)).toBe(true);
  });

  it.each([false, undefined])('is whole for an adapter whose `streaming` is %p', async (streaming) => {
    const source = chunksSource({ chunks: 4 });
    const handler = createMetricsHandler(source);
    const ask = (headers: MetricsRequest['headers']): MetricsRequest =>
      streaming === undefined ? get(headers) : { ...get(headers), streaming };
    const plain = await handler(ask({}));
    expect(plain).toMatchObject({ status: 200, body: source.text });
    expect(plain.headers['Content-Length']).toBe(String(Buffer.byteLength(source.text)));
    const compressed = await handler(ask(GZIP));
    expect(compressed.headers['Content-Length']).toBe(String(compressed.body.length));
    expect(gunzipSync(compressed.body).toString()).toBe(source.text);
    expect([plain.stream, compressed.stream]).toEqual([undefined, undefined]);
  });

  it.each([get(), get(GZIP), streaming(), streaming(GZIP)])(
    'costs HEAD no more than its beginning, and HEAD has no length: %j',
    async (request) => {
      const held = holdFrom(5);
      const source = chunksSource({ chunks: 50, before: held.before });
      const { headers, body, stream } = await createMetricsHandler(source)({ ...request, method: 'HEAD' });
      held.letGo();
      while (source.counts.over === 0) await new Promise((resolve) => setImmediate(resolve));
      expect([body, stream]).toEqual(['', undefined]);
      expect(headers).not.toHaveProperty('Content-Length');
      expect(headers['Content-Encoding']).toBe(request.headers['accept-encoding']);
      expect(source.counts.chunks).toBeLessThan(8);
    },
  );

  it('is asked for and written once for all who ask for it at the same time, whatever they accept', async () => {
    const source = chunksSource({ chunks: 8 });
    const handler = createMetricsHandler(source);
    const answers = await Promise.all(
      [{}, GZIP, {}, GZIP, {}, GZIP].map(async (headers) =>
        bytesOf((await handler(streaming(headers))).stream),
      ),
    );
    expect(source.opened).toHaveLength(1);
    expect(source.counts).toEqual({ iterations: 1, chunks: 8, over: 1 });
    expect(answers[5]!.equals(answers[1]!)).toBe(true);
  });

  it('is a stream also when it is asked for after it was made', async () => {
    const source = chunksSource({ chunks: 3 });
    const handler = createMetricsHandler(source);
    for (let time = 0; time < 3; time++) {
      const { stream } = await handler(streaming());
      expect((await bytesOf(stream)).toString()).toBe(source.text);
    }
  });

  it('is compressed once', async () => {
    await withGzip(
      (createGzip) => createGzip(),
      async (isolated, calls) => {
        const handler = isolated.createMetricsHandler(chunksSource({ chunks: 8 }));
        await Promise.all(
          Array.from({ length: 4 }, async () => bytesOf((await handler(streaming(GZIP))).stream)),
        );
        expect(calls()).toBe(1);
      },
    );
  });

  it('is sent plain, and onError told, when gzip fails', async () => {
    const onError = jest.fn();
    const noMemory = (): never => {
      throw new Error('no memory');
    };
    await withGzip(noMemory, async (isolated) => {
      const source = chunksSource({ chunks: 4 });
      const handler = isolated.createMetricsHandler(source, { onError });
      const { headers, stream } = await handler(streaming(GZIP));
      expect(headers).not.toHaveProperty('Content-Encoding');
      expect((await bytesOf(stream)).toString()).toBe(source.text);
      expect(source.counts.iterations).toBe(1);
    });
    expect(onError.mock.calls).toEqual([[expect.objectContaining({ message: 'no memory' })]]);
  });

  it('is made no further when its stream is left before it was begun', async () => {
    const held = holdFrom(3);
    const source = chunksSource({ chunks: 50, before: held.before });
    const { stream } = await createMetricsHandler(source)(streaming(GZIP));
    await held.asked;
    await stream?.[Symbol.asyncIterator]().return?.();
    held.letGo();
    while (source.counts.over === 0) await new Promise((resolve) => setImmediate(resolve));
    expect(source.counts.chunks).toBeLessThan(6);
  });
});

describe('the request to a source in chunks', () => {
  it.each([
    [undefined, undefined],
    ['text/plain;version=0.0.4', 'text/plain;version=0.0.4'],
    [['a/b', 'c/d;q=0.5'], 'a/b, c/d;q=0.5'],
  ])('hands Accept %j to the source', async (accept, opened) => {
    const source = chunksSource({ chunks: 1 });
    await createMetricsHandler(source)(get({ accept }));
    expect(source.opened).toEqual([opened]);
  });
});

describe('a collection that fails', () => {
  const one = chunksSource({ chunks: 1 });
  it.each([
    ['open() rejects', { ...one, open: () => Promise.reject(new Error('timed out')) }, 'timed out'],
    [
      'open() throws',
      {
        ...one,
        open: () => {
          throw new Error('broken');
        },
      },
      'broken',
    ],
    ['the first chunk fails', chunksSource({ chunks: 9, before: failAt(0) }), 'broke off'],
    ['the second chunk fails', chunksSource({ chunks: 9, before: failAt(1) }), 'broke off'],
    [
      'a chunk is no text',
      { ...one, open: () => Promise.resolve({ contentType: '', [Symbol.asyncIterator]: numbers }) },
      'the exposition is not a string',
    ],
  ])('before anything is sent, since %s, is a 503', async (_, source, reason) => {
    for (const request of [streaming(), streaming(GZIP), get(), { ...streaming(), method: 'HEAD' }]) {
      const onError = jest.fn();
      const { status, body, stream } = await createMetricsHandler(source, { onError })(request);
      expect([status, stream]).toEqual([503, undefined]);
      if (request.method === 'GET') expect(body).toBe(`metrics collection failed: ${reason}\n`);
      expect(onError).toHaveBeenCalledTimes(1);
    }
  });

  it.each([get(), get(GZIP)])('on the way, is a 503 where the answer is whole: %j', async (request) => {
    const onError = jest.fn();
    const source = chunksSource({ chunks: 9, before: failAt(6) });
    const response = await createMetricsHandler(source, { onError })(request);
    expect(response).toMatchObject({ status: 503, body: 'metrics collection failed: broke off\n' });
    expect(onError).toHaveBeenCalledTimes(1);
  });

  it.each([streaming(), streaming(GZIP)])(
    'on the way, fails the stream, and onError hears: %j',
    async (request) => {
      const outcomes: unknown[] = [];
      const errors: unknown[] = [];
      const failing = failWhenLetGo(6);
      const handler = createMetricsHandler(chunksSource({ chunks: 9, before: failing.before }), {
        onError: (error) => errors.push((error as Error).message),
        onScrape: ({ status }) => outcomes.push(status),
      });
      const { status, stream } = await handler(request);
      failing.letGo();
      expect(status).toBe(200);
      await expect(bytesOf(stream)).rejects.toThrow('broke off');
      expect([errors, outcomes]).toEqual([['broke off'], [200]]);
    },
  );
});

describe('the seconds of a scrape', () => {
  it('go to the end of making the page, though the client has read nothing', async () => {
    let time = 1_000;
    const held = holdFrom(4);
    const outcomes: unknown[] = [];
    let told: () => void = () => undefined;
    const scraped = new Promise<void>((resolve) => (told = resolve));
    const handler = createMetricsHandler(chunksSource({ chunks: 9, before: held.before }), {
      now: () => time,
      onScrape: (outcome) => {
        outcomes.push(outcome);
        told();
      },
    });
    const { stream } = await handler(streaming(GZIP));
    await held.asked;
    expect(outcomes).toEqual([]);
    time += 250;
    held.letGo();
    await scraped;
    expect(outcomes).toEqual([{ status: 200, durationSeconds: 0.25 }]);
    time += 60_000;
    await bytesOf(stream);
    expect(outcomes).toHaveLength(1);
  });

  it('end when the client leaves', async () => {
    const held = holdFrom(3);
    const onScrape = jest.fn();
    const handler = createMetricsHandler(chunksSource({ chunks: 9, before: held.before }), { onScrape });
    const { stream } = await handler(streaming());
    await held.asked;
    await stream?.[Symbol.asyncIterator]().return?.();
    await new Promise((resolve) => setImmediate(resolve));
    expect(onScrape).toHaveBeenCalledTimes(1);
    held.letGo();
  });
});

async function* numbers(): AsyncGenerator<string> {
  yield 7 as unknown as string;
}

type Isolated = typeof import('../../src/http/metrics-handler.js');

/** Runs with a gzip stream that is made as told; `calls` counts how often. */
async function withGzip(
  make: (createGzip: () => unknown) => unknown,
  run: (isolated: Isolated, calls: () => number) => Promise<void>,
): Promise<void> {
  let calls = 0;
  await jest.isolateModulesAsync(async () => {
    const zlib = jest.requireActual<typeof import('node:zlib')>('node:zlib');
    const createGzip = (settings: object): unknown => {
      calls++;
      return make(() => zlib.createGzip(settings));
    };
    jest.doMock('../../src/common/late-modules.js', () => ({ nodeZlib: () => ({ ...zlib, createGzip }) }));
    await run(await import('../../src/http/metrics-handler.js'), () => calls);
  });
  jest.dontMock('../../src/common/late-modules.js');
}
