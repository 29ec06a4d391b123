export {
  KernelTracer,
  type KernelTracerOptions,
  type SpanAttributes,
  type SpanWork,
} from './kernel-tracer.js';
export type {
  ExecutionSpan,
  PolicyCheckSpan,
  SignalSpan,
  VerificationSpan,
  ViolationSpan,
} from './kernel-spans.js';
export type { ManualSpan } from './span-lifecycle.js';
