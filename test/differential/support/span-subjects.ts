import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ProtobufTraceSerializer } from '@opentelemetry/otlp-transformer';
import { resourceFromAttributes } from '@opentelemetry/resources';
import {
  AlwaysOffSampler,
  AlwaysOnSampler,
  BasicTracerProvider,
  ParentBasedSampler,
  TraceIdRatioBasedSampler,
  type ReadableSpan,
  type Sampler,
} from '@opentelemetry/sdk-trace-base';
import protobuf from 'protobufjs';
import { DropLog } from '../../../src/diagnostics/drop-log.js';
import { ProtobufWriter } from '../../../src/pipeline/otlp/protobuf-writer.js';
import type { NativeSpan } from '../../../src/pipeline/traces/native-span.js';
import { NativeTracerProvider } from '../../../src/pipeline/traces/native-tracer-provider.js';
import { samplerFromEnvironment } from '../../../src/pipeline/traces/sampler.js';
import type { SpanLimits } from '../../../src/pipeline/traces/span-limits.js';
import { writeTraces } from '../../../src/pipeline/traces/trace-messages.js';
import type { World } from './span-program.js';

const RESOURCE = resourceFromAttributes(
  { 'service.name': 'test', list: ['a', 'b'] },
  { schemaUrl: 'https://r.example' },
);

const MESSAGE = protobuf
  .parse(readFileSync(join(__dirname, '..', '..', 'support', 'otlp.proto'), 'utf8'))
  .root.lookupType('ExportTraceServiceRequest');

/** A provider, the whole message of its sampled spans, and what a processor of the host can read of them. */
export interface SpanSubject {
  readonly provider: NativeTracerProvider | BasicTracerProvider;
  readonly sent: () => object;
  readonly read: () => object[];
}

function decoded(message: Uint8Array): object {
  return MESSAGE.toObject(MESSAGE.decode(message), { longs: String, bytes: String, defaults: true });
}

function view(span: ReadableSpan): object {
  const { name, kind, status, attributes, events, links, startTime, endTime, duration, ended } = span;
  const {
    droppedAttributesCount,
    droppedEventsCount,
    droppedLinksCount,
    parentSpanContext,
    instrumentationScope,
  } = span;
  return {
    ...{ name, kind, status, attributes, events, links, startTime, endTime, duration, ended },
    ...{
      droppedAttributesCount,
      droppedEventsCount,
      droppedLinksCount,
      parentSpanContext,
      instrumentationScope,
    },
    context: span.spanContext(),
    resource: span.resource.attributes,
  };
}

export interface SamplerChoice {
  readonly name: string;
  readonly share: string;
}

export function ourSpans(
  world: World,
  limits: SpanLimits,
  choice: SamplerChoice | undefined,
  sampler?: object,
): SpanSubject {
  const spans: NativeSpan[] = [];
  const env = { OTEL_TRACES_SAMPLER: choice?.name, OTEL_TRACES_SAMPLER_ARG: choice?.share };
  const provider = new NativeTracerProvider({
    resource: RESOURCE,
    limits,
    sampler: (sampler as never) ?? samplerFromEnvironment(env, () => {}),
    idGenerator: world.idGenerator,
    clock: { now: () => world.time.now, monotonic: () => world.time.monotonic },
    sink: { ended: (span) => void spans.push(span) },
    drops: new DropLog({ warnOnce: () => {} } as never),
  });
  const sent = () => {
    const writer = new ProtobufWriter();
    writeTraces(writer, RESOURCE, spans);
    return decoded(writer.finish());
  };
  return { provider, sent, read: () => spans.map((span) => view(span as never)) };
}

export function officialSpans(
  world: World,
  limits: SpanLimits,
  choice: SamplerChoice | undefined,
  sampler?: object,
): SpanSubject {
  const spans: ReadableSpan[] = [];
  const provider = new BasicTracerProvider({
    resource: RESOURCE,
    sampler: (sampler as Sampler | undefined) ?? officialSampler(choice),
    spanLimits: {
      attributeCountLimit: limits.attributes,
      attributeValueLengthLimit: limits.attributeLength,
      eventCountLimit: limits.events,
      linkCountLimit: limits.links,
      attributePerEventCountLimit: limits.attributesPerEvent,
      attributePerLinkCountLimit: limits.attributesPerLink,
    },
    idGenerator: world.idGenerator,
    spanProcessors: [
      {
        onStart() {},
        onEnd: (span) => void ((span.spanContext().traceFlags & 1) === 1 && spans.push(span)),
        forceFlush: async () => {},
        shutdown: async () => {},
      },
    ],
  });
  const sent = () => decoded(ProtobufTraceSerializer.serializeRequest(spans)!);
  return { provider, sent, read: () => spans.map(view) };
}

function officialSampler(choice: SamplerChoice | undefined): Sampler {
  if (choice === undefined) return new ParentBasedSampler({ root: new AlwaysOnSampler() });
  const [, parent, name] = /^(parentbased_)?(.+)$/.exec(choice.name)!;
  const root =
    name === 'always_on'
      ? new AlwaysOnSampler()
      : name === 'always_off'
        ? new AlwaysOffSampler()
        : new TraceIdRatioBasedSampler(Number(choice.share));
  return parent ? new ParentBasedSampler({ root }) : root;
}
