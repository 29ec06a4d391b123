import { count, duration, markdownTable, number } from '../report/table.js';
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
    'Shares of time and of memory by function, by the sampling profilers of the engine, which slow what they watch: read the shares, not the times. How fast it is stands in [benchmarks.md](benchmarks.md).',
    facts.map(({ name, value }) => `- ${name}: ${value}`).join('\n'),
    ...paths.flatMap(pathSection),
    ...heldSection(held),
  ];
  return `${blocks.join('\n\n')}\n`;
}

function pathSection({
  title,
  once,
  times,
  selfTimes,
  allocationTimes,
  allocations,
}: ProfiledPath): string[] {
  const allocates = totalOf(allocations) / allocationTimes >= LEAST_BYTES;
  const time = sharesTable(selfTimes, `time/${once}`, (micros) => duration((micros * 1000) / times));
  const bytes = sharesTable(allocations, `bytes/${once}`, (all) => size(all / allocationTimes));
  return [`## ${title}`, time, ...(allocates ? [bytes] : [])];
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
  return [
    `## What ${count(series)} series are held in`,
    sharesTable(shares, 'bytes/series', (bytes) => size(bytes / series)),
  ];
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
  rows.push(['all', '', percent(1), text(total)]);
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
