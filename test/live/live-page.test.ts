import { initObservability, type Observability, type ObservabilityOptions } from '../../src/index.js';
import type { LiveState } from '../../src/live/live-messages.js';
import { told } from './support.js';

let obs: Observability | undefined;
afterEach(() => obs?.shutdown());

const start = async (options: ObservabilityOptions = {}): Promise<string> => {
  obs = initObservability({
    serviceName: 'kernel',
    otlp: false,
    ...options,
    prometheus: { port: 0, ...options.prometheus },
  });
  return String((await obs.ready).liveUrl);
};

/** What is told until `enough` of it is. */
async function listen(url: string, enough: (text: string) => boolean, headers = {}): Promise<string> {
  const controller = new AbortController();
  const response = await fetch(url, {
    headers: { accept: 'text/event-stream', ...headers },
    signal: controller.signal,
  });
  let text = '';
  for await (const chunk of response.body!) {
    text += Buffer.from(chunk as Uint8Array).toString();
    if (enough(text)) break;
  }
  controller.abort();
  return text;
}

test('whoever looks sees a denial, its request as spans, and the numbers, without what was said', async () => {
  const url = await start();
  const secret = 'the account is 4711';
  const text = await listen(url, (heard) => {
    if (heard.includes('event: hello') && !heard.includes('event: spans'))
      void obs!.execute({ agentId: 'a', action: 'delete_file' }, () =>
        obs!.policyCheck({ agentId: 'a', action: 'delete_file', policy: 'p' }, () => {
          return { allowed: false, reason: secret };
        }),
      );
    return heard.includes('event: spans') && heard.split('event: state').length > 2;
  });
  expect(told(text, 'events').flat()).toContainEqual(
    expect.objectContaining({
      name: 'decision',
      facts: expect.objectContaining({ agent: 'a', enforced: 'denied' }),
    }),
  );
  expect(told(text, 'spans').flat()).toContainEqual(
    expect.objectContaining({
      name: 'kernel.policy_check',
      status: 'denied',
      agent: 'a',
      action: 'delete_file',
    }),
  );
  const state = told(text, 'state').at(-1) as LiveState;
  expect(state).toMatchObject({
    service: { name: 'kernel', pid: process.pid },
    checks: { denied: expect.any(Number) },
    policies: [{ name: 'p', denied: expect.any(Number) }],
    latency: { check: { count: expect.any(Number) } },
  });
  expect(state.agents.map(({ id }) => id)).toEqual(['a']);
  expect(text).not.toContain('4711');
});

test('what happened before somebody looked is there, without a Collector too', async () => {
  const url = await start();
  obs!.violation({ agentId: 'a', action: 'send', policy: 'p', severity: 'high', blocked: true });
  const text = await listen(url, (heard) => heard.includes('event: events'));
  expect(told(text, 'events').flat()).toMatchObject([{ name: 'violation' }]);
});

describe('it is there', () => {
  const statusOf = async (options: ObservabilityOptions): Promise<number> => {
    await start(options);
    const { metricsUrl } = await obs!.ready;
    return (
      await fetch(new URL('/', metricsUrl), { headers: { accept: 'text/event-stream' }, method: 'HEAD' })
    ).status;
  };
  test.each<[string, ObservabilityOptions, number]>([
    ['on loopback', {}, 200],
    ['where it is asked for, in production too', { environment: 'production', live: true }, 200],
    ['not in production', { environment: 'production' }, 404],
    ['not where the resource says production', { resource: { 'deployment.environment.name': 'prod' } }, 404],
    ['not beyond this machine', { prometheus: { host: '0.0.0.0', unauthenticated: true } }, 404],
    ['not where it is off', { live: false }, 404],
    ['not without credentials', { prometheus: { auth: { bearer: { token: 'a-long-token' } } } }, 401],
  ])('%s', async (_, options, status) => {
    expect(await statusOf(options)).toBe(status);
  });

  test('not where NODE_ENV says production', async () => {
    const before = process.env['NODE_ENV'];
    process.env['NODE_ENV'] = 'production';
    try {
      expect(await statusOf({})).toBe(404);
    } finally {
      process.env['NODE_ENV'] = before;
    }
  });

  test('for no host but its own', async () => {
    const url = await start();
    const { status } = await import('node:http').then(
      ({ get }) =>
        new Promise<{ status: number | undefined }>((resolve) =>
          get(url, { headers: { host: 'evil.example' } }, ({ statusCode }) =>
            resolve({ status: statusCode }),
          ),
        ),
    );
    expect(status).toBe(421);
  });
});

test('shutdown ends what is told at once', async () => {
  const url = await start();
  let began = 0;
  const text = await listen(url, (heard) => {
    if (heard.includes('event: state') && began === 0) {
      began = performance.now();
      void obs!.shutdown();
    }
    return false;
  });
  expect(text).toContain('event: state');
  expect(performance.now() - began).toBeLessThan(900);
});

test.each<[string, ObservabilityOptions, RegExp]>([
  [
    'spans of a host',
    { tracerProvider: { getTracer: () => ({}) as never } },
    /spans go to the TracerProvider/,
  ],
  ['spans of the official packages', { pipeline: 'otel-sdk' }, /kept by the official packages/],
])('what it cannot show is said: %s', async (_, options, sentence) => {
  const url = await start(options);
  const state = told(await listen(url, (heard) => heard.includes('event: state')), 'state')[0] as LiveState;
  expect(state.missing.join('\n')).toMatch(sentence);
});
