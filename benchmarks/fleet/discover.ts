// Which series the recording rules make, and how large they are: asked of a fleet of one kernel. Rules that read what
// others record find it in the next round.
import { rmSync } from 'node:fs';
import { endOfData, kernelName, planOf, type FleetSpec, type RecordedSeries } from './plan.js';
import { ruleQuestions, type RuleQuestion } from './questions.js';
import { FleetPrometheus, type Series } from './server.js';
import { KERNEL } from './traffic.js';
import { writeStorage } from './write-storage.js';

const MOST_ROUNDS = 6;
const STEP_SECONDS = 300;

export async function recordedSeries(
  program: string,
  { templates, rawHours }: Pick<FleetSpec, 'templates' | 'rawHours'>,
  data: string,
): Promise<RecordedSeries[]> {
  const end = endOfData();
  const found = new Map<string, RecordedSeries>();
  for (let round = 0; round < MOST_ROUNDS; round += 1) {
    const before = found.size;
    const spec = { kernels: 1, rawHours, templates, recorded: [...found.values()] };
    rmSync(data, { recursive: true, force: true });
    await writeStorage(program, planOf(spec, FleetPrometheus.storage(data), end));
    const server = await FleetPrometheus.start(data);
    try {
      for (const rule of ruleQuestions(end / 1000))
        if (rule.record !== undefined)
          for (const series of await server.series(alongRaw(rule, end / 1000, rawHours * 3600)))
            note(found, rule, series, (rawHours * 3600) / STEP_SECONDS + 1);
    } finally {
      await server.kill();
    }
    if (found.size === before) return [...found.values()];
  }
  throw new Error(`recording rules read each other more than ${MOST_ROUNDS} deep`);
}

/** What comes seldom is there at some time. */
function alongRaw(rule: RuleQuestion, at: number, seconds: number): RuleQuestion {
  const { query } = rule.parameters;
  const parameters = {
    query: query!,
    start: String(at - seconds),
    end: String(at),
    step: String(STEP_SECONDS),
  };
  return { ...rule, path: 'query_range', parameters };
}

function note(
  found: Map<string, RecordedSeries>,
  rule: RuleQuestion,
  { metric, values = [] }: Series,
  looks: number,
): void {
  const labels = Object.fromEntries(
    Object.entries({ ...metric, ...rule.labels, __name__: rule.record! }).map(([name, text]) => [
      name,
      text.replaceAll(kernelName(0), KERNEL),
    ]),
  );
  const numbers = values.map(([, text]) => Number(text)).filter(Number.isFinite);
  const key = JSON.stringify(Object.entries(labels).sort());
  if (numbers.length === 0 || found.has(key)) return;
  found.set(key, {
    labels,
    intervalMillis: rule.intervalSeconds * 1000,
    mean: numbers.reduce((sum, one) => sum + one, 0) / numbers.length,
    whole: numbers.every(Number.isInteger),
    share: numbers.length / looks,
  });
}
