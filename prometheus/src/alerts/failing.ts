import { binary, type Expression } from '../promql/index.js';
import { recorded, type RecordedLabel } from '../recording/series.js';

interface Limit {
  /** Of all, how many may fail. */
  readonly ratio: number;
  readonly minimumErrors: number;
}

/**
 * More fail than may, and not only a handful; how many have failed is counted over a time of its own: where little happens, a
 * short one never has enough. Where nothing ever succeeded, failures are all that is known.
 */
export function failing<P extends 'agent_os_model' | 'agent_os_topic'>(
  what: P,
  { ratio, minimumErrors }: Limit,
): Expression<RecordedLabel<`${P}:failed:count`>> {
  const failed = recorded(`${what}:failed:count`);
  const all = binary(binary(failed, '+', recorded(`${what}:succeeded:count`)), 'or', failed);
  const share = binary(binary(failed, '/', all), '>', ratio);
  return binary(share, 'and', binary(recorded(`${what}:failed_lately:count`), '>=', minimumErrors));
}
