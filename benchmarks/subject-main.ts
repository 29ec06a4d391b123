import { BUDGETS } from './harness/subject.js';
import { isBudgetName } from './harness/run-suite.js';
import type { Answer, Step } from './harness/subject-process.js';
import type { Sample, Subject } from './harness/subject.js';
import { SUITES } from './suites/index.js';

// What runs in the process of one subject: it does the steps that its parent asks for.
const [suiteName = '', subjectId, budgetName] = process.argv.slice(2);
const built = import.meta.resolve('agent-os-observability');
if (!built.endsWith('/dist/cjs/index.js')) throw new Error(`${built} is not the built package`);

let subject: Subject | undefined;

async function take(step: Step): Promise<Sample> {
  if (step === 'open') {
    const suite = await SUITES[suiteName]?.();
    const declared = suite?.subjects.find(({ id }) => id === subjectId);
    if (declared === undefined || !isBudgetName(budgetName)) throw new Error('no such subject');
    subject = await declared.open(BUDGETS[budgetName]);
    return {};
  }
  if (subject === undefined) throw new Error('not open');
  if (step === 'warmUp') {
    await subject.warmUp();
    return {};
  }
  return subject[step]();
}

process.on('message', (step: Step) => {
  void take(step).then(
    (sample) => answer({ sample }),
    (error: unknown) =>
      answer({ error: error instanceof Error ? (error.stack ?? error.message) : String(error) }),
  );
});

function answer(message: Answer): void {
  process.send?.(message);
}
