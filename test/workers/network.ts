import { type Attributes, type Counter, type Histogram } from '@opentelemetry/api';
import { resourceFromAttributes } from '@opentelemetry/resources';
import { DropLog } from '../../src/diagnostics/drop-log.js';
import { FamilyNames } from '../../src/exposition/family-names.js';
import { pageOf } from '../../src/exposition/page-chunks.js';
import { Pages } from '../../src/exposition/pages.js';
import type { NativeMetricStore } from '../../src/pipeline/metrics/native-metric-store.js';
import { parseExposition } from '../../src/testing/parse-exposition.js';
import { sampleValue } from '../../src/testing/samples.js';
import type { HostGauges } from '../../src/workers/merged-page.js';
import type { Channel, Message } from '../../src/workers/messages.js';
import type { ClaimedPlace, Place, TakenPlace } from '../../src/workers/place.js';
import type { Scheduler } from '../../src/workers/scheduler.js';
import { WorkerGroup } from '../../src/workers/worker-group.js';
import { nativeStore } from '../support/stores.js';

/** Time that passes only when a test says so; what it sets off has its turns of the event loop. */
export class VirtualTime implements Scheduler {
  private millis = 1_000_000;
  private timers: { at: number; act: () => void }[] = [];

  now(): number {
    return this.millis;
  }

  after(millis: number, act: () => void): () => void {
    const timer = { at: this.millis + millis, act };
    this.timers.push(timer);
    return () => (this.timers = this.timers.filter((other) => other !== timer));
  }

  async pass(millis: number): Promise<void> {
    const end = this.millis + millis;
    for (await turns(); ; await turns()) {
      const [next] = this.timers.filter(({ at }) => at <= end).sort((a, b) => a.at - b.at);
      if (next === undefined) break;
      this.timers = this.timers.filter((timer) => timer !== next);
      this.millis = Math.max(this.millis, next.at);
      next.act();
    }
    this.millis = end;
  }

  /** Passes time until the promise has settled. */
  async until<T>(promise: Promise<T>): Promise<T> {
    let settled = false;
    const done = (): void => void (settled = true);
    promise.then(done, done);
    for (let steps = 0; !settled && steps < 10_000; steps++) await this.pass(1);
    return promise;
  }
}

async function turns(): Promise<void> {
  for (let turn = 0; turn < 3; turn++) await new Promise((resolve) => setImmediate(resolve));
}

/** A machine with one port, on which processes come and go. */
export class Machine {
  readonly time = new VirtualTime();
  readonly processes: Process[] = [];
  holder: Process | undefined;
  onChannel: ((channel: Channel) => void) | undefined;
  hasMark = false;
  private started = 0;

  start(gauges: HostGauges = {}): Process {
    const process = new Process(this, ++this.started, gauges);
    this.processes.push(process);
    return process;
  }

  get alive(): Process[] {
    return this.processes.filter(({ isAlive }) => isAlive);
  }

  /** The page that a scrape of the port gets. */
  async scrape(): Promise<string> {
    for (let tries = 0; tries < 5000; tries++) {
      const { holder } = this;
      if (holder?.isAlive && holder.group.is === 'aggregator') return this.time.until(holder.page());
      await this.time.pass(1);
    }
    throw new Error('nobody serves the page');
  }

  /** The value of one series of the page. */
  async value(name: string, labels: Readonly<Record<string, string>> = {}): Promise<number | undefined> {
    return sampleValue(parseExposition(await this.scrape()), name, labels);
  }
}

/** One process of a service. */
export class Process {
  isAlive = true;
  readonly store: NativeMetricStore;
  readonly counter: Counter;
  readonly histogram: Histogram;
  readonly group: WorkerGroup;
  readonly channels = new Set<MemoryChannel>();
  level = 1;

  constructor(
    readonly machine: Machine,
    readonly number: number,
    gauges: HostGauges,
  ) {
    const { time } = machine;
    const resource: Attributes = { 'service.name': 's', 'service.instance.id': `i${number}`, pid: number };
    this.store = nativeStore({ resource: resourceFromAttributes(resource), now: () => time.now() });
    const meter = this.store.meterProvider.getMeter('host');
    this.counter = meter.createCounter('work');
    this.histogram = meter.createHistogram('took', { advice: { explicitBucketBoundaries: [1, 10] } });
    const createGauge = (name: string): void =>
      meter.createObservableGauge(name).addCallback((result) => result.observe(this.level));
    for (const name of ['level', 'largest', 'smallest', 'latest']) createGauge(name);
    const drops = new DropLog();
    const names = new FamilyNames(drops);
    const pages = new Pages({
      createdSamples: true,
      collect: async () => {
        const page = this.group.page();
        const content = page && 'collect' in page ? page.collect() : this.store.content();
        const { streams, resource } = await content;
        return (format) => pageOf({ streams, resource, names, drops }, format);
      },
    });
    this.page = () => pages.export();
    this.openMetrics = async () => {
      let text = '';
      for await (const chunk of await pages.open({ format: 'openmetrics' })) text += chunk;
      return text;
    };
    this.group = new WorkerGroup({
      self: { id: `w${number}`, pid: number, startedAt: time.now(), resource },
      service: 's',
      source: this.store,
      gauges,
      place: new MemoryPlace(machine, this),
      drops,
      scheduler: {
        now: () => time.now(),
        after: (millis, act) => time.after(millis, () => this.isAlive && act()),
      },
      isRunning: () => false,
      pageTimeoutMillis: 2000,
      openPage: (request) => pages.open(request),
    });
    this.group.start();
  }

  readonly page: () => Promise<string>;
  readonly openMetrics: () => Promise<string>;

  /** Ends it as SIGKILL does: what it has sent arrives, and nothing more. */
  kill(): void {
    this.isAlive = false;
    if (this.machine.holder === this) this.machine.onChannel = this.machine.holder = undefined;
    for (const channel of this.channels) channel.close();
  }

  /** Ends it in order. */
  async leave(): Promise<void> {
    await this.machine.time.until(this.group.leave(400));
    this.kill();
  }
}

class MemoryPlace implements Place {
  constructor(
    private readonly machine: Machine,
    private readonly process: Process,
  ) {}

  async claim(): Promise<ClaimedPlace | TakenPlace> {
    const { machine, process } = this;
    if (machine.holder !== undefined || !process.isAlive)
      return { takenBecause: new Error('the port is taken') };
    machine.holder = process;
    const succeeds = machine.hasMark;
    machine.hasMark = true;
    return {
      url: 'http://page',
      succeeds,
      listen: (onChannel) => {
        if (machine.holder === process) machine.onChannel = onChannel;
      },
      isHeld: () => Promise.resolve(true),
      release: async (leavesMark) => {
        if (machine.holder !== process) return;
        machine.holder = machine.onChannel = undefined;
        machine.hasMark = leavesMark;
      },
    };
  }

  async connect(): Promise<Channel> {
    const { machine, process } = this;
    const { holder, onChannel } = machine;
    if (holder === undefined || onChannel === undefined || !process.isAlive)
      throw new Error('nobody listens');
    const [near, far] = [new MemoryChannel(machine.time, process), new MemoryChannel(machine.time, holder)];
    near.peer = far;
    far.peer = near;
    onChannel(far);
    return near;
  }

  async abandon(): Promise<void> {}
}

/** One end of a channel in memory. Messages take no time, and their turn. */
class MemoryChannel implements Channel {
  peer: MemoryChannel | undefined;
  onMessage: (message: Message) => void = () => {};
  onClose: () => void = () => {};
  private closed = false;

  constructor(
    private readonly time: VirtualTime,
    private readonly owner: Process,
  ) {
    owner.channels.add(this);
  }

  send(message: Message): void {
    const { peer } = this;
    if (this.closed || !this.owner.isAlive || peer === undefined) return;
    const text = JSON.stringify(message);
    this.time.after(0, () => {
      if (peer.owner.isAlive && !peer.closed) peer.onMessage(JSON.parse(text) as Message);
    });
  }

  drained(): Promise<void> {
    return Promise.resolve();
  }

  close(): void {
    const { peer } = this;
    this.end();
    this.time.after(0, () => peer?.end());
  }

  private end(): void {
    if (this.closed) return;
    this.closed = true;
    this.owner.channels.delete(this);
    if (this.owner.isAlive) this.time.after(0, () => this.onClose());
  }
}
