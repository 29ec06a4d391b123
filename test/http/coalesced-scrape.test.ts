import { gunzipSync } from 'node:zlib';
import { gzipChunks } from '../../src/http/compression.js';
import type { ExpositionRequest } from '../../src/exposition/exposition-source.js';
import { CoalescedScrape, SharedChunks } from '../../src/http/coalesced-scrape.js';
import { type ChunksSource, chunksSource, holdFrom } from './chunks-source.js';
import { gate } from './http-client.js';

jest.mock('../../src/common/clock.js', () => ({ monotonicClock: () => performance.now() }));

/** Numbers from 0, each let go by hand; counts how often it began and was left. */
function heldNumbers(end: number) {
  const gates = Array.from({ length: end + 1 }, () => gate());
  const counts = { begun: 0, over: 0 };
  const shared = new SharedChunks(
    (async function* () {
      counts.begun++;
      try {
        for (let number = 0; ; number++) {
          await gates[number]!.promise;
          if (number === end) return;
          yield number;
        }
      } finally {
        counts.over++;
      }
    })(),
  );
  return { shared, counts, letGo: (number: number) => gates[number]!.open() };
}

async function rest<T>(reader: AsyncIterable<T>): Promise<T[]> {
  const chunks: T[] = [];
  for await (const chunk of reader) chunks.push(chunk);
  return chunks;
}

const turns = async (count: number): Promise<void> => {
  for (let turn = 0; turn < count; turn++) await new Promise((resolve) => setImmediate(resolve));
};

describe('shared chunks', () => {
  it('are made once for readers at the same time, late ones too, each from the start', async () => {
    const { shared, counts, letGo } = heldNumbers(3);
    const early = shared.read();
    letGo(0);
    letGo(1);
    expect([await early.next(), await early.next()]).toMatchObject([{ value: 0 }, { value: 1 }]);
    const late = shared.read();
    const all = rest(late);
    letGo(2);
    letGo(3);
    expect(await all).toEqual([0, 1, 2]);
    expect(await rest(early)).toEqual([2]);
    expect(counts).toEqual({ begun: 1, over: 1 });
  });

  it('are made to their end for a reader that takes none', async () => {
    const { shared, letGo } = heldNumbers(2);
    const slow = shared.read();
    for (const number of [0, 1, 2]) letGo(number);
    expect(await slow.ended).toEqual({});
    expect(await rest(slow)).toEqual([0, 1]);
  });

  it('are made no further when the last reader leaves', async () => {
    const { shared, counts, letGo } = heldNumbers(3);
    const [first, second] = [shared.read(), shared.read()];
    letGo(0);
    await first.next();
    await first.return();
    letGo(1);
    await turns(2);
    expect(counts.over).toBe(0);
    await second.return();
    letGo(2);
    await turns(2);
    expect(counts).toEqual({ begun: 1, over: 1 });
    expect(await second.ended).toEqual({});
  });

  it('end at once for a reader that leaves while it waits', async () => {
    const { shared, letGo } = heldNumbers(1);
    const [staying, leaving] = [shared.read(), shared.read()];
    const waiting = leaving.next();
    await leaving.return();
    expect(await waiting).toEqual({ done: true, value: undefined });
    expect(await leaving.next()).toEqual({ done: true, value: undefined });
    letGo(0);
    letGo(1);
    expect(await rest(staying)).toEqual([0]);
  });

  it('may be left twice by one reader without harm to another', async () => {
    const { shared, counts, letGo } = heldNumbers(1);
    const [staying, leaving] = [shared.read(), shared.read()];
    await leaving.return();
    await leaving.return();
    letGo(0);
    letGo(1);
    expect(await rest(staying)).toEqual([0]);
    expect(counts.begun).toBe(1);
  });

  it('fail for every reader after the chunks before', async () => {
    const shared = new SharedChunks(
      (async function* () {
        yield 1;
        throw new Error('broken');
      })(),
    );
    const readers = [shared.read(), shared.read()];
    for (const reader of readers) {
      expect(await reader.next()).toMatchObject({ value: 1 });
      await expect(reader.next()).rejects.toThrow('broken');
      expect(await reader.ended).toEqual({ error: expect.objectContaining({ message: 'broken' }) });
      await expect(reader.all(() => true)).rejects.toThrow('broken');
      await reader.return();
    }
    expect(shared.isReadable).toBe(false);
  });

  it('can be awaited, some or all, without being taken', async () => {
    const { shared, letGo } = heldNumbers(2);
    const reader = shared.read();
    letGo(0);
    expect(await reader.all((chunks) => chunks.length === 1)).toBeUndefined();
    letGo(1);
    letGo(2);
    expect(await reader.all(() => false)).toEqual([0, 1]);
    expect(await rest(reader)).toEqual([0, 1]);
  });

  it('are no longer awaited by one that has left', async () => {
    const { shared } = heldNumbers(1);
    const reader = shared.read();
    const all = reader.all(() => false);
    await reader.return();
    expect(await all).toBeUndefined();
  });
});

describe('scrapes of one source', () => {
  const TEXT = { format: 'text' } as const;
  const OPEN_METRICS = { format: 'openmetrics' } as const;
  const join = (source: ChunksSource, request: ExpositionRequest = TEXT) =>
    CoalescedScrape.join(source, request);
  const textOf = async (scrape: CoalescedScrape): Promise<string> => (await rest(scrape.readText())).join('');

  it('share one page while it is written, in each format one', async () => {
    const held = holdFrom(1);
    const source = chunksSource({ chunks: 3, chunk: 'x', before: held.before });
    const early = [textOf(join(source)), textOf(join(source, OPEN_METRICS))];
    await held.asked;
    const late = [textOf(join(source)), textOf(join(source, OPEN_METRICS))];
    held.letGo();
    expect(await Promise.all([...early, ...late])).toEqual(['xxx', 'xxx', 'xxx', 'xxx']);
    expect(source.opened).toHaveLength(2);
  });

  it('know the type of their page with its first chunk', async () => {
    const scrape = join(chunksSource({ chunks: 1, contentType: 'text/x' }));
    await scrape.readText().next();
    expect(scrape.contentType).toBe('text/x');
  });

  it('ask for a new page after the last one is written, though somebody still reads that', async () => {
    const source = chunksSource({ chunks: 2, chunk: 'x' });
    const slow = join(source).readText();
    await slow.ended;
    expect(await textOf(join(source))).toBe('xx');
    expect(await rest(slow)).toEqual(['x', 'x']);
    expect(source.opened).toHaveLength(2);
  });

  it('ask for a new page after the one before was left or has failed', async () => {
    const left = chunksSource({ chunks: 2, chunk: 'x' });
    const reader = join(left).readText();
    await reader.next();
    await reader.return();
    expect(await textOf(join(left))).toBe('xx');

    let broken = true;
    const failing = chunksSource({
      chunks: 1,
      chunk: 'x',
      before: () => (broken ? Promise.reject(new Error('broken')) : Promise.resolve()),
    });
    const failed = [textOf(join(failing)), textOf(join(failing))];
    for (const text of failed) await expect(text).rejects.toThrow('broken');
    broken = false;
    expect(await textOf(join(failing))).toBe('x');
  });

  it('do not wait for a page that was asked for ten seconds ago, since its source may hang', async () => {
    const now = jest.spyOn(performance, 'now').mockReturnValue(1_000);
    const hung = holdFrom(0);
    const source = chunksSource({ chunks: 1, chunk: 'x', before: hung.before });
    const [first, second] = [join(source), join(source)];
    const waiting = [textOf(first), textOf(second)];
    expect(second).toBe(first);
    now.mockReturnValue(11_000);
    const third = join(source);
    expect(third).not.toBe(first);
    expect(join(source)).toBe(third);
    const after = textOf(third);
    hung.letGo();
    expect(await Promise.all([...waiting, after])).toEqual(['x', 'x', 'x']);
  });

  it('compress a page once, and again only after everybody who read the bytes has left', async () => {
    const held = holdFrom(1);
    const scrape = join(chunksSource({ chunks: 2, before: held.before }));
    const text = scrape.readText();
    const [first, second] = [scrape.readGzip(), scrape.readGzip()];
    await held.asked;
    await first.return();
    await second.return();
    const third = scrape.readGzip();
    held.letGo();
    const bytes = Buffer.concat(await rest(third));
    expect(gunzipSync(bytes).toString()).toBe((await rest(text)).join(''));
    await expect(rest(second)).resolves.toEqual([]);
  });

  it('fail when their source opens no page', async () => {
    const source = { ...chunksSource({ chunks: 1 }), open: () => Promise.resolve(undefined as never) };
    await expect(textOf(join(source))).rejects.toThrow('not a page');
  });
});

describe('compressed chunks', () => {
  const given = Array.from({ length: 20 }, (_, index) => `é${index}`.repeat(10_000));
  // Without a promise of its own between chunks, as from a source that is fast.
  async function* text(): AsyncGenerator<string> {
    yield* given;
  }

  it('are the text, in several chunks', async () => {
    const chunks = await rest(gzipChunks(text()));
    expect(chunks.length).toBeGreaterThan(1);
    expect(gunzipSync(Buffer.concat(chunks)).toString()).toBe(given.join(''));
  });

  it('survive empty chunks and no chunk at all', async () => {
    async function* empty(): AsyncGenerator<string> {
      yield* ['', 'a', ''];
    }
    expect(gunzipSync(Buffer.concat(await rest(gzipChunks(empty())))).toString()).toBe('a');
    async function* nothing(): AsyncGenerator<string> {
      yield* [];
    }
    expect(gunzipSync(Buffer.concat(await rest(gzipChunks(nothing())))).toString()).toBe('');
  });

  it('leave the text when they are left', async () => {
    const left = gate();
    async function* endless(): AsyncGenerator<string> {
      try {
        for (;;) {
          await turns(1);
          yield given[0]!;
        }
      } finally {
        left.open();
      }
    }
    for await (const chunk of gzipChunks(endless())) if (chunk.length > 0) break;
    await expect(left.promise).resolves.toBeUndefined();
  });

  it('fail with what the text fails with', async () => {
    async function* failing(): AsyncGenerator<string> {
      yield given[0]!;
      throw new Error('broken');
    }
    await expect(rest(gzipChunks(failing()))).rejects.toThrow('broken');
  });
});
