import type { CollectedSpan } from '../../src/pipeline/traces/in-memory-spans.js';
import { callBench, type CallBench } from '../calls/support.js';

export interface BusBench extends CallBench {
  /** The one ended span of this name. */
  readonly only: (name: string) => CollectedSpan;
  /** All that the bus has counted. */
  readonly onBus: () => Promise<Record<string, number>>;
  /** How many contexts were lost. */
  readonly lost: () => Promise<number>;
}

export function busBench(): BusBench {
  const bench = callBench();
  return {
    ...bench,
    only(name) {
      const found = bench.obs.spans().filter((span) => span.name === name);
      if (found.length !== 1) throw new Error(`${found.length} spans ${name} have ended`);
      return found[0]!;
    },
    onBus: () =>
      bench.counted(
        'amb_messages_published_total',
        'amb_messages_delivered_total',
        'amb_delivery_failures_total',
        'amb_dlq_messages_total',
        'amb_publish_duration_seconds',
        'amb_delivery_duration_seconds',
      ),
    async lost() {
      const name = 'agent_os_telemetry_dropped_total';
      return (await bench.counted(name))[`${name} reason=invalid_value,signal=traces`] ?? 0;
    },
  };
}

/** Headers as clients of NATS have them: '' for a key that is not there, keys as a list. */
export class NatsLikeHeaders {
  private readonly values = new Map<string, string>();
  get = (key: string): string => this.values.get(key) ?? '';
  set = (key: string, value: string): void => void this.values.set(key, value);
  keys = (): string[] => [...this.values.keys()];
}

/** What a broker of Kafka gives back for headers that it was given as text. */
export function throughKafka(headers: object): Record<string, Buffer> {
  return Object.fromEntries(Object.entries(headers).map(([key, value]) => [key, Buffer.from(String(value))]));
}
