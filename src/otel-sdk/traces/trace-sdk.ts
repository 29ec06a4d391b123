import { BasicTracerProvider, type SpanProcessor } from '@opentelemetry/sdk-trace-base';
import { printable } from '../../diagnostics/drop-log.js';
import { DeliveringProcessor } from './delivering-processor.js';
import type { DeliveryLedger } from './delivery-ledger.js';
import { IsolatedProcessor } from './isolated-processor.js';
import type { TracePipelineOptions } from './trace-pipeline.js';

/** The stock provider with our processors. Loaded when the first span starts. */
export function stockTracerProvider(
  options: TracePipelineOptions,
  ledger: DeliveryLedger,
): BasicTracerProvider {
  const { resource, exporter, sizes, sampler, drops } = options;
  const delivering = exporter ? [new DeliveringProcessor(exporter, ledger, sizes)] : [];
  const isolated = (processor: SpanProcessor): SpanProcessor =>
    new IsolatedProcessor(processor, (error) =>
      drops.warn('processor', `a span processor of the host failed (${printable(error)}).`),
    );
  return new BasicTracerProvider({
    resource: resource(),
    spanProcessors: [...delivering, ...options.spanProcessors.map(isolated)],
    ...(sampler && { sampler }),
  });
}
