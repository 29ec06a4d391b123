import type { PageContent } from '../../src/exposition/page-content.js';
import { LiveFeed, type LiveFeedOptions } from '../../src/live/live-feed.js';
import { LiveSpans } from '../../src/live/live-spans.js';
import type { Surroundings } from '../../src/live/live-state.js';
import { fakeClock, fakeTimers } from '../support/clock.js';

export const SURROUNDINGS: Surroundings = {
  service: { name: 'kernel', version: '1', environment: 'dev', instance: 'i', pid: 1, runtime: 'Node.js' },
  exports: [],
  missing: [],
};

/** A feed on a clock of the test. */
export function testFeed(given: Partial<LiveFeedOptions> = {}) {
  const clock = fakeClock(1_000_000);
  const timers = fakeTimers(clock);
  let readings = 0;
  const source = {
    content: async (): Promise<PageContent> => {
      readings++;
      return { streams: [], resource: {} };
    },
    recorded: () => undefined,
    contentRead: () => undefined,
  };
  const feed = new LiveFeed({
    source,
    spans: new LiveSpans(),
    surroundings: () => SURROUNDINGS,
    keepsEvents: true,
    now: clock.now,
    after: timers.after,
    ...given,
  });
  /** Lets promises that have settled go on. */
  const settled = async (): Promise<void> => {
    for (let turn = 0; turn < 20; turn++) await Promise.resolve();
  };
  return { feed, clock, timers, settled, readings: () => readings };
}

export const textOf = (result: IteratorResult<Uint8Array, undefined>): string =>
  result.done === true ? '(end)' : Buffer.from(result.value).toString();

/** The data of each message with that name. */
export function told(text: string, name: string): unknown[] {
  const found = text.matchAll(new RegExp(`^event: ${name}\\ndata: (.*)$`, 'gm'));
  return [...found].map(([, json]) => JSON.parse(json as string) as unknown);
}
