// What a fleet needs, computed from what was measured: the table of docs/scaling.md.
import { count, markdownTable, number } from '../report/table.js';
import type { Batch } from './batch.js';
import type { Measurement } from './measure.js';

/** What a kernel does, assumed: change it for a fleet that is known. */
const KERNEL = { actionsPerSecond: 10, series: 2000, scrapeSeconds: 15 };
/** Share of a core that is planned with, so that a burst or a lost gateway finds room. */
const UTILISATION = 0.5;
const DECISION_SECONDS = 10;
const FLEETS = [10, 100, 1000, 10_000];
const DAY = 86_400;

export interface SizingInput {
  readonly measurements: readonly Measurement[];
  readonly batches: Readonly<Record<'traces' | 'metrics', Batch>>;
}

export function sizingTable({ measurements, batches }: SizingInput): string {
  const { traces } = batches;
  const sampled = one(measurements, 'traces', 'base and Jaeger, decided after 1 s');
  const stored = one(measurements, 'metrics', 'base and Prometheus');
  const spansPerAction = traces.items / traces.traces;
  const bytesPerSpan = traces.body.length / traces.items;
  const kept = sampled.delivered / sampled.sent;
  const spanCore = sampled.collector.cpuSeconds / sampled.sent;
  const pointCore = stored.collector.cpuSeconds / stored.sent;
  const prometheusCore = stored.backend!.cpuSeconds / stored.sent;
  const bytesPerPending = pendingBytes(measurements);

  const rows = FLEETS.map((kernels) => {
    const actions = kernels * KERNEL.actionsPerSecond;
    const spans = actions * spansPerAction;
    const points = (kernels * KERNEL.series) / KERNEL.scrapeSeconds;
    return [
      count(kernels),
      count(spans),
      number((spans * bytesPerSpan) / 1e6),
      number((spans * spanCore) / UTILISATION),
      number((actions * DECISION_SECONDS * bytesPerPending) / 2 ** 30),
      number((spans * kept * bytesPerSpan * DAY) / 1e9),
      count(kernels * KERNEL.series),
      count(points),
      number((points * pointCore) / UTILISATION),
      number((points * prometheusCore) / UTILISATION),
    ];
  });
  const head = [
    'kernels',
    'spans/s',
    'OTLP, MB/s',
    'gateway cores, traces',
    'gateway memory for undecided traces, GiB',
    'traces kept, GB/day',
    'series',
    'points/s',
    'Collector cores, metrics',
    'Prometheus cores, ingestion',
  ];
  return [
    `Assumed of a kernel: ${KERNEL.actionsPerSecond} governed actions a second, ${count(KERNEL.series)} series scraped every ${KERNEL.scrapeSeconds} s. Measured by \`npm run bench:stack\`: ${number(spansPerAction)} spans of ${count(bytesPerSpan)} bytes an action, ${number(spanCore * 1e6)} µs of a Collector's core a span, ${(kept * 100).toFixed(0)} % of the spans kept (1 % of the actions denied, and the baseline share), ${number(pointCore * 1e6)} µs a point in the Collector and ${number(prometheusCore * 1e6)} µs in Prometheus, ${number(bytesPerPending / 1024)} KiB a trace that waits for its decision, ${DECISION_SECONDS} s as shipped. Cores are planned half used; bytes are those of uncompressed OTLP, before a store's own index and compression.`,
    markdownTable(head, rows),
  ].join('\n\n');
}

/** Resident memory for each trace that the full sampler held, above what a Collector takes that only receives. */
function pendingBytes(measurements: readonly Measurement[]): number {
  const PENDING_TRACES = 100_000;
  const shipped = one(measurements, 'traces', 'base and Jaeger as shipped');
  const alone = one(measurements, 'traces', 'receiving alone');
  return ((shipped.collector.peakMiB - alone.collector.peakMiB) * 2 ** 20) / PENDING_TRACES;
}

function one(measurements: readonly Measurement[], signal: 'traces' | 'metrics', name: string): Measurement {
  const found = measurements.find(({ scenario }) => scenario.signal === signal && scenario.name === name);
  if (found === undefined) throw new Error(`no measurement of ${signal}, ${name}`);
  return found;
}
