import type { Attributes, Context, Link } from '@opentelemetry/api';
import { DropLog } from '../../../src/diagnostics/drop-log.js';
import { ProtobufWriter } from '../../../src/pipeline/otlp/protobuf-writer.js';
import type { NativeSpan } from '../../../src/pipeline/traces/native-span.js';
import {
  NativeTracerProvider,
  type TracerProviderOptions,
} from '../../../src/pipeline/traces/native-tracer-provider.js';
import { writeTraces } from '../../../src/pipeline/traces/trace-messages.js';
import { decodeTraceRequest, type DecodedSpan } from '../../support/otlp-decode.js';

export const RESOURCE = { attributes: { 'service.name': 'test' }, schemaUrl: 'https://resource.example' };
export const EPOCH_MILLIS = 1_764_312_000_000;

/** What a test sees of a provider: the spans it was given, the losses that were counted, what was said. */
export interface Recorded {
  readonly provider: NativeTracerProvider;
  readonly spans: NativeSpan[];
  readonly lost: [signal: string, reason: string, count: number][];
  readonly said: string[];
  /** Both clocks, in milliseconds. */
  time: { now: number; monotonic: number };
  /** What arrives of the sampled spans. */
  sent(): readonly DecodedSpan[];
  /** The size of their message. */
  bytes(): number;
}

export function recorded(options: Partial<TracerProviderOptions> = {}): Recorded {
  const spans: NativeSpan[] = [];
  const lost: Recorded['lost'] = [];
  const said: string[] = [];
  const time = { now: EPOCH_MILLIS, monotonic: 1000 };
  const drops = new DropLog({
    warnOnce: (cause: string, message: string | (() => string)) =>
      void said.push(typeof message === 'string' ? message : message()),
  } as never);
  drops.countInto((...loss) => void lost.push(loss));
  const provider = new NativeTracerProvider({
    resource: RESOURCE,
    sink: { ended: (span) => void spans.push(span) },
    clock: { now: () => time.now, monotonic: () => time.monotonic },
    drops,
    ...options,
  });
  const message = () => {
    const writer = new ProtobufWriter();
    writeTraces(writer, RESOURCE, spans);
    return writer.finish();
  };
  const sent = () => decodeTraceRequest(message());
  return { provider, spans, lost, said, time, sent, bytes: () => message().length };
}

/** A sampler that answers what it is told to, and keeps what it was asked. */
export function scriptedSampler(answer: () => unknown): {
  asked: [Context, string, string, number, Attributes, Link[]][];
  shouldSample(...question: [Context, string, string, number, Attributes, Link[]]): never;
} {
  const asked: [Context, string, string, number, Attributes, Link[]][] = [];
  return {
    asked,
    shouldSample(...question) {
      asked.push(question);
      return answer() as never;
    },
  };
}
