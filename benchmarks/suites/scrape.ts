import { Instruments } from 'agent-os-observability/instruments';
import type { Budget, Sample, Subject, SubjectDeclaration, Suite } from '../harness/subject.js';
import { summaryOf } from '../harness/statistics.js';
import { collectGarbage } from '../harness/timed.js';
import { startAgentOs } from '../peers/agent-os.js';
import { exposedTotals } from '../peers/exposed-totals.js';
import { OtelSdk } from '../peers/otel-sdk.js';
import { PromClient } from '../peers/prom-client.js';
import { ACTIONS, agentId, POLICIES } from '../workloads/names.js';
import { LABEL_NAMES, type Labels } from '../workloads/violations.js';

const METRIC = 'agent_os_violations_total';
const SIZES = [1_000, 10_000, 100_000] as const;
const ACTIONS_PER_AGENT = 10;
/** Series that are counted on between two scrapes, one in so many: a page is seldom the same twice. */
const CHANGED_ONE_IN = 10;
/** Series on the pages that are asked for before the measurement. */
const WARM_UP_SERIES = 100_000;
/** Far above the sizes, where the default caps would fold series. */
const CAPS = { id: 200_000, series: 200_000 };

/** What holds series and can be asked for them. */
interface Scraped {
  count(labels: Labels): void;
  export(): Promise<string>;
}

const IMPLEMENTATIONS: Readonly<Record<string, { label: string; open: () => Scraped }>> = {
  'agent-os': {
    label: '`obs.export()`',
    open() {
      const obs = startAgentOs({ metrics: { labelCaps: CAPS } });
      const counter = Instruments.of({ meterProvider: obs.meterProvider }).counter(METRIC);
      return { count: (labels) => counter.add(1, labels), export: () => obs.export() };
    },
  },
  'prom-client': {
    label: 'prom-client `registry.metrics()`',
    open() {
      const prom = new PromClient();
      const counter = prom.counter(METRIC, LABEL_NAMES);
      return { count: (labels) => counter.inc(labels), export: () => prom.export() };
    },
  },
  otel: {
    label: 'OpenTelemetry Prometheus exporter',
    open() {
      const sdk = new OtelSdk();
      const counter = sdk.meter.createCounter(METRIC);
      return { count: (labels) => counter.add(1, labels), export: () => sdk.export() };
    },
  },
};

/** A page of metrics: how long it takes, and how long nothing else runs meanwhile. */
export const scrape: Suite = {
  name: 'scrape',
  title: 'Scrape',
  about:
    'A counter with four labels is asked for its page. `stall` is the longest time in which no other callback of the ' +
    `process could run. Between two scrapes one series in ${CHANGED_ONE_IN} is counted on. \`bytes/series\` is what the ` +
    'heap has grown by once the series have been made and scraped twice.',
  table: 'scrape',
  subjects: SIZES.flatMap((size) =>
    Object.entries(IMPLEMENTATIONS).map(([id, implementation]): SubjectDeclaration => ({
      id: `${id}-${size}`,
      label: implementation.label,
      ...(id === 'agent-os' && { comparedWith: [`prom-client-${size}`, `otel-${size}`] }),
      open: (budget) => new ScrapeSubject(implementation.open(), size, budget),
    })),
  ),
  repeat: () => ({ processes: 1, rounds: 7 }),
  secondsPerSubject: () => 4,
};

class ScrapeSubject implements Subject {
  private readonly before: number;
  private bytesPerSeries = 0;
  private recordings = 0;
  private changes = 0;

  constructor(
    private readonly scraped: Scraped,
    private readonly size: number,
    private readonly budget: Budget,
  ) {
    collectGarbage();
    this.before = process.memoryUsage().heapUsed;
    for (let series = 0; series < size; series++) this.count(series);
  }

  async warmUp(): Promise<void> {
    await this.scrape();
    await this.scrape();
    collectGarbage();
    this.bytesPerSeries = (process.memoryUsage().heapUsed - this.before) / this.size;
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
    const text = await this.scraped.export();
    const { total, series } = exposedTotals(text, METRIC);
    if (total !== this.recordings || series !== this.size) {
      throw new Error(
        `${this.recordings} recordings in ${this.size} series are exposed as ${total} in ${series}`,
      );
    }
    return { bytesPerSeries: this.bytesPerSeries, textBytes: Buffer.byteLength(text), series };
  }

  private async scrape(): Promise<{ millis: number; stallMillis: number }> {
    const first = this.changes++ % CHANGED_ONE_IN;
    for (let series = first; series < this.size; series += CHANGED_ONE_IN) this.count(series);
    const stalls = new StallWatch();
    await nextTurn();
    const start = performance.now();
    const text = await this.scraped.export();
    const millis = performance.now() - start;
    await nextTurn();
    const stallMillis = stalls.end();
    if (text.length < this.size) throw new Error('the page is too short');
    return { millis, stallMillis };
  }

  private count(series: number): void {
    const action = series % ACTIONS_PER_AGENT;
    this.scraped.count({
      severity: 'high',
      policy: POLICIES[action % POLICIES.length] as string,
      action: ACTIONS[action] as string,
      agent_id: agentId(Math.floor(series / ACTIONS_PER_AGENT)),
    });
    this.recordings++;
  }
}

/** Watches the event loop by a callback that comes back each turn. */
class StallWatch {
  private longest = 0;
  private last = performance.now();
  private watching = true;

  constructor() {
    setImmediate(this.turn);
  }

  end(): number {
    this.watching = false;
    return this.longest;
  }

  private readonly turn = (): void => {
    const now = performance.now();
    this.longest = Math.max(this.longest, now - this.last);
    this.last = now;
    if (this.watching) setImmediate(this.turn);
  };
}

/** Until the callback of this turn and of the next have run. */
async function nextTurn(): Promise<void> {
  for (let i = 0; i < 2; i++) await new Promise((resolve) => setImmediate(resolve));
}
