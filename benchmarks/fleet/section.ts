import { count, markdownTable, number, type Row } from '../report/table.js';
import { shareOf, type FleetResult, type Timed } from './measure.js';

/** What an operator waits for, and what rules may take. */
const LIMITS = { seconds: 1, share: 0.05, characters: 400 };
const SLOWEST = 8;

interface Compared {
  readonly now: readonly FleetResult[];
  /** With the rules and panels of before, where they were measured. */
  readonly before: readonly FleetResult[];
}

interface Column {
  readonly head: string;
  readonly of: FleetResult;
}

/** The part of docs/benchmarks.md about fleets, as Markdown before formatting. */
export function fleetBlocks({ now, before }: Compared, agents: number): string[] {
  const columns = [...before.map((of) => column(of, 'before')), ...now.map((of) => column(of, 'now'))].sort(
    (a, b) => a.of.kernels - b.of.kernels,
  );
  const last = now.at(-1)!;
  return [
    '## A fleet',
    `Kernels of ${count(agents)} agents each, as one Prometheus sees them, on the machine of the other figures. Written by:`,
    '```bash\nnpm run bench:fleet\n```',
    [
      `- Raw series are those of the pages that the SDK's recorders make while agents work, ten actions a second a kernel, for ${last.rawHours} h at 15 s, in the head; one kernel in ten restarts on the way. Recorded series are those that the rules make of them, for 30 days at the interval of each rule, in blocks. Panels that read raw series over more than that read what is there.`,
      '- A rule is evaluated at the end of the data; a group takes what its rules take together, without storing what they give. A panel takes what its queries take together, asked as Grafana asks for 30 days on a wide screen, until the last byte. Medians of three, once where it takes more than 2 s; what takes a minute is cut off.',
    ].join('\n'),
    '### What there is',
    table(columns, [
      ['raw series', ({ written }) => count(written.raw.series)],
      ['samples of them', ({ written }) => count(written.raw.samples)],
      ['recorded series', ({ written }) => count(written.recorded.series)],
      ['samples of them', ({ written }) => count(written.recorded.samples)],
      ['blocks, MiB', ({ blocksMiB }) => count(blocksMiB)],
      ['resident once started, MiB', ({ memory }) => count(memory.started)],
      ['resident after all rules, MiB', ({ memory }) => count(memory.rules)],
      ['most resident, MiB', ({ memory }) => count(memory.peak)],
      ['load of the machine before', ({ load }) => (load === undefined ? '–' : number(load))],
    ]),
    '### Rules',
    table(columns, [
      [
        'all groups, share of their intervals',
        ({ groups }) => percent(groups.reduce((sum, one) => sum + shareOf(one), 0)),
      ],
      [
        'rules that fail or take a minute',
        ({ groups }) => count(groups.reduce((sum, one) => sum + one.failed, 0)),
      ],
      ['longest expression, characters', ({ longest }) => count(longest.characters)],
      ...groupNames(columns).map((name): Line => [
        `\`${name}\`, s of its interval`,
        (of) => groupCell(of, name),
      ]),
    ]),
    '### Panels and variables over 30 days',
    table(columns, [
      [`slower than ${LIMITS.seconds} s`, ({ panels, variables }) => count(slow([...panels, ...variables]))],
      ...rowsOf(columns, ({ panels, variables }) => [...panels, ...variables]),
    ]),
    `The goals: rules take at most ${percent(LIMITS.share)} of their intervals, panels and variables at most ${LIMITS.seconds} s, no expression has more than ${LIMITS.characters} characters. Missed now: ${missed(now)}.`,
  ];
}

type Line = readonly [string, (of: FleetResult) => string];

const column = (of: FleetResult, when: string): Column => ({ head: `${of.kernels} kernels, ${when}`, of });

const table = (columns: readonly Column[], lines: readonly Line[]): string =>
  markdownTable(
    ['', ...columns.map(({ head }) => head)],
    lines.map(([head, text]): Row => [head, ...columns.map(({ of }) => text(of))]),
  );

const percent = (share: number): string => `${number(share * 100)} %`;

const slow = (times: readonly Timed[]): number =>
  times.filter(({ seconds, error }) => seconds > LIMITS.seconds || error !== undefined).length;

/** Groups that take the most of any column. */
function groupNames(columns: readonly Column[]): string[] {
  return namesBy(columns, ({ groups }) => groups.map((one) => ({ where: one.name, seconds: shareOf(one) })));
}

function groupCell({ groups }: FleetResult, name: string): string {
  const group = groups.find((one) => one.name === name);
  return group === undefined ? '–' : `${number(group.seconds)} of ${group.intervalSeconds}`;
}

function rowsOf(columns: readonly Column[], of: (one: FleetResult) => readonly Timed[]): Line[] {
  return namesBy(columns, of).map((where) => [
    where,
    (one) => {
      const found = of(one).find((timed) => timed.where === where);
      return found === undefined
        ? 'less'
        : `${number(found.seconds)} s${found.error === undefined ? '' : ', no answer'}`;
    },
  ]);
}

/** Of all columns together, the slowest first. */
function namesBy(columns: readonly Column[], of: (one: FleetResult) => readonly Timed[]): string[] {
  const most = new Map<string, number>();
  for (const column of columns)
    for (const { where, seconds } of of(column.of)) most.set(where, Math.max(seconds, most.get(where) ?? 0));
  return [...most.entries()]
    .sort(([, a], [, b]) => b - a)
    .slice(0, SLOWEST)
    .map(([where]) => where);
}

function missed(now: readonly FleetResult[]): string {
  const faults = now.flatMap(({ kernels, groups, panels, variables, longest }) => [
    ...(groups.reduce((sum, one) => sum + shareOf(one), 0) > LIMITS.share
      ? [`rules at ${kernels} kernels`]
      : []),
    ...[...panels, ...variables]
      .filter((one) => slow([one]) > 0)
      .map(({ where }) => `${where} at ${kernels} kernels`),
    ...(longest.characters > LIMITS.characters ? [`the expression of ${longest.where}`] : []),
  ]);
  return faults.length === 0 ? 'none' : [...new Set(faults)].join('; ');
}
