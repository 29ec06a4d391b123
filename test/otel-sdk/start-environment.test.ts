import { observed } from '../regression/support.js';
import { startOtlpReceiver } from '../support/otlp-receiver.js';

const environment = { ...process.env };
afterEach(() => {
  process.env = { ...environment };
});

test('the environment of the start configures resource, sampler and exporter even if the host clears it before the first span', async () => {
  const receiver = await startOtlpReceiver();
  Object.assign(process.env, {
    OTEL_EXPORTER_OTLP_HEADERS: 'authorization=secret',
    OTEL_RESOURCE_ATTRIBUTES: 'team=kernel',
    OTEL_TRACES_SAMPLER: 'always_off',
  });
  const sampledOut = observed({ otlp: { endpoint: receiver.url } });
  process.env = { ...environment };
  sampledOut.tracer.execute({ agentId: 'a', action: 'x' }, () => {});
  await sampledOut.shutdown();
  expect(receiver.spans).toHaveLength(0);

  Object.assign(process.env, {
    OTEL_EXPORTER_OTLP_HEADERS: 'authorization=secret',
    OTEL_RESOURCE_ATTRIBUTES: 'team=kernel',
  });
  const obs = observed({ otlp: { endpoint: receiver.url } });
  process.env = { ...environment };
  obs.tracer.execute({ agentId: 'a', action: 'x' }, () => {});
  await obs.forceFlush();
  expect(receiver.requests[0]?.headers['authorization']).toBe('secret');
  expect(receiver.spans[0]?.resource).toMatchObject({ team: 'kernel' });
  await receiver.close();
});
