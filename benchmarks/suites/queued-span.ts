import type { Tracer } from '@opentelemetry/api';
import { BasicTracerProvider, BatchSpanProcessor } from '@opentelemetry/sdk-trace-base';
import { retainedBytes } from '../harness/memory.js';
import type { Sample, Subject, Suite } from '../harness/subject.js';
import { startAgentOs } from '../peers/agent-os.js';
import { NullExporter } from '../peers/spans.js';
import { spanAttributes } from '../workloads/spans.js';

/** Spans that wait: fewer bytes than a batch of ours holds, so that none is sent. */
const SPANS = 1000;
const SIZES = { maxQueueSize: 100_000, maxExportBatchSize: 100_000 };
const NEVER_MILLIS = 24 * 3600 * 1000;

/** What an ended span takes while it waits for its batch. */
export const queuedSpan: Suite = {
  name: 'queued-span',
  title: 'Memory of a queued span',
  about:
    `${SPANS.toLocaleString('en-US')} root spans with four attributes have ended and wait for their batch, behind our queue and ` +
    'behind the official batch processor. What is held is counted after forced collections.',
  table: 'queued-span',
  subjects: [
    {
      id: 'native',
      label: '`obs.tracerProvider`',
      comparedWith: ['otel'],
      async open() {
        const obs = startAgentOs({
          otlp: { endpoint: 'http://127.0.0.1:9' },
          traces: { ...SIZES, scheduledDelayMillis: NEVER_MILLIS },
        });
        return new Queued(obs.tracerProvider.getTracer('benchmark'));
      },
    },
    {
      id: 'otel',
      label: '`BatchSpanProcessor`',
      async open() {
        const processor = new BatchSpanProcessor(new NullExporter(), {
          ...SIZES,
          scheduledDelayMillis: NEVER_MILLIS,
        });
        return new Queued(new BasicTracerProvider({ spanProcessors: [processor] }).getTracer('benchmark'));
      },
    },
  ],
  repeat: ({ processes }) => ({ processes, rounds: 0 }),
  secondsPerSubject: () => 1,
};

class Queued implements Subject {
  constructor(private readonly tracer: Tracer) {}

  async warmUp(): Promise<void> {
    this.record(); // what is made once is there
  }

  async round(): Promise<Sample> {
    return {};
  }

  async finish(): Promise<Sample> {
    const before = await retainedBytes();
    this.record();
    return { held: ((await retainedBytes()) - before) / SPANS };
  }

  private record(): void {
    for (let index = 0; index < SPANS; index++) {
      this.tracer.startSpan('kernel.policy_check', { attributes: spanAttributes(index) }).end();
    }
  }
}
