// What every runtime and bundler runs: it says what works, one line each, and then has to end by itself.
import { metrics, trace } from '@opentelemetry/api';
import { initObservability } from 'agent-os-observability';

const { MATRIX_PORT: port, MATRIX_RECEIVER: endpoint = '', MATRIX_SPAN: span } = process.env;

/** Whether all from the start to the shutdown does what it should. */
async function once(name: string, say: (what: string) => void): Promise<void> {
  const obs = initObservability({
    serviceName: 'host',
    prometheus: { port: Number(port) },
    otlp: { endpoint },
  });
  const { metricsUrl } = await obs.ready;
  if (metricsUrl === undefined) throw new Error('no page is served');
  obs.kernel.recordKernelCrash();
  metrics.getMeter('host').createCounter('host_acts').add(1);
  obs.tracer.execute({ agentId: 'a', action: 'read' }, () => {
    trace.getTracer('host').startSpan(name).end();
  });
  const page = await (await fetch(metricsUrl)).text();
  for (const series of ['agent_os_kernel_crashes_total', 'host_acts_total'])
    if (!new RegExp(`^${series}(\\{.*\\})? 1$`, 'm').test(page))
      throw new Error(`${series} is not 1:\n${page}`);
  say('page');
  await obs.shutdown();
  const closed = await fetch(metricsUrl).then(
    () => false,
    () => true,
  );
  if (!closed) throw new Error('the page is still served after the shutdown');
  say('shutdown');
}

async function main(): Promise<void> {
  await once(`${span}-1`, (what) => console.log(`works: ${what}`));
  await once(`${span}-2`, () => {});
  console.log('works: second start');
}

main().catch((error: unknown) => {
  console.error(error);
  process.exitCode = 1;
});
