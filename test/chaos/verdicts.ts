import type { LifeEnd } from './messages.js';
import type { Scrape } from './prometheus-watch.js';

export interface Verdict {
  readonly what: string;
  readonly holds: boolean;
  /** What was seen, in words. */
  readonly seen: string;
}

/** How much the time of a scrape may be off. */
const CLOCK_MILLIS = 20;
const MIB = 1024 * 1024;

export interface ScrapeEvidence {
  readonly scrapes: readonly Scrape[];
  readonly restarts: readonly (readonly [from: number, to: number])[];
  readonly from: number;
  readonly to: number;
  /** Longest time of a scrape. */
  readonly timeoutMillis: number;
  /** How long after a restart a scrape may still fail. */
  readonly graceMillis: number;
  readonly jobs: number;
  readonly intervalMillis: number;
}

/**
 * Every scrape must succeed, but those that were under way when a deliberate restart began, and those that began before it
 * was over.
 */
export function scrapeVerdict(evidence: ScrapeEvidence): Verdict {
  const { restarts, from, to, timeoutMillis, graceMillis, jobs, intervalMillis } = evidence;
  const scrapes = evidence.scrapes.filter(({ at }) => at >= from && at <= to);
  const duringRestart = ({ at }: Scrape): boolean =>
    restarts.some(
      ([begin, end]) => at >= begin - timeoutMillis - CLOCK_MILLIS && at <= end + graceMillis + CLOCK_MILLIS,
    );
  const counted = scrapes.filter((scrape) => !duringRestart(scrape));
  const failed = counted.filter(({ up, samples }) => !up || samples === 0).length;
  // Each job begins somewhere within its first interval, and its last scrape may be under way.
  const expected = Math.floor(((to - from) / intervalMillis - 2) * jobs * 0.9);
  const tooFew = scrapes.length < expected ? `; Prometheus made too few, ${expected} were to be made` : '';
  return {
    what: 'No scrape fails',
    holds: failed === 0 && counted.length > 0 && tooFew === '',
    seen: `${failed} of ${counted.length} failed; ${scrapes.length - counted.length} during restarts not counted${tooFew}`,
  };
}

export interface LifeReceived extends LifeEnd {
  readonly spansReceived: number;
  /** Of those, the ones of requests that were given up about when they were answered. */
  readonly spansInDoubt: number;
  readonly addedReceived: number;
  /** Whether it was ended when the collector took everything. */
  readonly last: boolean;
}

/**
 * Spans made are spans that the collector has, and spans that are counted as lost. One whose request was given up while its
 * answer was on the way may be both, as by any sender: each other is one of the two.
 */
export function spansVerdict(lives: readonly LifeReceived[]): Verdict {
  const sum = (of: (life: LifeReceived) => number): number =>
    lives.reduce((total, life) => total + of(life), 0);
  const [made, received, counted] = [
    sum(({ spansMade }) => spansMade),
    sum(({ spansReceived }) => spansReceived),
    sum(({ spansCounted }) => spansCounted),
  ];
  const both = (life: LifeReceived): number => life.spansReceived + life.spansCounted - life.spansMade;
  const wrong = lives.filter((life) => both(life) < 0 || both(life) > life.spansInDoubt).length;
  const doubtful = sum(both);
  return {
    what: 'Spans made are spans received and spans counted as lost',
    holds: lives.length > 0 && wrong === 0,
    seen: `${made} made, ${received} received, ${counted} counted${doubtful > 0 ? `, ${doubtful} of them both, since they were given up while the answer was on its way` : ''}${inLives(wrong, lives.length)}`,
  };
}

/**
 * What was pushed last is what was recorded, where the collector took everything at the end; where it did not, it never has
 * more.
 */
export function pushVerdict(lives: readonly LifeReceived[]): Verdict {
  const last = lives.filter((life) => life.last);
  const wrong = lives.filter(({ added, addedReceived, last: equal }) =>
    equal ? added !== addedReceived : addedReceived > added,
  ).length;
  const sum = (of: (life: LifeReceived) => number): number =>
    last.reduce((total, life) => total + of(life), 0);
  return {
    what: 'A counter that is pushed arrives as it was recorded',
    holds: last.length > 0 && wrong === 0,
    seen: `${sum(({ added }) => added)} recorded, ${sum(({ addedReceived }) => addedReceived)} received${inLives(wrong, lives.length)}`,
  };
}

function inLives(wrong: number, all: number): string {
  return wrong === 0 ? ` (${all} starts, each by itself)` : `; wrong in ${wrong} of ${all} starts`;
}

/** What the page shows at the end is what was recorded; of several processes at least that, for others ended before. */
export function pageVerdict(
  seen: readonly number[],
  recorded: number,
  jobs: number,
  several: boolean,
): Verdict {
  const right = (value: number): boolean => (several ? value >= recorded : value === recorded);
  return {
    what: several ? 'One page shows all processes, those that ended too' : 'The page shows what was recorded',
    holds: seen.length === jobs && seen.every(right),
    seen: `${recorded} recorded${several ? ' by those that are there' : ''}, ${seen.join(' and ') || 'nothing'} seen by Prometheus`,
  };
}

export interface MemorySample {
  readonly at: number;
  readonly bytes: number;
}

/** Share of the last third that a process must have lived in: what a start takes says nothing of what comes after. */
const LIVED = 0.8;

/**
 * The memory that is held after a collection does not rise in the last third: the line through it (least squares) rises by no
 * more than `boundBytes` from end to end, in each process that was there.
 */
export function memoryVerdict(
  processes: readonly (readonly MemorySample[])[],
  from: number,
  to: number,
  boundBytes: number,
): Verdict {
  const third = (to - from) / 3;
  const lasts = processes
    .map((samples) => samples.filter(({ at }) => at >= to - third && at <= to))
    .filter((samples) => samples.length >= 4 && samples.at(-1)!.at - samples[0]!.at >= LIVED * third);
  const rises = lasts.map((samples) => slope(samples) * third);
  const worst = Math.max(...rises, -Infinity);
  return {
    what: `Memory rises by less than ${boundBytes / MIB} MiB in the last third`,
    holds: rises.length > 0 && worst <= boundBytes,
    seen:
      rises.length === 0
        ? 'too few samples'
        : worst <= 0
          ? 'it does not rise'
          : `${(worst / MIB).toFixed(1)} MiB`,
  };
}

/** Of the least-squares line, in bytes a millisecond. */
function slope(samples: readonly MemorySample[]): number {
  const mean = (of: (sample: MemorySample) => number): number =>
    samples.reduce((sum, sample) => sum + of(sample), 0) / samples.length;
  const [at, bytes] = [mean((sample) => sample.at), mean((sample) => sample.bytes)];
  const covariance = samples.reduce((sum, sample) => sum + (sample.at - at) * (sample.bytes - bytes), 0);
  const variance = samples.reduce((sum, sample) => sum + (sample.at - at) ** 2, 0);
  return variance === 0 ? 0 : covariance / variance;
}
