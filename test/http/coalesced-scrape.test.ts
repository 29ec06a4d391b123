import { gunzipSync } from 'node:zlib';
import { gzipChunks } from '../../src/http/compression.js';
import { SharedChunks } from '../../src/http/coalesced-scrape.js';
import { gate } from './http-client.js';

/** Numbers from 0, each let go by hand; counts how often it began and was left. */
function heldNumbers(end: number) {
  const gates = Array.from({ length: end + 1 }, () => gate());
  const counts = { begun: 0, over: 0 };
  const shared = new SharedChunks(async function* () {
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
  });
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

  it('are made anew for a reader that comes after the making was stopped', async () => {
    const { shared, counts, letGo } = heldNumbers(1);
    await shared.read().return();
    const next = shared.read();
    letGo(0);
    letGo(1);
    expect(await rest(next)).toEqual([0]);
    expect(counts.begun).toBe(2);
  });

  it('are not made again for one that comes soon after the end', async () => {
    const { shared, counts, letGo } = heldNumbers(1);
    letGo(0);
    letGo(1);
    expect(await rest(shared.read())).toEqual([0]);
    expect(await rest(shared.read())).toEqual([0]);
    expect(counts.begun).toBe(1);
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

  it('fail for every reader after the chunks before, and are made anew for the next', async () => {
    let times = 0;
    const shared = new SharedChunks(async function* () {
      yield 1;
      if (times++ === 0) throw new Error('broken');
    });
    const readers = [shared.read(), shared.read()];
    for (const reader of readers) {
      expect(await reader.next()).toMatchObject({ value: 1 });
      await expect(reader.next()).rejects.toThrow('broken');
      expect(await reader.ended).toEqual({ error: expect.objectContaining({ message: 'broken' }) });
      await expect(reader.all(() => true)).rejects.toThrow('broken');
      await reader.return();
    }
    expect(await rest(shared.read())).toEqual([1]);
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
