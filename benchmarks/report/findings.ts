import type { Result, SuiteResult } from '../harness/run-suite.js';
import type { SuiteTable } from '../harness/subject.js';
import { compare, othersOf, summary, type Comparison } from './comparison.js';
import { count, duration, ratio } from './numbers.js';

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
  'start-up': startingUp,
};

/** What the numbers say, in words: nothing here is known but from them. */
export function findings(results: readonly SuiteResult[]): string[] {
  const found = results.flatMap((result) =>
    result.results
      .map((subject) => ({ subject, others: othersOf(result, subject) }))
      .filter(({ others }) => others.length > 0)
      .map(({ subject, others }) => ({
        ...IN_WORDS[result.suite.table](result, subject, others),
        wraps: result.suite.table === 'baseline',
      })),
  );
  const beside = found.filter(({ wraps }) => !wraps);
  return [
    '## In words',
    '### Slower than a peer, or larger',
    list(beside.filter(({ behind }) => behind)),
    '### No peer ahead',
    list(beside.filter(({ behind }) => !behind)),
    '### What wrapping adds',
    list(found.filter(({ wraps }) => wraps)),
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
  return {
    text:
      `${suite.title}: ${subject.label} takes ${duration(nanos)}: ${quotients(times)}.${share} ` +
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
