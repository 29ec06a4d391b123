import type { Result, SuiteResult } from '../harness/run-suite.js';
import type { SuiteTable } from '../harness/subject.js';
import { compare, othersOf, summary, type Comparison } from './comparison.js';
import { count, duration, number, ratio } from './numbers.js';

/** One subject in words, and whether any of its peers is ahead of it. */
interface Finding {
  readonly text: string;
  readonly behind: boolean;
}

type InWords = (result: SuiteResult, subject: Result, others: readonly Result[]) => Finding;

const IN_WORDS: Readonly<Record<SuiteTable, InWords>> = {
  peers: recording,
  baseline: wrapping,
  scrape: scraping,
  page: serving,
  memory: holding,
  growth: growing,
  overflow: overflowing,
  churn: churning,
  'start-up': startingUp,
};

/** Suites that compare something with itself in another state, not with a peer. */
const KINDS: Partial<Readonly<Record<SuiteTable, 'wraps' | 'grows'>>> = {
  baseline: 'wraps',
  growth: 'grows',
  churn: 'grows',
};

/** What the numbers say, in words: nothing here is known but from them. */
export function findings(results: readonly SuiteResult[]): string[] {
  const found = results.flatMap((result) =>
    result.results
      .map((subject) => ({ subject, others: othersOf(result, subject) }))
      .filter(({ others }) => others.length > 0)
      .map(({ subject, others }) => ({
        ...IN_WORDS[result.suite.table](result, subject, others),
        kind: KINDS[result.suite.table] ?? 'beside',
      })),
  );
  const beside = found.filter(({ kind }) => kind === 'beside');
  return [
    '## In words',
    '### Slower than a peer, or larger',
    list(beside.filter(({ behind }) => behind)),
    '### No peer ahead',
    list(beside.filter(({ behind }) => !behind)),
    '### What wrapping adds',
    list(found.filter(({ kind }) => kind === 'wraps')),
    '### What many series and many ids do',
    list(found.filter(({ kind }) => kind === 'grows')),
  ];
}

function list(items: readonly Finding[]): string {
  return items.length === 0 ? 'Nothing.' : items.map(({ text }) => `- ${text}`).join('\n');
}

function recording({ suite }: SuiteResult, subject: Result, others: readonly Result[]): Finding {
  const times = others.map((other) => compare(subject, other, 'nanos'));
  const nanos = summary(subject, 'nanos').median;
  const garbage = others.map((other) => `${count(summary(other, 'bytes').median)} B`);
  const sdk = times.find(({ other }) => other.id === 'otel');
  const more = sdk ? nanos - sdk.theirs.median : 0;
  const share =
    sdk && more > 0
      ? ` The OpenTelemetry SDK by itself takes ${duration(sdk.theirs.median)} for it, this package ${duration(more)} more.`
      : '';
  const title = subject.group === undefined ? suite.title : `${suite.title}, ${subject.group}`;
  return {
    text:
      `${title}: ${subject.label} takes ${duration(nanos)}: ${quotients(times)}.${share} ` +
      `It allocates ${count(summary(subject, 'bytes').median)} B, they ${garbage.join(', ')}.`,
    behind: times.some(isBehind),
  };
}

function scraping({ suite }: SuiteResult, subject: Result, others: readonly Result[]): Finding {
  const times = others.map((other) => compare(subject, other, 'millis'));
  const sizes = others.map((other) => compare(subject, other, 'bytesPerSeries'));
  const series = summary(subject, 'series').median;
  const millis = summary(subject, 'millis').median;
  const stall = summary(subject, 'stallMillis').median;
  const kept = sizes.map(({ theirs }) => `${count(theirs.median)} B`);
  return {
    text:
      `${suite.title} of ${count(series)} series: ${subject.label} takes ${milliseconds(millis)}: ${quotients(times)}. ` +
      `That is ${duration((millis / series) * 1e6)} a series; the event loop stands still for ${milliseconds(stall)}. ` +
      `It keeps a series in ${count(summary(subject, 'bytesPerSeries').median)} B, they in ${kept.join(', ')}.`,
    behind: [...times, ...sizes].some(isBehind),
  };
}

function serving({ suite }: SuiteResult, subject: Result, others: readonly Result[]): Finding {
  const times = others.map((other) => compare(subject, other, 'millis'));
  const stall = summary(subject, 'stallMillis').median;
  return {
    text:
      `${suite.title}: ${subject.label} takes ${milliseconds(summary(subject, 'millis').median)}: ` +
      `${quotients(times)}. The event loop stands still for ${milliseconds(stall)}.`,
    behind: times.some(isBehind),
  };
}

function holding({ suite }: SuiteResult, subject: Result, others: readonly Result[]): Finding {
  const sizes = others.map((other) => compare(subject, other, 'scraped'));
  return {
    text: `${suite.title}: ${subject.label} keeps it in ${count(summary(subject, 'scraped').median)} B: ${quotients(sizes)}.`,
    behind: sizes.some(isBehind),
  };
}

function growing({ suite }: SuiteResult, subject: Result, others: readonly Result[]): Finding {
  const series = count(summary(subject, 'series').median);
  const texts = others.map((one) => {
    const { ratio: times, apart } = compare(subject, one, 'nanos');
    return `× ${ratio(times)} what it does with one${apart ? '' : ', within the spread'}`;
  });
  const takes = duration(summary(subject, 'nanos').median);
  return {
    text: `${suite.title}: ${subject.label} with ${series} series takes ${takes}, ${texts.join('; ')}.`,
    behind: false,
  };
}

function overflowing(result: SuiteResult, subject: Result, others: readonly Result[]): Finding {
  const { text, behind } = recording(result, subject, others);
  const held = others.map((other) => `${megabytes(other, 'held')}`);
  return { text: `${text} It holds ${megabytes(subject, 'held')}, they ${held.join(', ')}.`, behind };
}

function churning({ suite }: SuiteResult, subject: Result, others: readonly Result[]): Finding {
  const text = [subject, ...others].map((one) => {
    const { values } = summary(one, 'held');
    const [first = NaN, last = NaN] = [values[0], values.at(-1)];
    return `${one.label} holds ${number(first / 1e6)} MB after the first interval and ${number(last / 1e6)} MB after the last`;
  });
  return { text: `${suite.title}: ${text.join('; ')}.`, behind: false };
}

function megabytes(result: Result, measure: string): string {
  return `${number(Math.max(0, summary(result, measure).median) / 1e6)} MB`;
}

function startingUp({ suite }: SuiteResult, subject: Result, others: readonly Result[]): Finding {
  const times = others.map((other) => compare(subject, other, 'millis'));
  const millis = summary(subject, 'millis').median;
  return {
    text: `${suite.title}: ${subject.label} takes ${milliseconds(millis)}: ${quotients(times)}.`,
    behind: times.some(isBehind),
  };
}

function wrapping({ suite }: SuiteResult, subject: Result, others: readonly Result[]): Finding {
  const texts = others.map((other) => {
    const { ours, theirs, ratio: times, apart } = compare(subject, other, 'nanos');
    const added = ours.median - theirs.median;
    const changes = added < 0 ? `takes ${duration(-added)} less than` : `adds ${duration(added)} to`;
    const quotient = `× ${ratio(times)}${apart ? '' : ', within the spread'}`;
    return `${changes} the ${duration(theirs.median)} of ${other.label} (${quotient})`;
  });
  return { text: `${suite.title}: ${subject.label} ${texts.join('; ')}.`, behind: false };
}

function quotients(comparisons: readonly Comparison[]): string {
  const texts = comparisons.map(
    ({ other, ratio: times, apart }) =>
      `ours / ${other.label} = ${ratio(times)}${apart ? '' : ' (within the spread)'}`,
  );
  return texts.join(', ');
}

function isBehind({ ratio: times, apart }: Comparison): boolean {
  return apart && times > 1;
}

function milliseconds(millis: number): string {
  return duration(millis * 1e6);
}
