import type { Attributes } from '@opentelemetry/api';
import { DropLog } from '../../src/diagnostics/drop-log.js';
import { FamilyNames } from '../../src/exposition/family-names.js';
import { TEXT_FORMAT } from '../../src/exposition/format-writer.js';
import { NONE_RESERVED } from '../../src/exposition/labels.js';
import { pageOf } from '../../src/exposition/page-chunks.js';
import { SeriesTexts } from '../../src/exposition/series-texts.js';
import { CoalescedScrape } from '../../src/http/coalesced-scrape.js';
import { SumStorage } from '../../src/pipeline/metrics/metric-storage.js';
import { parseExposition } from '../../src/testing/parse-exposition.js';
import { seriesOf } from '../../src/testing/samples.js';

// A reader that came when the only other one had just left was given what had been written so far, as if it were all.

test('a scrape that comes when the only other one has just left gets a whole page', async () => {
  const page = {
    contentType: 'text/plain',
    async *[Symbol.asyncIterator]() {
      yield* ['a', 'b', 'c'];
    },
  };
  const source = {
    export: () => Promise.resolve('abc'),
    contentType: () => page.contentType,
    open: () => Promise.resolve(page),
  };
  const leaving = CoalescedScrape.join(source, { format: 'text' }).readText();
  await leaving.next();
  await leaving.return();
  const chunks: string[] = [];
  for await (const chunk of CoalescedScrape.join(source, { format: 'text' }).readText()) chunks.push(chunk);
  expect(chunks.join('')).toBe('abc');
});

// While one page was written, another could see a series that is equal to an earlier one: it stood on the first page twice.

test('a series that comes while a page is written is not on it, whoever else writes one', () => {
  const sets: Attributes[] = Array.from({ length: 5000 }, (_, i) => ({ n: String(i), text: 'x'.repeat(20) }));
  const rows = { size: 0, attributesOf: (row: number) => sets[row] as Attributes };
  const cells = new SumStorage(() => 1, 0);
  sets.forEach((_, row) => cells.record(row, 1));
  const texts = new SeriesTexts(rows, NONE_RESERVED);
  const about = {
    name: 'n',
    description: '',
    unit: '',
    registry: false,
    sums: true,
    type: 'counter' as const,
  };
  const drops = new DropLog();
  const streams = [{ ...about, scope: { name: 'host' }, texts, cells }];
  const names = new FamilyNames(drops);
  const chunks = () => pageOf({ streams, resource: {}, names, drops }, TEXT_FORMAT);
  const first = chunks();
  let page = '';
  for (let next = first.next(); ; next = first.next()) {
    page += next.value as string;
    if (page.includes('n_total')) break;
  }
  cells.record(sets.push({ n: 0, text: 'x'.repeat(20) }) - 1, 1); // the number, which is the text of the first row
  const second = [...chunks()].join('');
  for (const chunk of first) page += chunk;
  expect(seriesOf(parseExposition(second), 'n_total')).toHaveLength(5000);
  expect(seriesOf(parseExposition(page), 'n_total')).toHaveLength(5000);
});
