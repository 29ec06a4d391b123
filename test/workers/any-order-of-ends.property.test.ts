import * as fc from 'fast-check';
import { REPORT_MILLIS } from '../../src/workers/worker-group.js';
import { rounds } from '../support/rounds.js';
import { Machine, type Process } from './network.js';

/** What happens on the machine; `which` chooses among the processes that are there. */
const steps = fc.array(
  fc.oneof(
    { weight: 3, arbitrary: fc.record({ type: fc.constant('start' as const) }) },
    {
      weight: 6,
      arbitrary: fc.record({
        type: fc.constant('add' as const),
        which: fc.nat(),
        value: fc.integer({ min: 1, max: 9 }),
      }),
    },
    { weight: 2, arbitrary: fc.record({ type: fc.constant('leave' as const), which: fc.nat() }) },
    { weight: 2, arbitrary: fc.record({ type: fc.constant('kill' as const), which: fc.nat() }) },
    { weight: 3, arbitrary: fc.record({ type: fc.constant('scrape' as const) }) },
    {
      weight: 3,
      arbitrary: fc.record({ type: fc.constant('wait' as const), millis: fc.integer({ min: 1, max: 2000 }) }),
    },
  ),
  { minLength: 5, maxLength: 25 },
);

/** Counts what is recorded, and of each process what it may not have reported yet. */
class Model {
  total = 0;
  lost = 0;
  private readonly recent = new Map<Process, { at: number; value: number }[]>();

  add(process: Process, value: number, at: number): void {
    process.counter.add(value);
    this.total += value;
    this.recent.set(process, [...(this.recent.get(process) ?? []), { at, value }]);
  }

  /** It was killed: what it recorded within its last interval may be lost. */
  killed(process: Process, at: number): void {
    const unreported = (this.recent.get(process) ?? []).filter((add) => at - add.at <= REPORT_MILLIS + 5);
    this.lost += unreported.reduce((sum, { value }) => sum + value, 0);
  }

  /** All that was recorded is reported. */
  shown(): void {
    this.recent.clear();
  }
}

test('totals are exact but for what killed processes had not reported, and never fall, in any order of ends', async () => {
  await fc.assert(
    fc.asyncProperty(steps, async (happens) => {
      const machine = new Machine();
      const { time } = machine;
      const model = new Model();
      let before = 0;
      machine.start();
      await time.pass(1500);

      for (const step of happens) {
        const { alive } = machine;
        const chosen = 'which' in step ? (alive[step.which % alive.length] as Process) : undefined;
        if (step.type === 'start' && alive.length < 5) {
          machine.start();
          await time.pass(50);
        }
        if (step.type === 'add') model.add(chosen!, step.value, time.now());
        if (step.type === 'wait') await time.pass(step.millis);
        const ends = step.type === 'leave' || step.type === 'kill';
        if (ends && alive.length > 1) {
          await time.pass(30); // the successors of the last end have their copies
          if (step.type === 'kill') {
            model.killed(chosen!, time.now());
            chosen!.kill();
          } else await chosen!.leave();
          await time.pass(500);
        }
        if (step.type !== 'scrape') continue;
        const value = (await machine.value('work_total')) ?? 0;
        expect(value).toBeLessThanOrEqual(model.total);
        expect(value).toBeGreaterThanOrEqual(Math.max(before, model.total - model.lost));
        before = value;
        model.shown();
      }

      const last = (await machine.value('work_total')) ?? 0;
      expect(last).toBeGreaterThanOrEqual(Math.max(before, model.total - model.lost));
      expect(last).toBeLessThanOrEqual(model.total);
      await time.pass(2000);
      expect(await machine.value('level')).toBe(machine.alive.length);
    }),
    { numRuns: rounds(150) },
  );
}, 120_000);
