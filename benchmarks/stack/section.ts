import { count, markdownTable, number, ratio } from '../report/table.js';
import type { Batch } from './batch.js';
import type { Measurement } from './measure.js';

export interface StackReport {
  readonly measurements: readonly Measurement[];
  readonly batches: Readonly<Record<'traces' | 'metrics', Batch>>;
  readonly seconds: number;
  readonly load: number;
}

/** The part of docs/benchmarks.md about the stack, as Markdown before formatting. */
export function stackBlocks({ measurements, batches, seconds, load }: StackReport): string[] {
  const of = (signal: 'traces' | 'metrics') =>
    measurements.filter(({ scenario }) => scenario.signal === signal);
  const { traces, metrics } = batches;
  return [
    '## The stack',
    'Through a real Collector into a real Jaeger and Prometheus, all on this machine, which sends the load too: a machine of its own for each would do more. Written by:',
    '```bash\nnpm run bench:stack\n```',
    `- One request of the SDK is sent for ${seconds} s over four connections, each time with new trace ids or the present time: ${count(traces.items)} spans in ${count(traces.traces)} traces (${count(traces.body.length)} bytes), or ${count(metrics.items)} points (${count(metrics.body.length)} bytes).`,
    '- A rate is what was sent, divided by the time from the first request until the sampler has decided everything and the queue on disk is empty. CPU is seconds of one core. Memory is the most that was resident.',
    `- Load of the machine before the run: ${load.toFixed(1)}.`,
    '### Spans',
    table(of('traces'), 'spans'),
    'As shipped the sampler holds 100,000 undecided traces for 10 s each, so about 10,000 traces a second; beyond, senders wait (`COLLECTOR_PENDING_TRACES`, `COLLECTOR_DECISION_WAIT`).',
    '### Series',
    table(of('metrics'), 'points'),
  ];
}

function table(measurements: readonly Measurement[], items: string): string {
  const [alone] = measurements;
  const head = [
    '',
    `${items}/s`,
    '÷ receiving alone',
    `${items} sent`,
    'delivered',
    'lost',
    'refused at first',
    'Collector, CPU s',
    `CPU µs a ${items.slice(0, -1)}`,
    'Collector, MiB',
    'backend, CPU s',
    'backend, MiB',
  ];
  const rate = ({ sent, seconds }: Measurement): number => sent / seconds;
  const rows = measurements.map((one) => [
    one.scenario.name,
    count(rate(one)),
    one === alone ? '–' : ratio(rate(one) / rate(alone!)),
    count(one.sent),
    one.scenario.exporter === undefined ? '–' : count(one.delivered),
    one.scenario.exporter === undefined ? '–' : count(one.lost),
    count(one.refused),
    number(one.collector.cpuSeconds),
    number((one.collector.cpuSeconds * 1e6) / one.sent),
    count(one.collector.peakMiB),
    one.backend === undefined ? '–' : number(one.backend.cpuSeconds),
    one.backend === undefined ? '–' : count(one.backend.peakMiB),
  ]);
  return markdownTable(head, rows);
}
