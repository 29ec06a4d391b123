import { retainedBytes } from '../harness/memory.js';
import { nextTurn, StallWatch } from '../harness/stall-watch.js';
import { summaryOf } from '../harness/statistics.js';
import type { Budget, Sample, Subject, SubjectDeclaration, Suite } from '../harness/subject.js';
import { COUNTING, type Counting } from '../peers/counting.js';
import { expectExposed } from '../peers/exposed-totals.js';
import { labelsOfSeries } from '../workloads/violations.js';

const SIZES = [1_000, 10_000, 100_000] as const;
/** Series that are counted on between two scrapes, one in so many: a page is seldom the same twice. */
const CHANGED_ONE_IN = 10;
/** Series on the pages that are asked for before the measurement. */
const WARM_UP_SERIES = 100_000;
const LABELS: Readonly<Record<string, string>> = {
  typed: '`obs.export()`',
  'prom-client': 'prom-client `registry.metrics()`',
  otel: 'OpenTelemetry Prometheus exporter',
};

/** A page of metrics: how long it takes, and how long nothing else runs meanwhile. */
export const scrape: Suite = {
  name: 'scrape',
  title: 'Scrape',
  about:
    'A counter with four labels is asked for its page. `stall` is the longest time in which no other callback of the ' +
    `process could run. Between two scrapes one series in ${CHANGED_ONE_IN} is counted on. \`bytes/series\` is what the ` +
    'heap, typed arrays and buffers have grown by once the series have been made and scraped twice.',
  table: 'scrape',
  subjects: SIZES.flatMap((size) =>
    COUNTING.filter(({ id }) => id in LABELS).map(({ id, comparedWith, open }): SubjectDeclaration => ({
      id: `${id}-${size}`,
      label: LABELS[id] as string,
      ...(comparedWith && { comparedWith: comparedWith.map((peer) => `${peer}-${size}`) }),
      async open(budget) {
        const counting = open('wide');
        return new ScrapeSubject(counting, size, budget, await retainedBytes());
      },
    })),
  ),
  repeat: () => ({ processes: 1, rounds: 7 }),
  secondsPerSubject: () => 4,
};

class ScrapeSubject implements Subject {
  private bytesPerSeries = 0;
  private recordings = 0;
  private changes = 0;

  constructor(
    private readonly counting: Counting,
    private readonly size: number,
    private readonly budget: Budget,
    private readonly before: number,
  ) {
    for (let series = 0; series < size; series++) this.count(series);
  }

  async warmUp(): Promise<void> {
    await this.scrape();
    await this.scrape();
    this.bytesPerSeries = ((await retainedBytes()) - this.before) / this.size;
    for (let series = 0; series < WARM_UP_SERIES; series += this.size) await this.scrape();
  }

  async round(): Promise<Sample> {
    const scrapes: { millis: number; stallMillis: number }[] = [];
    let spent = 0;
    while (spent < this.budget.roundMillis) {
      const one = await this.scrape();
      spent += one.millis;
      scrapes.push(one);
    }
    return {
      millis: summaryOf(scrapes.map(({ millis }) => millis)).median,
      stallMillis: summaryOf(scrapes.map(({ stallMillis }) => stallMillis)).median,
    };
  }

  async finish(): Promise<Sample> {
    const { counting, recordings: total, size: series } = this;
    await expectExposed(counting, counting.metric, { total, series });
    const textBytes = Buffer.byteLength(await counting.export());
    return { bytesPerSeries: this.bytesPerSeries, textBytes, series };
  }

  private async scrape(): Promise<{ millis: number; stallMillis: number }> {
    const first = this.changes++ % CHANGED_ONE_IN;
    for (let series = first; series < this.size; series += CHANGED_ONE_IN) this.count(series);
    const stalls = new StallWatch();
    await nextTurn();
    const start = performance.now();
    const text = await this.counting.export();
    const millis = performance.now() - start;
    await nextTurn();
    const stallMillis = stalls.end();
    if (text.length < this.size) throw new Error('the page is too short');
    return { millis, stallMillis };
  }

  private count(series: number): void {
    this.counting.count(labelsOfSeries(series));
    this.recordings++;
  }
}
