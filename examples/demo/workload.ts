import { claimsWorkload } from './claims-workload.js';
import type { Flags } from './flags.js';
import { readRecording } from './recording.js';
import type { ToolCall } from './tool-call.js';

/** Calls of the claims desk with `--once`. */
const CALLS_ONCE = 600;

export interface Workload {
  readonly calls: Iterable<ToolCall>;
  readonly description: string;
}

/** The calls that the flags ask for. @throws RecordingError */
export function workloadOf(flags: Flags): Workload {
  const { seed, agents, replay, once, loop } = flags;
  if (replay !== undefined) {
    const recorded = readRecording(replay);
    const description = `${recorded.length} recorded calls from ${replay}${loop ? ', again and again' : ''}`;
    return { calls: loop ? endlessly(recorded) : recorded, description };
  }
  const desk = claimsWorkload({ seed, agents });
  const description = `${agents} agents at a claims desk, seed ${seed}`;
  return { calls: once ? first(CALLS_ONCE, desk) : desk, description };
}

function* endlessly<T>(items: readonly T[]): Generator<T> {
  for (;;) yield* items;
}

function* first<T>(count: number, items: Iterable<T>): Generator<T> {
  let taken = 0;
  for (const item of items) {
    yield item;
    taken += 1;
    if (taken === count) return;
  }
}
