import type { TracerProvider } from '@opentelemetry/api';
import { AgentMetrics } from './instruments/agent-metrics.js';
import { AmbMetrics } from './instruments/amb-metrics.js';
import { CmvkMetrics } from './instruments/cmvk-metrics.js';
import type { Instruments } from './instruments/instruments.js';
import { KernelMetrics } from './instruments/kernel-metrics.js';
import { KernelTracer } from './tracing/kernel-tracer.js';

/** What a host records with. */
export interface Recorders {
  readonly kernel: KernelMetrics;
  readonly cmvk: CmvkMetrics;
  readonly agent: AgentMetrics;
  readonly amb: AmbMetrics;
  readonly tracer: KernelTracer;
}

export function createRecorders(instruments: Instruments, tracerProvider: TracerProvider): Recorders {
  return {
    kernel: new KernelMetrics(instruments),
    cmvk: new CmvkMetrics(instruments),
    agent: new AgentMetrics(instruments),
    amb: new AmbMetrics(instruments),
    tracer: new KernelTracer({ tracerProvider }),
  };
}
