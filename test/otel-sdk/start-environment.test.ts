import { StartEnvironment } from '../../src/otel-sdk/otlp-exporter.js';
import { observed } from '../regression/support.js';
import { startOtlpReceiver } from '../support/otlp-receiver.js';

const environment = { ...process.env };
afterEach(() => {
  process.env = { ...environment };
});

describe('the environment of the start', () => {
  it('is what later reads see, and the present environment is the same afterwards', () => {
    Object.assign(process.env, { OTEL_A: 'then', OTEL_B: 'then', OTHER: 'then' });
    const start = new StartEnvironment();
    delete process.env['OTEL_A'];
    Object.assign(process.env, { OTEL_B: 'now', OTEL_C: 'now', OTHER: 'now' });
    const read = (): unknown => ['OTEL_A', 'OTEL_B', 'OTEL_C', 'OTHER'].map((name) => process.env[name]);
    expect(start.run(read)).toEqual(['then', 'then', undefined, 'now']);
    expect(read()).toEqual([undefined, 'now', 'now', 'now']);
  });

  it('is replaced by the present one again when a read throws', () => {
    process.env['OTEL_A'] = 'then';
    const start = new StartEnvironment();
    process.env['OTEL_A'] = 'now';
    expect(() =>
      start.run(() => {
        throw new Error('no');
      }),
    ).toThrow('no');
    expect(process.env['OTEL_A']).toBe('now');
  });

  it.each([
    ['OTEL_EXPORTER_OTLP_CERTIFICATE', true],
    ['OTEL_EXPORTER_OTLP_TRACES_CLIENT_KEY', true],
    ['OTEL_EXPORTER_OTLP_HEADERS', false],
  ])('names files where %s is set: %s', (name, files) => {
    process.env[name] = 'x';
    expect(new StartEnvironment().namesFiles()).toBe(files);
  });

  it('configures the resource, the sampler and the exporter even if the host clears it before the first span', async () => {
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
});
