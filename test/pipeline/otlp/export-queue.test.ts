import { setMaxListeners } from 'node:events';
import fc from 'fast-check';
import { DropLog } from '../../../src/diagnostics/drop-log.js';
import { DeliveryLedger } from '../../../src/pipeline/otlp/delivery-ledger.js';
import { ExportQueue, type QueueLimits } from '../../../src/pipeline/otlp/export-queue.js';
import type { Delivery } from '../../../src/pipeline/otlp/otlp-sender.js';
import { rounds } from '../../support/rounds.js';

interface Item {
  readonly name: string;
  readonly size: number;
}
const items = (count: number, size = 100): Item[] =>
  Array.from({ length: count }, (_, index) => ({ name: `s${index}`, size }));

const DELIVERED: Delivery = { outcome: 'delivered', rejected: 0 };

/** A receiver that answers each batch as it is told, and keeps what it has taken. */
class Receiver {
  readonly batches: string[][] = [];
  readonly received: string[] = [];
  closed = false;
  constructor(private readonly answer: (names: string[], batch: number) => Delivery | Promise<Delivery>) {}

  async send(message: Uint8Array, { signal }: { signal?: AbortSignal } = {}): Promise<Delivery> {
    const names = JSON.parse(Buffer.from(message).toString()) as string[];
    this.batches.push(names);
    const aborted = new Promise<Delivery>((resolve) => {
      setMaxListeners(0, signal!);
      signal!.addEventListener('abort', () => resolve({ outcome: 'failed', reason: 'aborted' }));
    });
    const delivery = await Promise.race([this.answer(names, this.batches.length - 1), aborted]);
    if (delivery.outcome === 'delivered') this.received.push(...names.slice(delivery.rejected));
    return delivery;
  }
  close(): void {
    this.closed = true;
  }
}

function open(receiver: Receiver, limits: Partial<QueueLimits> = {}) {
  const counted: Record<string, number> = {};
  const said: string[] = [];
  let now = 0;
  const drops = new DropLog();
  drops.countInto((signal, reason, count) => {
    counted[`${signal}/${reason}`] = (counted[`${signal}/${reason}`] ?? 0) + count;
  });
  const warned: string[] = [];
  drops.say = (message) => void said.push(message);
  drops.warn = (_, message) => void warned.push(message);
  const ledger = new DeliveryLedger({
    signal: 'traces',
    nouns: ['span', 'spans'],
    shown: 'http://collector:4318/v1/traces',
    drops,
    clock: () => now,
  });
  const queue = new ExportQueue<Item>({
    sender: receiver,
    ledger,
    limits: {
      maxQueueSize: 100,
      maxQueueBytes: 1_000_000,
      maxExportBatchSize: 10,
      scheduledDelayMillis: 60_000,
      ...limits,
    },
    encode: (batch) => {
      if (batch.some(({ name }) => name === 'unwritable')) throw new TypeError('cannot be written');
      return Buffer.from(JSON.stringify(batch.map(({ name }) => name)));
    },
    sizeOf: ({ size }) => size,
  });
  const lost = (): number => Object.values(counted).reduce((sum, count) => sum + count, 0);
  return { queue, ledger, counted, said, warned, lost, pass: (millis: number) => (now += millis) };
}

describe('ExportQueue', () => {
  it('sends all that waits in batches, on a flush', async () => {
    const receiver = new Receiver(() => DELIVERED);
    const { queue, ledger, lost } = open(receiver);
    for (const item of items(35)) queue.add(item);
    await queue.flush();
    expect(receiver.batches.map(({ length }) => length)).toEqual([10, 10, 10, 5]);
    expect([ledger.pending, lost()]).toEqual([0, 0]);
  });

  it('takes no more than its items, those in flight among them, and counts the rest', async () => {
    const answers: ((delivery: Delivery) => void)[] = [];
    const receiver = new Receiver(() => new Promise((resolve) => answers.push(resolve)));
    const { queue, ledger, counted, said } = open(receiver, { maxQueueSize: 20 });
    for (const item of items(15)) queue.add(item);
    const flushed = queue.flush();
    for (const item of items(10)) queue.add(item);
    expect(ledger.pending).toBe(20);
    expect(counted).toEqual({ 'traces/queue_full': 5 });
    expect(said).toEqual([
      'the queue of spans is full (20 items); spans are dropped; what is lost is counted.',
    ]);
    answers.forEach((answer) => answer(DELIVERED));
    await flushed;
    expect(receiver.received).toHaveLength(15);
    expect(ledger.pending).toBe(5);
  });

  it('takes no more than its bytes, and has room again when a batch was delivered', async () => {
    const receiver = new Receiver(() => DELIVERED);
    const { queue, counted } = open(receiver, { maxQueueBytes: 1000 });
    for (const item of items(12, 100)) queue.add(item);
    expect(counted).toEqual({ 'traces/queue_full': 2 });
    await queue.flush();
    for (const item of items(10, 100)) queue.add(item);
    expect(counted).toEqual({ 'traces/queue_full': 2 });
  });

  it('cuts a batch by its bytes too', async () => {
    const receiver = new Receiver(() => DELIVERED);
    const { queue } = open(receiver, { maxQueueBytes: 100_000_000 });
    for (const item of items(9, 900_000)) queue.add(item);
    await queue.flush();
    expect(receiver.batches.map(({ length }) => length)).toEqual([2, 2, 2, 2, 1]);
  });

  it('sends a full batch by itself, without a flush', async () => {
    let arrived!: () => void;
    const arrival = new Promise<void>((resolve) => (arrived = resolve));
    const receiver = new Receiver(() => (arrived(), DELIVERED));
    const { queue } = open(receiver);
    for (const item of items(10)) queue.add(item);
    await arrival;
    expect(receiver.batches).toHaveLength(1);
  });

  it('sends a batch that is not full after the delay', async () => {
    let arrived!: () => void;
    const arrival = new Promise<void>((resolve) => (arrived = resolve));
    const { queue } = open(new Receiver(() => (arrived(), DELIVERED)), { scheduledDelayMillis: 1 });
    queue.add({ name: 'only', size: 1 });
    await arrival;
  });

  it('waits on a flush for what was there, not for what comes meanwhile', async () => {
    const receiver = new Receiver(async () => {
      queue.add({ name: 'later', size: 1 });
      return DELIVERED;
    });
    const { queue, ledger } = open(receiver);
    queue.add({ name: 'first', size: 1 });
    await queue.flush();
    expect(receiver.received).toEqual(['first']);
    expect(ledger.pending).toBe(1);
  });

  it('halves a batch that is too large until it fits', async () => {
    const receiver = new Receiver((names) => (names.length > 3 ? { outcome: 'too_large' } : DELIVERED));
    const { queue, lost } = open(receiver);
    for (const item of items(10)) queue.add(item);
    await queue.flush();
    expect(receiver.received.toSorted()).toEqual(items(10).map(({ name }) => name));
    expect(lost()).toBe(0);
  });

  it('loses only the item that is too large by itself', async () => {
    const receiver = new Receiver((names) => (names.includes('s4') ? { outcome: 'too_large' } : DELIVERED));
    const { queue, counted, ledger } = open(receiver);
    for (const item of items(10)) queue.add(item);
    await queue.flush();
    expect(receiver.received).toHaveLength(9);
    expect(counted).toEqual({ 'traces/export_failed': 1 });
    expect(ledger.pending).toBe(0);
  });

  it('loses only the item that cannot be written', async () => {
    const receiver = new Receiver(() => DELIVERED);
    const { queue, counted, ledger } = open(receiver);
    for (const item of [...items(3), { name: 'unwritable', size: 1 }]) queue.add(item);
    await queue.flush();
    expect(receiver.received).toHaveLength(3);
    expect(counted).toEqual({ 'traces/invalid_value': 1 });
    expect(ledger.pending).toBe(0);
  });

  it('counts what a receiver rejects of a batch that it takes', async () => {
    const { queue, counted, said } = open(
      new Receiver(() => ({ outcome: 'delivered', rejected: 3, reason: 'no such tenant' })),
    );
    for (const item of items(10)) queue.add(item);
    await queue.flush();
    expect(counted).toEqual({ 'traces/export_failed': 3 });
    expect(said).toEqual([
      'http://collector:4318/v1/traces rejected spans (no such tenant); what is lost is counted.',
    ]);
  });

  it('says once what a receiver says that takes all', async () => {
    const answer: Delivery = { outcome: 'delivered', rejected: 0, reason: 'nearly full' };
    const { queue, counted, warned } = open(new Receiver(() => answer));
    for (const item of items(3)) {
      queue.add(item);
      await queue.flush();
    }
    expect(counted).toEqual({});
    expect(new Set(warned)).toEqual(new Set(['http://collector:4318/v1/traces took spans: nearly full.']));
  });

  it('says a cause once, and once what was lost when delivery resumes', async () => {
    let failing = true;
    const receiver = new Receiver(() => (failing ? { outcome: 'failed', reason: 'HTTP 503' } : DELIVERED));
    const { queue, counted, said } = open(receiver);
    for (let batch = 0; batch < 60; batch++) {
      queue.add({ name: 'lost', size: 1 });
      await queue.flush();
    }
    failing = false;
    for (const item of items(2)) {
      queue.add(item);
      await queue.flush();
    }
    expect(counted).toEqual({ 'traces/export_failed': 60 });
    expect(said).toEqual([
      'spans could not be sent to http://collector:4318/v1/traces (HTTP 503); what is lost is counted.',
      'delivery of spans to http://collector:4318/v1/traces resumed; 60 spans were lost until then.',
    ]);
  });

  it('says a cause that comes and goes once a minute at most', async () => {
    const receiver = new Receiver((_, batch) =>
      batch % 2 === 0 ? { outcome: 'failed', reason: 'HTTP 503' } : DELIVERED,
    );
    const { queue, said, pass } = open(receiver);
    for (let batch = 0; batch < 60; batch++) {
      queue.add({ name: 's', size: 1 });
      await queue.flush();
    }
    expect(said).toHaveLength(2);
    pass(60_000);
    queue.add({ name: 's', size: 1 });
    await queue.flush();
    expect(said).toHaveLength(3);
  });

  it('counts what is abandoned once, whatever the receiver answers later, and stops', async () => {
    let answer!: (delivery: Delivery) => void;
    const receiver = new Receiver(() => new Promise((resolve) => (answer = resolve)));
    const { queue, counted, ledger } = open(receiver);
    for (const item of items(12)) queue.add(item);
    const flushed = queue.flush();
    queue.abandon('the deadline passed');
    answer(DELIVERED);
    await flushed;
    expect(counted).toEqual({ 'traces/shutdown_timeout': 12 });
    expect([ledger.pending, receiver.closed]).toEqual([0, true]);
  });

  it('counts items that come after its end as lost', async () => {
    const { queue, counted, ledger } = open(new Receiver(() => DELIVERED));
    await queue.shutdown();
    queue.add({ name: 'late', size: 1 });
    expect(counted).toEqual({ 'traces/shutdown_timeout': 1 });
    expect(ledger.pending).toBe(0);
  });

  it('makes what was received and what was counted out of all that was made, whatever answers come', async () => {
    const answer = fc.oneof(
      fc.constant<Delivery>(DELIVERED),
      fc.constant<Delivery>({ outcome: 'too_large' }),
      fc.constant<Delivery>({ outcome: 'failed', reason: 'HTTP 500' }),
      fc.nat(20).map((rejected): Delivery => ({ outcome: 'delivered', rejected, reason: 'full' })),
    );
    const step = fc.oneof(
      fc.nat(40).map((add) => ({ add })),
      fc.constant('flush' as const),
    );
    await fc.assert(
      fc.asyncProperty(
        fc.array(answer, { minLength: 1, maxLength: 8 }),
        fc.array(step, { maxLength: 12 }),
        fc.boolean(),
        async (answers, steps, abandoned) => {
          const receiver = new Receiver((_, batch) => answers[batch % answers.length]!);
          const { queue, lost, ledger } = open(receiver, { maxQueueSize: 50, maxQueueBytes: 2000 });
          let made = 0;
          for (const next of steps) {
            if (next === 'flush') await queue.flush();
            else for (const item of items(next.add, 70)) made += (queue.add(item), 1);
          }
          if (abandoned) queue.abandon('the process ended');
          else await queue.shutdown();
          queue.add({ name: 'late', size: 1 });
          made += 1;
          expect(receiver.received.length + lost()).toBe(made);
          expect(ledger.pending).toBe(0);
        },
      ),
      { numRuns: rounds(100) },
    );
  });
});
