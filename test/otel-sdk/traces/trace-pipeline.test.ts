import { TraceFlags } from '@opentelemetry/api';
import { ExportResultCode } from '@opentelemetry/core';
import { resourceFromAttributes } from '@opentelemetry/resources';
import * as sdkTraceBase from '@opentelemetry/sdk-trace-base';
import { AlwaysOffSampler, type ReadableSpan, type SpanExporter } from '@opentelemetry/sdk-trace-base';
import { DropLog } from '../../../src/diagnostics/drop-log.js';
import { traceSdkOf } from '../../../src/otel-sdk/traces/trace-sdk.js';
import { TracePipeline } from '../../../src/otel-sdk/traces/trace-pipeline.js';

type Done = Parameters<SpanExporter['export']>[1];

/** Holds each batch until the test says how it ends: the states of a collector that a real one does not reach at will. */
class HeldExporter implements SpanExporter {
  readonly batches: { spans: ReadableSpan[]; done: Done }[] = [];
  private released = false;
  export(spans: ReadableSpan[], done: Done): void {
    this.batches.push({ spans, done });
    if (this.released) done({ code: ExportResultCode.SUCCESS });
  }
  release(): void {
    this.released = true;
    for (const { done } of this.batches) done({ code: ExportResultCode.SUCCESS });
  }
  async forceFlush(): Promise<void> {}
  async shutdown(): Promise<void> {}
}

class InstantExporter extends HeldExporter {
  constructor(private readonly result: Parameters<Done>[0] | Error) {
    super();
  }
  override export(spans: ReadableSpan[], done: Done): void {
    super.export(spans, done);
    if (this.result instanceof Error) throw this.result;
    done(this.result);
    done(this.result); // an exporter that answers twice
  }
}

describe('the trace pipeline', () => {
  let drops: Record<string, number>;
  const held = new Set<HeldExporter>();
  afterEach(() => {
    for (const exporter of held) exporter.release();
    held.clear();
  });
  const open = (exporter: SpanExporter | undefined, sizes: object = {}, more: object = {}): TracePipeline => {
    const log = new DropLog();
    if (exporter instanceof HeldExporter) held.add(exporter);
    drops = {};
    log.countInto(
      (signal, reason, count) => (drops[`${signal}/${reason}`] = (drops[`${signal}/${reason}`] ?? 0) + count),
    );
    return new TracePipeline({
      sdk: traceSdkOf(sdkTraceBase),
      resource: resourceFromAttributes({}),
      exporter,
      sizes: { maxQueueSize: 8, maxExportBatchSize: 4, scheduledDelayMillis: 60_000, ...sizes },
      spanProcessors: [],
      drops: log,
      ...more,
    });
  };
  const end = (pipeline: TracePipeline, count: number): void => {
    const tracer = pipeline.tracerProvider.getTracer('t');
    for (let i = 0; i < count; i++) tracer.startSpan(`s${i}`).end();
  };

  it('drops and counts only spans past the queue, in which spans in flight have their place', () => {
    const exporter = new HeldExporter();
    const pipeline = open(exporter);
    end(pipeline, 11);
    expect(pipeline.pending).toBe(8);
    expect(drops).toEqual({ 'traces/queue_full': 3 });
  });

  it('takes spans again after a batch was delivered', () => {
    const exporter = new HeldExporter();
    const pipeline = open(exporter);
    end(pipeline, 8);
    exporter.batches[0]!.done({ code: ExportResultCode.SUCCESS });
    expect(pipeline.pending).toBe(4);
    end(pipeline, 4);
    expect(drops).toEqual({});
  });

  it('counts a failed batch once when its exporter answers twice', async () => {
    const pipeline = open(
      new InstantExporter({ code: ExportResultCode.FAILED, error: new Error('refused') }),
    );
    end(pipeline, 3);
    await pipeline.forceFlush();
    expect(drops).toEqual({ 'traces/export_failed': 3 });
    expect(pipeline.pending).toBe(0);
  });

  it('counts a batch whose exporter throws', async () => {
    const pipeline = open(new InstantExporter(new Error('broken')));
    end(pipeline, 2);
    await pipeline.forceFlush();
    expect(drops).toEqual({ 'traces/export_failed': 2 });
  });

  it('delivers all batches on a flush', async () => {
    const exporter = new InstantExporter({ code: ExportResultCode.SUCCESS });
    const pipeline = open(exporter, { maxQueueSize: 100, maxExportBatchSize: 10 });
    end(pipeline, 100);
    await pipeline.forceFlush();
    expect(exporter.batches.flatMap(({ spans }) => spans)).toHaveLength(100);
    expect(drops).toEqual({});
  });

  it('counts abandoned spans once, whatever the exporter answers later', () => {
    const exporter = new HeldExporter();
    const pipeline = open(exporter);
    end(pipeline, 4);
    pipeline.abandon('the deadline passed');
    exporter.batches[0]?.done({ code: ExportResultCode.FAILED, error: new Error('late') });
    expect(drops).toEqual({ 'traces/shutdown_timeout': 4 });
    pipeline.abandon('again');
    expect(drops).toEqual({ 'traces/shutdown_timeout': 4 });
  });

  it('neither queues nor counts spans that are not sampled', () => {
    const pipeline = open(new HeldExporter(), {}, { sampler: new AlwaysOffSampler() });
    const span = pipeline.tracerProvider.getTracer('t').startSpan('s');
    expect(span.spanContext().traceFlags).toBe(TraceFlags.NONE);
    span.end();
    expect(pipeline.pending).toBe(0);
  });

  it('works without an exporter', async () => {
    const pipeline = open(undefined);
    end(pipeline, 3);
    await pipeline.shutdown();
    expect(pipeline.pending).toBe(0);
  });
});
