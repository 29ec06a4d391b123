import { markdownTable } from '../report/markdown-table.js';
import { count, duration, number } from '../report/numbers.js';
import type { Fact } from '../report/machine.js';
import { totalOf, type Share } from './functions.js';
import type { HeldProfile, PathProfile } from './recorders.js';

/** Functions of a table; the rest is one line. */
const SHOWN = 12;

/** Bytes of one time below which whatever was sampled is not the path's. */
const LEAST_BYTES = 1;

export interface ProfiledPath extends PathProfile {
  readonly title: string;
  readonly once: string;
}

export interface ProfileReport {
  readonly facts: readonly Fact[];
  readonly paths: readonly ProfiledPath[];
  readonly held: HeldProfile & { readonly series: number };
}

/** docs/profile.md, before formatting. */
export function profilePage({ facts, paths, held }: ProfileReport): string {
  const blocks = [
    '<!-- Written by npm run profile; do not edit. -->',
    '# Profile',
    'Where the time and the memory of the hot paths go, by function. Figures and sentences alike are written by:',
    '```bash\nnpm run profile\n```',
    'Measured is the built package in plain Node, each path in a process of its own after a warm-up, by the sampling ' +
      'profilers of the engine. A profiler slows what it watches, and code that was compiled into its caller may ' +
      'count as the caller’s: shares are to be read, not times. How fast it is stands in [benchmarks.md](benchmarks.md).',
    facts.map(({ name, value }) => `- ${name}: ${value}`).join('\n'),
    ...paths.flatMap(pathSection),
    ...heldSection(held),
  ];
  return `${blocks.join('\n\n')}\n`;
}

function pathSection(path: ProfiledPath): string[] {
  const { title, once, times, allocationTimes } = path;
  const spent = totalOf(path.selfTimes);
  const allocated = totalOf(path.allocations) / allocationTimes;
  const allocates = allocated >= LEAST_BYTES;
  const perOnce = (bytes: number): string => size(bytes / allocationTimes);
  return [
    `## ${title}`,
    `### Time`,
    `${count(times)} times, ${duration((spent * 1000) / times)} a ${once} under the profiler. ${concentration(path.selfTimes)}`,
    sharesTable(path.selfTimes, `time/${once}`, (micros) => duration((micros * 1000) / times)),
    '### Allocations',
    `${count(allocationTimes)} times, ${size(allocated)} a ${once}. ${allocates ? concentration(path.allocations) : ''}`.trim(),
    ...(allocates ? [sharesTable(path.allocations, `bytes/${once}`, perOnce)] : []),
  ];
}

function heldSection({ heapBytes, heap, outsideHeap, series }: ProfileReport['held']): string[] {
  const outside: Share = {
    name: '(typed arrays and buffers)',
    place: 'outside the heap',
    amount: outsideHeap,
  };
  const counted = heapBytes / totalOf(heap);
  const shares = [
    ...heap.map((share) => ({ ...share, amount: share.amount * counted })),
    ...(outsideHeap > 0 ? [outside] : []),
  ].sort((a, b) => b.amount - a.amount);
  const total = totalOf(shares);
  return [
    `## What ${count(series)} series are held in`,
    `${number(total / 1e6)} MB, ${size(total / series)} a series, once they have been scraped twice. ` +
      `${concentration(shares)} The bytes are counted; who allocated which part of the heap is sampled.`,
    sharesTable(shares, 'bytes/series', (bytes) => size(bytes / series)),
  ];
}

/** How much the largest of them are together. */
function concentration(shares: readonly Share[]): string {
  const [first] = shares;
  if (first === undefined) return '';
  const total = totalOf(shares);
  const top = shares.slice(0, 3);
  const most = `Most is ${code(first.name)} with ${percent(first.amount / total)}`;
  return top.length < 3 ? `${most}.` : `${most}; the first three have ${percent(totalOf(top) / total)}.`;
}

function sharesTable(shares: readonly Share[], unit: string, text: (amount: number) => string): string {
  const total = totalOf(shares);
  const shown = shares.slice(0, SHOWN);
  const rest = total - totalOf(shown);
  const rows = shown.map(({ name, place, amount }) => [
    code(name),
    place,
    percent(amount / total),
    text(amount),
  ]);
  if (shares.length > SHOWN)
    rows.push([`the other ${count(shares.length - SHOWN)}`, '', percent(rest / total), text(rest)]);
  return markdownTable(['function', 'where', 'share', unit], rows, ['where']);
}

/** What the engine does beside all functions is in parentheses by itself. */
function code(name: string): string {
  return name.startsWith('(') ? name : `\`${name}\``;
}

function percent(share: number): string {
  return `${(share * 100).toFixed(1)} %`;
}

function size(bytes: number): string {
  return bytes >= 1e6 ? `${number(bytes / 1e6)} MB` : `${number(bytes)} B`;
}
