import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DropLog } from '../../../src/diagnostics/drop-log.js';
import { DeliveryLedger } from '../../../src/pipeline/otlp/delivery-ledger.js';
import { ExportQueue } from '../../../src/pipeline/otlp/export-queue.js';
import type { Delivery } from '../../../src/pipeline/otlp/otlp-sender.js';
import { sendSpooled } from '../../../src/pipeline/otlp/spooled-messages.js';
import { Spool, type SpoolOptions, type SpooledMessage } from '../../../src/pipeline/otlp/spool.js';

const HOUR = 3600 * 1000;
const DELIVERED: Delivery = { outcome: 'delivered', rejected: 0 };

let folder: string;
let now: number;
beforeEach(() => {
  folder = join(mkdtempSync(join(tmpdir(), 'spool-')), 'of', 'host');
  now = Date.now();
});
afterEach(() => rmSync(join(folder, '../..'), { recursive: true }));

const spoolOf = (options: Partial<SpoolOptions> = {}): Spool => {
  const spool = new Spool({
    folder,
    maxBytes: 100_000,
    signal: 'traces',
    protocol: 'http/protobuf',
    now: () => now,
    ...options,
  });
  spool.prepare();
  return spool;
};

async function taken(spool: Spool, expired: number[] = []): Promise<SpooledMessage[]> {
  const messages: SpooledMessage[] = [];
  for await (const message of spool.take((items) => expired.push(items))) messages.push(message);
  return messages;
}

describe('a spool', () => {
  it('gives what was written, the oldest first, to whoever starts next', async () => {
    const first = spoolOf();
    for (const [index, text] of ['a', 'b', 'c'].entries()) {
      now += index;
      expect(first.write(Buffer.from(text), index + 1)).toBe(true);
    }
    const messages = await taken(spoolOf());
    expect(messages.map(({ message, items }) => [Buffer.from(message).toString(), items])).toEqual([
      ['a', 1],
      ['b', 2],
      ['c', 3],
    ]);
    for (const message of messages) message.remove();
    expect(readdirSync(folder)).toEqual([]);
  });

  it('is for the user of the process alone', () => {
    spoolOf().write(Buffer.from('a'), 1);
    const [name = ''] = readdirSync(folder);
    expect(statSync(folder).mode & 0o777).toBe(0o700);
    expect(statSync(join(folder, name)).mode & 0o777).toBe(0o600);
  });

  it('takes no more than its bytes, whoever wrote them', () => {
    expect(spoolOf({ maxBytes: 10 }).write(Buffer.alloc(6), 1)).toBe(true);
    expect(spoolOf({ maxBytes: 10 }).write(Buffer.alloc(5), 1)).toBe(false);
    expect(spoolOf({ maxBytes: 10 }).write(Buffer.alloc(4), 1)).toBe(true);
  });

  it('gives each message to one of several processes that start at once', async () => {
    for (let index = 0; index < 20; index++) spoolOf().write(Buffer.from([index]), 1);
    const all = await Promise.all([taken(spoolOf()), taken(spoolOf()), taken(spoolOf())]);
    const bytes = all.flat().map(({ message }) => message[0]);
    expect(bytes.sort((a, b) => a! - b!)).toEqual(Array.from({ length: 20 }, (_, index) => index));
  });

  it('gives a message again that was put back, and one whose taker died, after ten minutes', async () => {
    spoolOf().write(Buffer.from('a'), 1);
    const [message] = await taken(spoolOf());
    expect(await taken(spoolOf())).toEqual([]);
    message?.putBack();
    expect(await taken(spoolOf())).toHaveLength(1);
    now += HOUR;
    expect(await taken(spoolOf())).toHaveLength(1);
  });

  it('deletes what is older than a day, and tells of it', async () => {
    spoolOf().write(Buffer.from('a'), 7);
    now += 25 * HOUR;
    const expired: number[] = [];
    expect(await taken(spoolOf(), expired)).toEqual([]);
    expect(expired).toEqual([7]);
    expect(readdirSync(folder)).toEqual([]);
  });

  it('leaves alone what is not its own: other files, other signals, the other encoding', async () => {
    const spool = spoolOf();
    writeFileSync(join(folder, 'notes.txt'), 'mine');
    spoolOf({ signal: 'logs' }).write(Buffer.from('log'), 1);
    spoolOf({ protocol: 'http/json' }).write(Buffer.from('{}'), 1);
    expect(await taken(spool)).toEqual([]);
    expect(await taken(spoolOf({ protocol: 'grpc' }))).toEqual([]);
    expect(readFileSync(join(folder, 'notes.txt'), 'utf8')).toBe('mine');
  });

  it('takes nothing where its folder is gone', async () => {
    const spool = spoolOf();
    rmSync(folder, { recursive: true });
    expect(spool.write(Buffer.from('a'), 1)).toBe(false);
    expect(await taken(spool)).toEqual([]);
  });
});

/** A queue with a spool, of a process that ends, and what it says. */
function processWith(send: (message: Uint8Array) => Promise<Delivery>, options: Partial<SpoolOptions> = {}) {
  const counted: Record<string, number> = {};
  const said: string[] = [];
  const drops = new DropLog();
  drops.countInto((_, reason, count) => (counted[reason] = (counted[reason] ?? 0) + count));
  drops.say = (message) => void said.push(message);
  drops.warn = (_, message) => void said.push(message);
  drops.dropped = (_, reason, __, message, count = 1) => {
    counted[reason] = (counted[reason] ?? 0) + count;
    said.push(message as string);
  };
  const ledger = new DeliveryLedger({ signal: 'traces', nouns: ['span', 'spans'], shown: 'http://c', drops });
  const spool = spoolOf(options);
  const queue = new ExportQueue<number>({
    sender: { send, close: () => {} },
    ledger,
    spool,
    limits: { maxQueueSize: 1000, maxQueueBytes: 1e6, maxExportBatchSize: 10, scheduledDelayMillis: 60_000 },
    encode: (items) => Uint8Array.from(items),
    sizeOf: () => 1,
  });
  return { queue, counted, said, ledger, spool };
}

async function spooledItems(): Promise<number[]> {
  return (await taken(spoolOf())).flatMap(({ message }) => [...message]).sort((a, b) => a - b);
}
const numbers = (count: number): number[] => Array.from({ length: count }, (_, index) => index);

describe('a queue with a spool', () => {
  it('keeps what waits and what has no answer, and counts none of it, when the process ends', async () => {
    const { queue, counted, said, ledger } = processWith(() => new Promise(() => {}));
    for (const item of numbers(25)) queue.add(item);
    void queue.flush();
    for (const item of numbers(5)) queue.add(25 + item);
    queue.abandon('the process ended with 30 spans queued');
    expect(await spooledItems()).toEqual(numbers(30));
    expect([ledger.pending, counted]).toEqual([0, {}]);
    expect(said).toEqual([
      '30 spans were not delivered to http://c yet, and kept for the next start: the process ended with 30 spans queued.',
    ]);
  });

  it('counts what has no room in it', async () => {
    const { queue, counted, ledger } = processWith(() => new Promise(() => {}), { maxBytes: 12 });
    for (const item of numbers(25)) queue.add(item);
    queue.abandon('the end');
    expect(await spooledItems()).toEqual(numbers(10));
    expect([ledger.pending, counted]).toEqual([0, { shutdown_timeout: 15 }]);
  });

  it('keeps what fails while the process ends, and not what fails before', async () => {
    const { queue, counted, said } = processWith(async () => ({ outcome: 'failed', reason: 'refused' }));
    for (const item of numbers(10)) queue.add(item);
    await queue.flush();
    expect(counted).toEqual({ export_failed: 10 });
    for (const item of numbers(5)) queue.add(item);
    await queue.shutdown();
    expect(counted).toEqual({ export_failed: 10 });
    expect(await spooledItems()).toEqual(numbers(5));
    expect(said.at(-1)).toBe(
      '5 spans were not delivered to http://c yet, and kept for the next start: refused.',
    );
  });
});

describe('the messages of a process before', () => {
  const write = (...items: number[]): void => {
    for (const count of items) {
      expect(spoolOf().write(new Uint8Array(count), count)).toBe(true);
      now++; // the older one goes first
    }
  };
  const send = async (answers: Delivery[]) => {
    const { spool, ledger, counted, said } = processWith(async () => DELIVERED);
    await sendSpooled(spool, { send: async () => answers.shift() as Delivery }, ledger, () => false);
    return { counted: counted['export_failed'] ?? 0, said, left: readdirSync(folder).length };
  };

  it('are sent and gone', async () => {
    write(3, 4);
    const { counted, left, said } = await send([DELIVERED, DELIVERED]);
    expect([counted, left]).toEqual([0, 0]);
    expect(said[0]).toBe('of a process before this one 3 spans were sent to http://c.');
  });

  it('stay from the first one on that fails', async () => {
    write(3, 4);
    expect(await send([{ outcome: 'failed', reason: 'refused' }])).toMatchObject({ counted: 0, left: 2 });
  });

  it('are counted where the receiver rejects them, or they are too large for it', async () => {
    write(3, 4);
    const answers: Delivery[] = [
      { outcome: 'delivered', rejected: 2, reason: 'quota' },
      { outcome: 'too_large' },
    ];
    expect(await send(answers)).toMatchObject({ counted: 6, left: 0 });
  });
});
