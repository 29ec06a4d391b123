import { ProxyTracerProvider, SpanKind, type Tracer } from '@opentelemetry/api';
import { BasicTracerProvider } from '@opentelemetry/sdk-trace-base';
import { KernelTracer } from 'agent-os-observability';
import { attributes } from 'agent-os-observability/semconv';
import { swallow, timed, type TimedOperation } from '../harness/timed.js';
import type { Suite } from '../harness/subject.js';
import { startAgentOs } from '../peers/agent-os.js';
import { registerContextManager } from '../peers/otel-sdk.js';
import { DroppingProcessor } from '../peers/spans.js';
import { isAllowed } from '../workloads/policy-checks.js';
import { each, Pool } from '../workloads/random.js';
import { spanAttributes } from '../workloads/spans.js';
import { violations } from '../workloads/violations.js';

const ATTRIBUTES = 4;

/** One span with four attributes around the same work. */
export const span: Suite = {
  name: 'span',
  title: 'Span with four attributes',
  about:
    'A span around a check that costs next to nothing: agent, action, decision and kernel component. It ends at a ' +
    'processor that drops it, or there is no trace SDK at all and the span is a no-op. The peer is ' +
    '`tracer.startActiveSpan` with the same attributes, by hand. A context manager is registered in every case.',
  table: 'baseline',
  subjects: [
    {
      id: 'otel-span',
      label: '`tracer.startSpan` of the official SDK',
      open(budget) {
        const processor = new DroppingProcessor();
        const tracer = new BasicTracerProvider({ spanProcessors: [processor] }).getTracer('benchmark');
        return timed({ ...startAndEnd(tracer), ...counted(processor) }, budget);
      },
    },
    {
      id: 'native-span',
      label: '`tracer.startSpan` of `obs.tracerProvider`',
      comparedWith: ['otel-span'],
      open(budget) {
        const processor = new DroppingProcessor();
        const obs = startAgentOs({ traces: { spanProcessors: [processor] } });
        return timed(
          { ...startAndEnd(obs.tracerProvider.getTracer('benchmark')), ...counted(processor) },
          budget,
        );
      },
    },
    {
      id: 'otel-dropped',
      label: '`tracer.startActiveSpan`, dropped by the processor',
      open(budget) {
        registerContextManager();
        const processor = new DroppingProcessor();
        const tracer = new BasicTracerProvider({ spanProcessors: [processor] }).getTracer('benchmark');
        return timed({ ...byHand(tracer), ...counted(processor) }, budget);
      },
    },
    {
      id: 'tracer-dropped',
      label: '`KernelTracer.policyCheck`, dropped by the processor',
      comparedWith: ['otel-dropped'],
      open(budget) {
        const processor = new DroppingProcessor();
        const obs = startAgentOs({ traces: { spanProcessors: [processor] } });
        return timed({ ...byKernelTracer(obs.tracer), ...counted(processor) }, budget);
      },
    },
    {
      id: 'otel-noop',
      label: '`tracer.startActiveSpan`, no trace SDK',
      open(budget) {
        registerContextManager();
        return timed(byHand(new ProxyTracerProvider().getTracer('benchmark')), budget);
      },
    },
    {
      id: 'tracer-noop',
      label: '`KernelTracer.policyCheck`, no trace SDK',
      comparedWith: ['otel-noop'],
      open(budget) {
        registerContextManager();
        return timed(byKernelTracer(new KernelTracer({ tracerProvider: new ProxyTracerProvider() })), budget);
      },
    },
  ],
};

function startAndEnd(tracer: Tracer): TimedOperation {
  let index = 0;
  return {
    run(times) {
      for (let i = 0; i < times; i++) {
        tracer.startSpan('kernel.policy_check', { attributes: spanAttributes(index++) }).end();
      }
    },
  };
}

function byKernelTracer(tracer: KernelTracer): TimedOperation {
  const pool = new Pool(violations());
  return {
    run: each(pool, ({ agentId, action }) => {
      swallow(tracer.policyCheck({ agentId, action, decision: 'allow' }, () => isAllowed(action)));
    }),
  };
}

function byHand(tracer: Tracer): TimedOperation {
  const pool = new Pool(violations());
  return {
    run: each(pool, ({ agentId, action }) => {
      const options = {
        kind: SpanKind.INTERNAL,
        attributes: {
          [attributes.ATTR_AGENT_ID]: agentId,
          [attributes.ATTR_ACTION]: action,
          [attributes.ATTR_DECISION]: 'allow',
          [attributes.ATTR_KERNEL_COMPONENT]: 'policy_engine',
        },
      };
      const result = tracer.startActiveSpan('kernel.policy_check', options, (active) => {
        try {
          return isAllowed(action);
        } finally {
          active.end();
        }
      });
      swallow(result);
    }),
  };
}

function counted(processor: DroppingProcessor): Pick<TimedOperation, 'verify'> {
  return {
    verify(times) {
      const { ended, looked, attributes: set } = processor;
      if (ended === times && set === looked * ATTRIBUTES) return;
      throw new Error(`${times} spans were made; ${ended} ended, with ${set} attributes`);
    },
  };
}
