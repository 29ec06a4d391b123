import { setImmediate as nextTurn } from 'node:timers/promises';
import { SharedPage } from '../../src/exposition/shared-page.js';

/** Chunks that say how many were taken. */
function chunks(texts: readonly string[], fail?: Error) {
  let taken = 0;
  const iterator = (function* (): Generator<string, void> {
    for (const text of texts) {
      taken++;
      yield text;
    }
    if (fail) throw fail;
  })();
  return { iterator, taken: () => taken };
}
const ofChunks = (...texts: string[]) => new SharedPage('text/plain', chunks(texts).iterator);

test('a page is all its chunks, without the pauses between', async () => {
  const page = ofChunks('a', '', 'b', 'c');
  expect(page.open).toBe(true);
  const seen: string[] = [];
  for await (const chunk of page) seen.push(chunk);
  expect(seen).toEqual(['a', 'b', 'c']);
  expect(page.open).toBe(false);
});

test('readers at the same time, and one that comes later, get the same chunks, each written once', async () => {
  const { iterator, taken } = chunks(['a', 'b', 'c']);
  const page = new SharedPage('text/plain', iterator);
  const [first, second] = [page.text(), page.text()];
  await nextTurn();
  expect(page.open).toBe(true);
  expect(await Promise.all([first, second, page.text()])).toEqual(['abc', 'abc', 'abc']);
  expect(await page.text()).toBe('abc');
  expect(taken()).toBe(3);
});

test('others have their turn between two chunks', async () => {
  const page = ofChunks('a', 'b', 'c');
  let turns = 0;
  let reading = true;
  const count = (): void => {
    turns++;
    if (reading) setImmediate(count);
  };
  setImmediate(count);
  await page.text();
  reading = false;
  expect(turns).toBeGreaterThanOrEqual(2);
});

test('writing goes on while a reader is slow', async () => {
  const { iterator, taken } = chunks(['a', 'b', 'c', 'd']);
  const page = new SharedPage('text/plain', iterator);
  const reader = page[Symbol.asyncIterator]();
  expect(await reader.next()).toEqual({ value: 'a', done: false });
  await page.ended;
  expect(taken()).toBe(4);
  expect((await reader.next()).value).toBe('b');
  await reader.return(undefined);
});

test('writing stops when the last reader has left', async () => {
  const { iterator, taken } = chunks(Array<string>(100).fill('x'));
  const page = new SharedPage('text/plain', iterator);
  const readers = [page[Symbol.asyncIterator](), page[Symbol.asyncIterator]()];
  for (const reader of readers) await reader.next();
  await readers[0]!.return(undefined);
  await nextTurn();
  expect(page.open).toBe(true);
  await readers[1]!.return(undefined);
  expect(page.open).toBe(false);
  await page.ended;
  expect(taken()).toBeLessThan(10);
});

test('an error of writing reaches every reader, after what was written', async () => {
  const error = new Error('no');
  const page = new SharedPage('text/plain', chunks(['a', 'b'], error).iterator);
  const seen: string[] = [];
  const reading = (async () => {
    for await (const chunk of page) seen.push(chunk);
  })();
  const other = page.text();
  await expect(reading).rejects.toBe(error);
  await expect(other).rejects.toBe(error);
  expect(seen).toEqual(['a', 'b']);
  expect(page.open).toBe(false);
  await page.ended;
  await expect(page.text()).rejects.toBe(error);
});
