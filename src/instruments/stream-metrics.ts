import { type FollowedEnd, isUnseen, STREAM_DEADLINE_MILLIS } from '../common/followed-stream.js';
import { printable } from '../diagnostics/drop-log.js';
import type { Status } from '../semconv/values.js';
import type { Instruments } from './instruments.js';
import { classified, type Classify } from './classified.js';

/** Counts the streams that actions gave and nobody read. Never throws. */
export class StreamMetrics {
  private readonly abandoned;

  constructor(private readonly make: Instruments) {
    this.abandoned = make.counter('agent_os_streams_abandoned_total');
  }

  /** Counts, and says once for each action, that what it gave was not read to its end. */
  recordAbandoned({ action }: { action: string }): void {
    this.abandoned.add(1, { action });
    const minutes = STREAM_DEADLINE_MILLIS / 60_000;
    this.make.drops.warn(
      `stream/${action}`,
      `a stream that ${printable(action)} gave was not read for ${minutes} minutes; it is counted as unknown and in agent_os_streams_abandoned_total.`,
    );
  }

  /** The same where that is how it ended. */
  ended(action: string, end: FollowedEnd<unknown>): void {
    if (isUnseen(end) && end.unseen === 'abandoned') this.recordAbandoned({ action });
  }
}

/** The status of an execution by its end. What was not seen to its end is neither a success nor an error. */
export function executionStatus<V>(
  end: FollowedEnd<V>,
  options: { classify?: Classify<V> } | undefined,
): Status {
  if (end.threw) return 'error';
  if (isUnseen(end)) return 'unknown';
  if (!options?.classify) return 'success';
  const enforced = classified(end.value, options);
  return enforced === undefined || enforced === 'allowed' ? 'success' : enforced;
}
