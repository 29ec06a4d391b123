// One fleet: its storage written, its Prometheus asked everything that rules, panels and variables ask.
import { readdirSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { endOfData, planOf, type FleetSpec } from './plan.js';
import { panelQuestions, ruleQuestions, variableQuestions, type Question } from './questions.js';
import { FleetPrometheus, type Asked } from './server.js';
import { writeStorage, type Written } from './write-storage.js';

export interface Timed {
  readonly where: string;
  readonly seconds: number;
  readonly error?: string;
}

export interface GroupResult {
  readonly name: string;
  readonly intervalSeconds: number;
  /** Of all its rules, one after the other. */
  readonly seconds: number;
  readonly failed: number;
}

export interface FleetResult {
  readonly kernels: number;
  readonly rawHours: number;
  /** Of the machine, before its storage was written. */
  readonly load?: number;
  readonly written: Written;
  readonly writeSeconds: number;
  readonly blocksMiB: number;
  readonly startSeconds: number;
  readonly memory: { readonly started: number; readonly rules: number; readonly peak: number };
  readonly groups: readonly GroupResult[];
  /** Slowest first. */
  readonly rules: readonly Timed[];
  readonly panels: readonly Timed[];
  readonly variables: readonly Timed[];
  readonly longest: { readonly where: string; readonly characters: number };
}

type Say = (line: string) => void;

/** The range that pages are opened with. */
export const RANGE = '30d';
/** What is quick is asked three times, and the median taken. */
const QUICK_SECONDS = 2;
const TIMES = 3;
const MOST_KEPT = 12;

export async function measure(
  program: string,
  spec: FleetSpec,
  data: string,
  say: Say,
): Promise<FleetResult> {
  const end = endOfData();
  const started = performance.now();
  const storage = FleetPrometheus.storage(data);
  const written = await writeStorage(program, planOf(spec, storage, end), say);
  const writeSeconds = (performance.now() - started) / 1000;
  const blocksMiB = mebibytes(storage, (name) => /^[0-9A-Z]{26}$/.test(name));
  say('starting Prometheus');
  const server = await FleetPrometheus.start(data);
  try {
    const first = server.memory().resident;
    const rules = ruleQuestions(end / 1000);
    const evaluated = await timesOf(server, rules, say);
    const afterRules = server.memory().resident;
    const panels = panelQuestions(end / 1000, RANGE);
    const drawn = await timesOf(server, panels, say);
    const chosen = await timesOf(server, variableQuestions(end / 1000, RANGE), say);
    return {
      kernels: spec.kernels,
      rawHours: spec.rawHours,
      written,
      writeSeconds,
      blocksMiB,
      startSeconds: server.startSeconds,
      memory: { started: first, rules: afterRules, peak: server.memory().peak },
      groups: groupsOf(rules, evaluated),
      rules: slowest(rules, evaluated, 'evaluation'),
      panels: slowest(panels, drawn, 'seconds'),
      variables: slowest(variableQuestions(end / 1000, RANGE), chosen, 'seconds'),
      longest: longestOf([...rules, ...panels]),
    };
  } finally {
    await server.kill();
    rmSync(data, { recursive: true, force: true });
  }
}

async function timesOf(server: FleetPrometheus, questions: readonly Question[], say: Say): Promise<Asked[]> {
  const answers: Asked[] = [];
  for (const question of questions) {
    const first = await server.ask(question);
    say(`${first.seconds.toFixed(2)} s ${question.where}${first.error ? `: ${first.error}` : ''}`);
    const asked = [first];
    while (asked.length < TIMES && first.error === undefined && first.seconds < QUICK_SECONDS)
      asked.push(await server.ask(question));
    asked.sort((a, b) => a.seconds - b.seconds);
    answers.push(asked[Math.floor(asked.length / 2)]!);
  }
  return answers;
}

function groupsOf(rules: ReturnType<typeof ruleQuestions>, answers: readonly Asked[]): GroupResult[] {
  const groups = new Map<string, GroupResult>();
  for (const [index, { group, intervalSeconds }] of rules.entries()) {
    const { evaluation, seconds, error } = answers[index]!;
    const before = groups.get(group) ?? { name: group, intervalSeconds, seconds: 0, failed: 0 };
    groups.set(group, {
      ...before,
      seconds: before.seconds + (error === undefined ? evaluation : seconds),
      failed: before.failed + (error === undefined ? 0 : 1),
    });
  }
  return [...groups.values()].sort((a, b) => shareOf(b) - shareOf(a));
}

/** How much of its interval a group takes. */
export const shareOf = ({ seconds, intervalSeconds }: GroupResult): number => seconds / intervalSeconds;

/** A panel takes as long as its queries together. */
function slowest(
  questions: readonly Question[],
  answers: readonly Asked[],
  what: 'seconds' | 'evaluation',
): Timed[] {
  const times = new Map<string, Timed>();
  for (const [index, { where }] of questions.entries()) {
    const answer = answers[index]!;
    const { error = answer.error, seconds = 0 } = times.get(where) ?? {};
    times.set(where, { where, seconds: seconds + answer[what], ...(error !== undefined && { error }) });
  }
  return [...times.values()].sort((a, b) => b.seconds - a.seconds).slice(0, MOST_KEPT);
}

function longestOf(questions: readonly Question[]): FleetResult['longest'] {
  const longest = questions.reduce((a, b) => (b.expression.length > a.expression.length ? b : a));
  return { where: longest.where, characters: longest.expression.length };
}

function mebibytes(folder: string, counts: (name: string) => boolean): number {
  const bytes = readdirSync(folder)
    .filter(counts)
    .flatMap((name) =>
      readdirSync(join(folder, name), { recursive: true, encoding: 'utf8' }).map((file) =>
        join(folder, name, file),
      ),
    )
    .reduce((sum, file) => sum + statSync(file).size, 0);
  return bytes / 2 ** 20;
}
