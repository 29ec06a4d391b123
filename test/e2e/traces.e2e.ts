import { ALLOWED, DENIED, KernelHost } from './support/kernel-host.js';
import { eventually, eventuallyEqual } from './support/eventually.js';
import { observed } from './support/observed.js';
import { TestStack } from './support/test-stack.js';

describe('traces', () => {
  let stack: TestStack;
  let host: KernelHost | undefined;
  beforeEach(async () => (stack = await TestStack.create()));
  afterEach(async () => {
    await host?.stop();
    await stack.close();
  });

  const startHost = async (): Promise<KernelHost> =>
    (host = await KernelHost.start({
      serviceName: 'e2e-kernel',
      environment: 'e2e',
      prometheus: { port: 0 },
      otlp: { endpoint: stack.otlpUrl },
    }));

  it('reach Jaeger nested and with their attributes', async () => {
    await stack.startJaeger();
    await stack.startCollector({ files: ['base', 'backends/jaeger'] });
    const kernel = await startHost();
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
    await stack.startJaeger();
    await stack.startCollector({
      files: ['base', 'backends/jaeger'],
      env: { COLLECTOR_BASELINE_PERCENT: '0', COLLECTOR_SLOW_MS: '60000' },
    });
    const kernel = await startHost();
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
