import { context } from '@opentelemetry/api';
import { AsyncContextManager } from '../../src/pipeline/context/async-context-manager.js';
import { isTracingSuppressed } from '../../src/pipeline/context/suppress-tracing.js';
import { startOtlpReceiver } from '../support/otlp-receiver.js';
import { observed } from './support.js';

// An http instrumentation of the host makes a span of each request that is not marked; its export makes the next one.

afterEach(() => context.disable());

test.each(['traces', 'metrics'])('a request with %s is marked as one that nobody traces', async (signal) => {
  context.setGlobalContextManager(new AsyncContextManager());
  const receiver = await startOtlpReceiver();
  const marked: boolean[] = [];
  const httpAgentOptions = async () => {
    marked.push(isTracingSuppressed(context.active()));
    return new (await import('node:http')).Agent();
  };
  const obs = observed({
    otlp: { endpoint: receiver.url, httpAgentOptions },
    metrics: { otlp: signal === 'metrics' },
  });
  if (signal === 'traces') obs.tracer.execute({ agentId: 'a', action: 'x' }, () => {});
  await obs.forceFlush();
  await receiver.close();
  expect(marked).toEqual([true]);
});
