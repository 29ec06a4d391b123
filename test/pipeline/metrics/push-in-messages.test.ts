import { diag, type Counter } from '@opentelemetry/api';
import fc from 'fast-check';
import { DropLog } from '../../../src/diagnostics/drop-log.js';
import type { NativeMetricStore } from '../../../src/pipeline/metrics/native-metric-store.js';
import type { Delivery } from '../../../src/pipeline/otlp/otlp-sender.js';
import { decodeMetricsRequest } from '../../support/otlp-decode.js';
import { rounds } from '../../support/rounds.js';
import { nativeStore } from '../../support/stores.js';
import { DELIVERED, failed, FakeSender, pushTo, TOO_LARGE } from './push-support.js';

/*
 * What is written, settled and lost while the messages of one push are on their way.
 */

const SERIES = 2000;
const UNBOUNDED = { id: Infinity, open: Infinity, slug: Infinity, series: Infinity };

const no = (): void => {};
beforeEach(() => diag.setLogger({ error: no, warn: no, info: no, debug: no, verbose: no }));
afterEach(() => diag.disable());

const opened: NativeMetricStore[] = [];
afterEach(() => Promise.all(opened.splice(0).map((store) => store.shutdown())));

interface Pushed {
  readonly sender: FakeSender;
  readonly store: NativeMetricStore;
  readonly counter: Counter;
  /** Losses that were counted. */
  readonly lost: number[];
}

/** A counter whose series need several messages, for the endpoint has refused longer ones than it may be sent now. */
async function pushing(temporality: 'cumulative' | 'delta'): Promise<Pushed> {
  const sender = new FakeSender();
  const drops = new DropLog();
  const lost: number[] = [];
  drops.countInto((_signal, _reason, count) => lost.push(count));
  const store = nativeStore({ caps: UNBOUNDED, drops, push: pushTo(sender, { temporality }) });
  opened.push(store);
  const counter = store.meterProvider.getMeter('shop').createCounter('n');
  recordAll(counter);
  sender.answer = (message) => (message.length > 5000 ? TOO_LARGE : DELIVERED);
  await store.forceFlush();
  sender.answer = () => DELIVERED;
  sender.messages.length = 0;
  sender.taken.length = 0;
  return { sender, store, counter, lost };
}

function recordAll(counter: Counter): void {
  for (let i = 0; i < SERIES; i++) counter.add(1, { i });
}

async function turns(): Promise<void> {
  for (let turn = 0; turn < 20; turn++) await new Promise(setImmediate);
}

/** Pushes, and does something before the first message is answered. */
async function pushAround({ sender, store }: Pushed, meanwhile: () => void): Promise<void> {
  let answer = (_: Delivery): void => {};
  sender.answer = () => new Promise((resolve) => (answer = resolve));
  const { length } = sender.messages;
  const flush = store.forceFlush();
  while (sender.messages.length === length) await new Promise(setImmediate);
  await turns();
  meanwhile();
  sender.answer = () => DELIVERED;
  answer(DELIVERED);
  await flush;
}

/** The values of each message that the endpoint took. */
const values = ({ sender }: Pushed): unknown[][] =>
  sender.taken.map((message) => [
    ...new Set(decodeMetricsRequest(message).flatMap(({ points }) => points.map(({ value }) => value))),
  ]);

describe('a push in several messages', () => {
  test('has one of them written, and no more, while the answer to the one before is awaited', async () => {
    const pushed = await pushing('cumulative');
    await pushAround(pushed, () => recordAll(pushed.counter));
    expect(values(pushed).slice(0, 3)).toEqual([[1], [1], [2]]);
  });

  test('has none written ahead while the endpoint is down', async () => {
    const pushed = await pushing('cumulative');
    pushed.sender.answer = () => failed('refused');
    await pushed.store.forceFlush();
    await pushAround(pushed, () => recordAll(pushed.counter));
    expect(values(pushed).slice(0, 3)).toEqual([[1], [2], [2]]);
  });

  test('keeps the deltas of a message that was written ahead of one that failed', async () => {
    const pushed = await pushing('delta');
    recordAll(pushed.counter);
    pushed.sender.answer = async () => {
      await turns();
      return failed('refused');
    };
    await pushed.store.forceFlush();
    recordAll(pushed.counter);
    pushed.sender.answer = () => DELIVERED;
    await pushed.store.forceFlush();
    const points = pushed.sender.decoded().flatMap((metric) => metric.points);
    expect(points.map(({ value }) => value)).toEqual(new Array(SERIES).fill(2));
  });

  const answers = fc.array(
    fc.record({
      answer: fc.constantFrom(DELIVERED, DELIVERED, TOO_LARGE, failed('refused')),
      recorded: fc.array(fc.nat(SERIES - 1), { maxLength: 20 }),
    }),
    { maxLength: 15 },
  );

  test('delivers each delta once, whatever the endpoint answers and whatever is recorded meanwhile', async () => {
    const deliver = async (script: readonly { answer: Delivery; recorded: number[] }[]): Promise<void> => {
      const pushed = await pushing('delta');
      const { sender, store, counter } = pushed;
      const recorded = new Array<number>(SERIES).fill(1);
      recordAll(counter);
      const record = (i: number): void => {
        counter.add(1, { i });
        recorded[i]!++;
      };
      const steps = [...script];
      sender.answer = async (message) => {
        await turns();
        const step = steps.pop();
        step?.recorded.forEach(record);
        const isShort = message.length < 5000; // so that no single point is lost
        return step === undefined || (step.answer === TOO_LARGE && isShort) ? DELIVERED : step.answer;
      };
      while (steps.length > 0) {
        record(0);
        await store.forceFlush();
      }
      await store.forceFlush();
      const arrived = new Array<number>(SERIES).fill(0);
      for (const { points } of sender.decoded()) {
        for (const { attributes, value } of points) arrived[attributes['i'] as number]! += value as number;
      }
      expect(arrived).toEqual(recorded);
      expect(pushed.lost).toEqual([]);
    };
    await fc.assert(fc.asyncProperty(answers, deliver), { numRuns: rounds(15) });
  });
});
