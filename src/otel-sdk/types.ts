import type { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-proto';

/** SDK types that the public options name, so that a move to another SDK version stays in this folder. */
export type { Sampler, SpanProcessor } from '@opentelemetry/sdk-trace-base';
export type { IMetricReader as MetricReader, ViewOptions } from '@opentelemetry/sdk-metrics';
/** What the OTLP exporter hands to its HTTP agent: TLS material, sockets, keep-alive. */
export type HttpAgentOptions = NonNullable<
  NonNullable<ConstructorParameters<typeof OTLPTraceExporter>[0]>['httpAgentOptions']
>;
