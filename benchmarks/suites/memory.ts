import { retainedBytes } from '../harness/memory.js';
import type { Sample, Subject, Suite } from '../harness/subject.js';
import { COUNTING, type Counting } from '../peers/counting.js';
import { expectExposed } from '../peers/exposed-totals.js';
import { labelsOfSeries } from '../workloads/violations.js';

const SERIES = 100_000;

/** What holding a series takes. */
export const memory: Suite = {
  name: 'memory',
  title: 'Memory of a series with four labels',
  about:
    `${SERIES.toLocaleString('en-US')} series are made, each by one recording. What is held is counted after forced ` +
    'collections: the heap, and typed arrays and buffers beside it; before any scrape, and once the page has been ' +
    'asked for twice.',
  table: 'memory',
  subjects: COUNTING.map(({ id, label, comparedWith, open }) => ({
    id,
    label,
    ...(comparedWith && { comparedWith }),
    async open(): Promise<Subject> {
      const counting = open('wide');
      return new HeldSeries(counting, await retainedBytes());
    },
  })),
  repeat: ({ processes }) => ({ processes, rounds: 0 }),
  secondsPerSubject: () => 2.5,
};

class HeldSeries implements Subject {
  constructor(
    private readonly counting: Counting,
    private readonly before: number,
  ) {}

  async warmUp(): Promise<void> {
    for (let series = 0; series < SERIES; series++) this.counting.count(labelsOfSeries(series));
  }

  async round(): Promise<Sample> {
    return {};
  }

  async finish(): Promise<Sample> {
    const { counting, before } = this;
    const unscraped = (await retainedBytes()) - before;
    for (let scrapes = 0; scrapes < 2; scrapes++) await counting.export();
    const scraped = (await retainedBytes()) - before;
    await expectExposed(counting, counting.metric, { total: SERIES, series: SERIES });
    return { unscraped: unscraped / SERIES, scraped: scraped / SERIES };
  }
}
