export {
  KernelTracer,
  type ExecutionSpan,
  type KernelTracerOptions,
  type PolicyCheckSpan,
  type SignalSpan,
  type SpanAttributes,
  type SpanWork,
  type ViolationSpan,
} from './kernel-tracer.js';
export type { ManualSpan } from './manual-span.js';
