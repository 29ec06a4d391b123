import { SpanKind, trace, type Tracer } from '@opentelemetry/api';
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-proto';
import { NodeSDK } from '@opentelemetry/sdk-node';
import { BatchSpanProcessor } from '@opentelemetry/sdk-trace-base';
import type { Budget, Sample, Subject, Suite } from '../harness/subject.js';
import { startAgentOs } from '../peers/agent-os.js';
import { startOtlpSink, type OtlpSink } from '../peers/otlp-sink.js';
import { spanAttributes } from '../workloads/spans.js';

/** Spans between two flushes: fewer than a queue holds, so that none is dropped. */
const BURST = 1024;

/** A span's whole way: recorded, batched, encoded, sent. */
export const spanDelivery: Suite = {
  name: 'span-delivery',
  title: 'A span, delivered',
  about:
    `Spans with four attributes are recorded in bursts of ${BURST.toLocaleString('en-US')}, batched, written as OTLP ` +
    'and sent over loopback to a collector in another process, which counts them. What is measured is the processor time ' +
    'of the sending process. The peer is `NodeSDK` with its batch processor and the official exporter.',
  table: 'delivery',
  subjects: [
    {
      id: 'native',
      label: '`obs.tracerProvider`, `pipeline: "native"`',
      comparedWith: ['node-sdk'],
      async open(budget) {
        const sink = await startOtlpSink();
        const obs = startAgentOs({ otlp: { endpoint: sink.url } });
        const tracer = obs.tracerProvider.getTracer('benchmark');
        return new Delivery(tracer, () => obs.forceFlush(), sink, budget);
      },
    },
    {
      id: 'node-sdk',
      label: '`NodeSDK`',
      async open(budget) {
        const sink = await startOtlpSink();
        const processor = new BatchSpanProcessor(new OTLPTraceExporter({ url: `${sink.url}/v1/traces` }));
        new NodeSDK({ spanProcessors: [processor], instrumentations: [] }).start();
        return new Delivery(trace.getTracer('benchmark'), () => processor.forceFlush(), sink, budget);
      },
    },
  ],
};

class Delivery implements Subject {
  private made = 0;

  constructor(
    private readonly tracer: Tracer,
    private readonly flush: () => Promise<void>,
    private readonly sink: OtlpSink,
    private readonly budget: Budget,
  ) {}

  async warmUp(): Promise<void> {
    const end = performance.now() + this.budget.warmUpMillis * 4;
    while (performance.now() < end) await this.burst();
  }

  async round(): Promise<Sample> {
    const before = process.cpuUsage();
    let spans = 0;
    const end = performance.now() + this.budget.roundMillis * 4;
    while (performance.now() < end) spans += await this.burst();
    const { user, system } = process.cpuUsage(before);
    return { nanos: ((user + system) * 1000) / spans };
  }

  async finish(): Promise<Sample> {
    const received = await this.sink.spans();
    if (received !== this.made) throw new Error(`${this.made} spans were made and ${received} received`);
    return {};
  }

  private async burst(): Promise<number> {
    for (let index = 0; index < BURST; index++) {
      const attributes = spanAttributes(index);
      this.tracer.startSpan('kernel.policy_check', { kind: SpanKind.INTERNAL, attributes }).end();
    }
    this.made += BURST;
    await this.flush();
    return BURST;
  }
}
