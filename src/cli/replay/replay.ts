import { statSync } from 'node:fs';
import { resolve } from 'node:path';
import { MAX_TIMER_MILLIS } from '../../common/clock.js';
import { number, text, UsageError, type Given, type Io } from '../command.js';
import { painted, shown, table } from '../terminal.js';
import { policyOf } from './policy.js';
import { recordedCalls } from './recorded-calls.js';
import { OUTCOMES, Tally, type Outcome } from './tally.js';

export async function run(called: Given, io: Io): Promise<number> {
  const file = resolve(io.cwd, called.positionals[0]!);
  const policyFile = text(called, 'policy');
  const show = number(called, 'show', 20);
  const patience = Math.min(number(called, 'timeout', 10, 0.001) * 1000, MAX_TIMER_MILLIS);
  if (policyFile === undefined) throw new UsageError('--policy is missing');
  if (statSync(file, { throwIfNoEntry: false })?.isFile() !== true)
    throw new UsageError(`there is no file ${file}`);
  const policy = await policyOf(resolve(io.cwd, policyFile), io.cwd);
  const tally = new Tally(patience);
  for await (const one of recordedCalls(file)) await tally.add(one, policy);

  if (called.flags['json'] === true) io.out(JSON.stringify(reportOf(file, tally), undefined, 2));
  else for (const line of linesOf(file, tally, show, io)) io.out(line);
  const { unknown, error } = tally.totals;
  const unread = tally.badLines.length + unknown + error;
  return called.flags['strict'] === true && (unread > 0 || tally.calls === 0) ? 1 : 0;
}

function reportOf(file: string, { calls, totals, actions, stopped, badLines }: Tally): object {
  const byAction = Object.fromEntries(actions);
  return { file, calls, ...totals, badLines, actions: byAction, notAllowed: stopped };
}

const refused = (counts: Readonly<Record<Outcome, number>>): number =>
  counts.denied + counts['needs approval'];

function linesOf(file: string, tally: Tally, show: number, io: Io): string[] {
  const { calls, totals, actions, stopped, badLines } = tally;
  const rows = [...actions].sort(([, a], [, b]) => refused(b) - refused(a));
  const listed = stopped.slice(0, show);
  const more = (all: number): string[] => (all > show ? [`… and ${all - show} more: --show ${all}`] : []);
  return [
    `${calls} calls of ${file}: ${OUTCOMES.map((outcome) => `${totals[outcome]} ${outcome}`).join(', ')}`,
    ...(calls === 0 ? [painted(io, 'yellow', 'It has no calls: nothing was decided.')] : []),
    ...(badLines.length === 0
      ? []
      : [
          painted(io, 'yellow', `${badLines.length} lines are no tool call, and are counted nowhere else:`),
          ...badLines.slice(0, show).map(({ line, fault }) => `  line ${line}: ${fault}`),
          ...more(badLines.length),
        ]),
    '',
    ...table(
      ['action', ...OUTCOMES],
      rows.map(([action, counts]) => [action, ...OUTCOMES.map((one) => `${counts[one]}`)]),
    ),
    ...(listed.length === 0 ? [] : ['', 'Not allowed:']),
    ...(listed.length === 0
      ? []
      : table(
          ['line', 'agent', 'action', 'verdict', 'rule'],
          listed.map(({ line, agentId, action, outcome, rule = '' }) => [
            `${line}`,
            agentId,
            action,
            outcome,
            rule,
          ]),
        )),
    ...more(stopped.length),
  ].map((line) => (io.colour ? line : shown(line)));
}
