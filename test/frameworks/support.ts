import { callBench, type CallBench } from '../calls/support.js';

export { ToolDeniedError } from '../../src/frameworks/core/denial.js';

/** A handle in memory, given up after each test. */
export function frameworkBench(): { current: CallBench } {
  const bench = { current: undefined as unknown as CallBench };
  beforeEach(() => void (bench.current = callBench()));
  afterEach(() => bench.current.obs.shutdown());
  return bench;
}

/** What a promise rejects with, or a function throws. */
export async function thrownBy(run: () => unknown): Promise<unknown> {
  try {
    await run();
  } catch (error) {
    return error;
  }
  throw new Error('nothing was thrown');
}
