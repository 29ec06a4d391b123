import { format, resolveConfig } from 'prettier';
import type { Budget, Repeat } from '../harness/subject.js';
import { repeatOf, type SuiteResult } from '../harness/run-suite.js';
import { GOALS } from '../goals/index.js';
import { findings } from './findings.js';
import type { Fact } from './machine.js';
import { goalsSection } from './goals.js';
import { suiteTables } from './tables/index.js';

export interface Report {
  readonly facts: readonly Fact[];
  readonly budget: Budget;
  readonly results: readonly SuiteResult[];
}

/** The page, as Markdown that Prettier leaves as it is. */
export async function reportPage({ facts, budget, results }: Report, filepath: string): Promise<string> {
  const blocks = [
    '<!-- Written by npm run bench; do not edit. -->',
    '# Benchmarks',
    'This package beside its peers, in one run on one machine. The page, figures and sentences alike, is written by:',
    '```bash\nnpm run bench\n```',
    'On another machine, or a busy one, the figures are others; the ratios hold better.',
    ...goalsSection(GOALS, results),
    '## The machine',
    facts.map(({ name, value }) => `- ${name}: ${value}`).join('\n'),
    '## Method',
    method(budget),
    ...results.flatMap((result) => section(result, budget)),
    ...findings(results),
  ];
  const markdown = `${blocks.join('\n\n')}\n`;
  return format(markdown, { ...(await resolveConfig(filepath)), filepath });
}

function section(result: SuiteResult, budget: Budget): string[] {
  const { title, about } = result.suite;
  const said =
    'repeat' in result.suite ? `${about} Measured in ${rounds(repeatOf(result.suite, budget))}.` : about;
  return [`## ${title}`, said, ...suiteTables(result)];
}

function rounds({ processes, rounds: each }: Repeat): string {
  const where = processes === 1 ? 'one process' : `${processes} processes`;
  if (each === 0) return where;
  return processes === 1 ? `${each} rounds` : `${each} rounds in each of ${where}`;
}

function method({ processes, rounds: each, roundMillis }: Budget): string {
  const where =
    processes === 1 ? 'in one process' : `${each} in each of ${processes} processes, one after the other`;
  return [
    '- Measured is the built package, imported by its name, in plain Node.',
    '- Each line of a table is a process of its own with `--expose-gc`: what one does to compiler and heap does not reach another. It warms up, then waits for its turn; the rounds of all lines are interleaved, so that whatever else the machine does meets them alike.',
    `- A figure is the median of ${processes * each} rounds of ${roundMillis} ms and more, ${where}, where a suite does not say otherwise. \`p25–p75\` is the middle half of the rounds.`,
    '- A ratio is the median of the ratios of the rounds that took turns with each other. Where their middle half reaches 1, it is called “within the spread”.',
    '- The input is made before the measurement, by a generator with a fixed seed, the same for all. A round pays for the garbage collections that fall into it; none is forced.',
    '- `bytes/op` is what a call allocates: the growth of the heap, and what collections freed meanwhile; the median over the processes.',
    '- Afterwards each line is asked for what it has: the same totals and the same number of series, or the run fails. The OpenTelemetry SDK has its limit of series raised for that.',
  ].join('\n');
}
