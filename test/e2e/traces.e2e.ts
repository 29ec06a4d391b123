import { ALLOWED, DENIED } from './support/kernel-host.js';
import { eventually, eventuallyEqual } from './support/eventually.js';
import { observed } from './support/observed.js';
import { stackOfEachTest } from './support/test-stack.js';

describe('traces', () => {
  const stackOf = stackOfEachTest();

  it('reach Jaeger nested and with their attributes', async () => {
    const stack = stackOf();
    await stack.startJaeger();
    await stack.startCollector({ files: ['base', 'backends/jaeger'] });
    const kernel = await stack.startHost();
    const [traceId] = await kernel.act('agent-7', DENIED);
    await kernel.flush();

    const spans = await eventually('the trace', async () => {
      const found = await stack.jaeger.spans(traceId!);
      return found.length === 3 ? found : undefined;
    });
    const execute = spans.find(({ name }) => name === 'kernel.execute')!;
    expect(execute.parentSpanId).toBeUndefined();
    expect(execute.tags).toMatchObject({
      'agent.id': 'agent-7',
      'agent_os.action': DENIED,
      'kernel.component': 'dispatcher',
    });
    for (const name of ['kernel.policy_check', 'kernel.violation'])
      expect(spans.find((span) => span.name === name)!.parentSpanId).toBe(execute.spanId);
    expect(spans.find(({ name }) => name === 'kernel.policy_check')!.tags).toMatchObject({
      'agent_os.decision': 'deny',
      'agent_os.enforced': 'denied',
      'kernel.component': 'policy_engine',
    });
    expect(spans.find(({ name }) => name === 'kernel.violation')!.tags).toMatchObject({
      'agent_os.severity': 'critical',
      'agent_os.policy': 'service-desk',
    });
    observed('traces', 'nested spans with attributes, through Jaeger’s query API', [
      `${spans.length} spans, kernel.policy_check and kernel.violation under kernel.execute`,
    ]);
  });

  it('of a denied action are kept when thousands of others are sampled away', async () => {
    const stack = stackOf();
    await stack.startJaeger();
    await stack.startCollector({
      files: ['base', 'backends/jaeger'],
      env: { COLLECTOR_BASELINE_PERCENT: '0', COLLECTOR_SLOW_MS: '60000' },
    });
    const kernel = await stack.startHost();
    await kernel.act('agent-1', ALLOWED, 1500, 250);
    const [denied] = await kernel.act('agent-2', DENIED);
    await kernel.act('agent-1', ALLOWED, 1500, 250);
    await kernel.flush();

    const decided = (sampled: boolean) =>
      stack.collectorMetric('otelcol_processor_tail_sampling_global_count_traces_sampled_total', {
        sampled: String(sampled),
      });
    await eventuallyEqual(
      'traces decided',
      async () => [await decided(true), await decided(false)],
      [1, 3000],
    );
    await eventuallyEqual('traces in Jaeger', () => stack.jaeger.traceIds('e2e-kernel'), [denied!]);
    expect(await kernel.spansLost()).toBe(0);
    observed('traces', 'a denied action’s trace is kept when thousands of others are dropped', [
      '3 000 traces of allowed actions dropped, the 1 denied one kept (baseline share set to 0)',
    ]);
  });
});
