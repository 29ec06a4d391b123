import { Pages } from '../../src/exposition/pages.js';

/** A store's pages, whose chunks say how many were taken. */
function pagesOf(texts: readonly string[], fail?: Error) {
  const counts = { collected: 0, taken: 0, ended: 0 };
  const pages = new Pages({
    createdSamples: false,
    collect: () => {
      counts.collected++;
      return Promise.resolve(() =>
        (function* (): Generator<string, void> {
          for (const text of texts) {
            counts.taken++;
            yield text;
          }
          if (fail) throw fail;
        })(),
      );
    },
    ended: () => counts.ended++,
  });
  return { pages, counts };
}

async function chunksOf(page: AsyncIterable<string>): Promise<string[]> {
  const chunks: string[] = [];
  for await (const chunk of page) chunks.push(chunk);
  return chunks;
}

test('a page is all its chunks, without the pauses between them', async () => {
  const { pages } = pagesOf(['a', '', 'b', 'c']);
  expect(await chunksOf(await pages.open({ format: 'text' }))).toEqual(['a', 'b', 'c']);
  expect(await pages.export()).toBe('abc');
});

test('an exported text is collected anew each time', async () => {
  const { pages, counts } = pagesOf(['a']);
  await pages.export();
  await pages.export();
  expect(counts).toEqual({ collected: 2, taken: 2, ended: 2 });
});

test('the event loop has its turn between two chunks of a page', async () => {
  const { pages } = pagesOf(['a', 'b', 'c']);
  let turns = 0;
  let reading = true;
  const count = (): void => {
    turns++;
    if (reading) setImmediate(count);
  };
  setImmediate(count);
  await pages.export();
  reading = false;
  expect(turns).toBeGreaterThanOrEqual(2);
});

test('a page that is left is written no further, and the store hears that it ended', async () => {
  const { pages, counts } = pagesOf(Array<string>(100).fill('x'));
  for await (const chunk of await pages.open({ format: 'text' })) if (chunk === 'x') break;
  expect(counts.ended).toBe(1);
  expect(counts.taken).toBeLessThan(3);
});

test('a page whose writing fails gives what was written and then the error, and the store hears that it ended', async () => {
  const error = new Error('no');
  const { pages, counts } = pagesOf(['a', 'b'], error);
  const seen: string[] = [];
  const reading = (async () => {
    for await (const chunk of await pages.open({ format: 'text' })) seen.push(chunk);
  })();
  await expect(reading).rejects.toBe(error);
  expect(seen).toEqual(['a', 'b']);
  expect(counts.ended).toBe(1);
  await expect(pages.export()).rejects.toBe(error);
});

test('a page says the type of its format', async () => {
  const { pages } = pagesOf([]);
  expect((await pages.open({ format: 'text' })).contentType).toBe(pages.contentType());
  expect((await pages.open({ format: 'openmetrics' })).contentType).toContain('application/openmetrics-text');
});
