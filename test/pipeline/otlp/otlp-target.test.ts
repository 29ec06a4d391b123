import { Agent } from 'node:http';
import { type OtlpSettings, type OtlpSignal, otlpTarget } from '../../../src/pipeline/otlp/otlp-target.js';

const GENERAL = 'OTEL_EXPORTER_OTLP_ENDPOINT';
const TRACES = 'OTEL_EXPORTER_OTLP_TRACES_ENDPOINT';

function targetOf(
  env: Record<string, string> = {},
  options?: OtlpSettings,
  signal: OtlpSignal = 'traces',
): { target: ReturnType<typeof otlpTarget>; said: [string, string][] } {
  const said: [string, string][] = [];
  return { target: otlpTarget(signal, options, env, (...line) => said.push(line)), said };
}

describe('where a signal goes', () => {
  test.each<[OtlpSignal, Record<string, string>, string]>([
    ['traces', {}, 'http://localhost:4318/v1/traces'],
    ['metrics', {}, 'http://localhost:4318/v1/metrics'],
    ['logs', {}, 'http://localhost:4318/v1/logs'],
    ['logs', { OTEL_EXPORTER_OTLP_PROTOCOL: 'grpc' }, 'http://localhost:4317/'],
    ['traces', { [GENERAL]: 'http://c:1' }, 'http://c:1/v1/traces'],
    ['traces', { [GENERAL]: 'http://c:1/' }, 'http://c:1/v1/traces'],
    ['metrics', { [GENERAL]: 'https://c/otlp//' }, 'https://c/otlp/v1/metrics'],
    ['traces', { [GENERAL]: 'http://a', [TRACES]: 'http://b/own' }, 'http://b/own'],
    ['metrics', { [GENERAL]: 'http://a', [TRACES]: 'http://b/own' }, 'http://a/v1/metrics'],
    ['traces', { [TRACES]: 'http://b/own?tenant=1' }, 'http://b/own?tenant=1'],
    ['traces', { [GENERAL]: '  ', [TRACES]: '' }, 'http://localhost:4318/v1/traces'],
    ['traces', { [GENERAL]: 'http://[::1]:9' }, 'http://[::1]:9/v1/traces'],
    ['traces', { [GENERAL]: 'HTTPS://C' }, 'https://c/v1/traces'],
    [
      'traces',
      { [GENERAL]: 'https://c:4317', OTEL_EXPORTER_OTLP_TRACES_PROTOCOL: 'grpc' },
      'https://c:4317/',
    ],
  ])('%s by %j: %s', (signal, env, url) => {
    const { target, said } = targetOf(env, undefined, signal);
    expect([target?.url.href, said]).toEqual([url, []]);
  });

  test('an option wins over every variable', () => {
    const { target } = targetOf(
      { [GENERAL]: 'http://a', [TRACES]: 'http://b/x', OTEL_EXPORTER_OTLP_COMPRESSION: 'gzip' },
      { endpoint: 'http://option', compression: 'none', timeoutMillis: 5, protocol: 'http/json' },
    );
    expect(target).toMatchObject({ compression: 'none', timeoutMillis: 5, protocol: 'http/json' });
    expect(target?.url.href).toBe('http://option/v1/traces');
  });

  test('what is shown has neither query nor credentials', () => {
    const { target } = targetOf({ [TRACES]: 'http://user:hunter2@b:9/own?api_key=k' });
    expect(target?.shown).toBe('http://b:9/own');
    expect(target?.url.href).toBe('http://b:9/own?api_key=k');
  });
});

describe('an endpoint that cannot be used', () => {
  const secrets = /hunter2|s3cret|user/;

  test.each([
    ['localhost:4318', 'Write http://localhost:4318.'],
    ['collector:4318/x', 'Write http://collector:4318/x.'],
    ['[::1]:4318', 'Write http://[::1]:4318.'],
    ['collector', 'Write it as http://localhost:4318.'],
    ['user:hunter2@collector:4318', 'something else (not shown)'],
    ['ftp://user:hunter2@c', 'http:// or https://'],
    ['unix:/var/run/s3cret', 'http:// or https://'],
    ['http://user:hunter2@collector:99999', 'a port from 1 to 65535, got 99999'],
    ['http://collector:0', 'a port from 1 to 65535, got 0'],
    ['http://user:hunter2/3@collector:x', 'must be a URL'],
    ['http://', 'must be a URL'],
    ['http://h/?api_key=s3cret', 'without query and fragment, got a query'],
    ['http://h/#s3cret', 'without query and fragment, got a fragment'],
    ['http://h/v1/traces', 'Leave /v1/traces out.'],
    ['http://h/V1/Traces/', 'Leave /V1/Traces/ out.'],
    ['http://h/x/v1/metrics', 'Leave /v1/metrics out.'],
  ])('%s: nothing is sent, and one line says why without a secret', (text, fix) => {
    for (const signal of ['traces', 'metrics', 'logs'] as const) {
      const { target, said } = targetOf(
        { [GENERAL]: text, OTEL_EXPORTER_OTLP_HEADERS: 'a=s3cret' },
        {},
        signal,
      );
      expect(target).toBeUndefined();
      expect(said).toEqual([[GENERAL, expect.stringContaining(fix)]]);
      expect(said[0]?.[1]).toMatch(new RegExp(`^${GENERAL} must `));
      expect(said[0]?.[1]).not.toMatch(secrets);
    }
  });

  test('as an option is told by the name of the option', () => {
    const { target, said } = targetOf({}, { endpoint: 'http://h/V1/Metrics' });
    expect(target).toBeUndefined();
    expect(said).toEqual([['otlp.endpoint', expect.stringMatching(/^otlp\.endpoint must be a base URL/)]]);
  });

  test('of one signal leaves the other ones alone', () => {
    const env = { [TRACES]: 'nowhere', [GENERAL]: 'http://c' };
    expect(targetOf(env).target).toBeUndefined();
    expect(targetOf(env, undefined, 'metrics').target?.url.href).toBe('http://c/v1/metrics');
  });
});

describe('an endpoint that is doubtful is used, with one line', () => {
  test.each([
    [{ [GENERAL]: 'http://h:4317' }, 'Use port 4318, or the protocol grpc.'],
    [
      { [GENERAL]: 'http://h:4318', OTEL_EXPORTER_OTLP_PROTOCOL: 'grpc' },
      'Use port 4317, or the protocol http/protobuf.',
    ],
    [{ [GENERAL]: 'http://h/path', OTEL_EXPORTER_OTLP_PROTOCOL: 'grpc' }, 'gRPC has no path.'],
    [{ [TRACES]: 'http://user:hunter2@h/V1/Traces' }, 'the path of a Collector is /v1/traces'],
    [{ [TRACES]: 'http://h/' }, 'Append it.'],
  ])('%j: %s', (env: Record<string, string>, words) => {
    const { target, said } = targetOf(env);
    expect(target).toBeDefined();
    expect(said).toEqual([[Object.keys(env)[0], expect.stringContaining(words)]]);
    expect(said[0]?.[1]).not.toMatch(/hunter2/);
  });
});

describe('headers', () => {
  test('are decoded, merged by name, the more specific wins', () => {
    const { target, said } = targetOf(
      {
        OTEL_EXPORTER_OTLP_HEADERS: 'Authorization=Basic%20YTpi==, a = 1 ,b=x%2Cy,',
        OTEL_EXPORTER_OTLP_TRACES_HEADERS: 'A=2',
      },
      { headers: { B: '3' } },
    );
    expect(target?.headers).toEqual({ authorization: 'Basic YTpi==', a: '2', b: '3' });
    expect(said).toEqual([]);
  });

  test('that cannot be read are left out, and told without their text', () => {
    const { target, said } = targetOf({
      OTEL_EXPORTER_OTLP_HEADERS: 'hunter2,x=%E0%A4%A,bad name=1,ok=1,n=%0a',
    });
    expect(target?.headers).toEqual({ ok: '1' });
    expect(said).toEqual([['OTEL_EXPORTER_OTLP_HEADERS', expect.stringContaining('4 entries')]]);
    expect(said[0]?.[1]).not.toContain('hunter2');
  });

  test('of the message itself are not the host’s', () => {
    const { target } = targetOf(
      {},
      { headers: { 'Content-Type': 'x', 'content-length': '1', 'User-Agent': 'mine' } },
    );
    expect(target?.headers).toEqual({ 'user-agent': 'mine' });
  });

  test('credentials in the URL become an authorization, below one that is given', () => {
    const env = { [GENERAL]: 'http://user:p%40ss@h' };
    const basic = `Basic ${Buffer.from('user:p@ss').toString('base64')}`;
    expect(targetOf(env).target?.headers).toEqual({ authorization: basic });
    expect(targetOf(env, { headers: { Authorization: 'Bearer t' } }).target?.headers).toEqual({
      authorization: 'Bearer t',
    });
  });
});

describe('the other variables', () => {
  test('of a signal win over those of all signals', () => {
    const { target } = targetOf({
      OTEL_EXPORTER_OTLP_COMPRESSION: 'none',
      OTEL_EXPORTER_OTLP_TRACES_COMPRESSION: 'GZIP',
      OTEL_EXPORTER_OTLP_TIMEOUT: '1',
      OTEL_EXPORTER_OTLP_TRACES_TIMEOUT: '2',
      OTEL_EXPORTER_OTLP_ENDPOINT: 'https://collector:4318',
      OTEL_EXPORTER_OTLP_CERTIFICATE: '/ca',
      OTEL_EXPORTER_OTLP_TRACES_CERTIFICATE: '/own-ca',
      OTEL_EXPORTER_OTLP_CLIENT_CERTIFICATE: '/cert',
      OTEL_EXPORTER_OTLP_CLIENT_KEY: '/key',
      OTEL_EXPORTER_OTLP_TRACES_PROTOCOL: 'http/json',
      OTEL_EXPORTER_OTLP_PROTOCOL: 'grpc',
    });
    expect(target).toMatchObject({
      compression: 'gzip',
      timeoutMillis: 2,
      tls: { ca: '/own-ca', cert: '/cert', key: '/key' },
      protocol: 'http/json',
    });
  });

  test.each([
    ['OTEL_EXPORTER_OTLP_PROTOCOL', 'http', 'http/protobuf, http/json, grpc', { protocol: 'http/protobuf' }],
    ['OTEL_EXPORTER_OTLP_COMPRESSION', 'zstd', 'none, gzip', { compression: 'none' }],
    ['OTEL_EXPORTER_OTLP_TIMEOUT', '10s', 'an integer from 1', { timeoutMillis: 10_000 }],
    ['OTEL_EXPORTER_OTLP_TIMEOUT', '0', 'an integer from 1', { timeoutMillis: 10_000 }],
    ['OTEL_EXPORTER_OTLP_TIMEOUT', '-5', 'an integer from 1', { timeoutMillis: 10_000 }],
    ['OTEL_EXPORTER_OTLP_TRACES_TIMEOUT', '1e99', 'an integer from 1', { timeoutMillis: 10_000 }],
  ])('%s=%s costs one warning, and the default stays', (name, value, accepts, expected) => {
    const { target, said } = targetOf({ [name]: value });
    expect(target).toMatchObject(expected);
    expect(said).toEqual([[name, expect.stringContaining(accepts)]]);
  });
});

describe('a proxy of the environment', () => {
  test.each<[string, Record<string, string>, string | undefined]>([
    ['https://c', { HTTPS_PROXY: 'http://p:3128' }, 'http://p:3128/'],
    ['https://c', { HTTPS_PROXY: 'http://p', https_proxy: 'q:1' }, 'http://q:1/'],
    ['https://c', { HTTP_PROXY: 'http://p' }, undefined],
    ['http://c', { HTTP_PROXY: 'http://p' }, 'http://p/'],
    ['http://localhost:4318', { HTTP_PROXY: 'http://p' }, undefined],
    ['http://127.0.0.1:4318', { HTTP_PROXY: 'http://p' }, undefined],
    ['http://[::1]:4318', { HTTP_PROXY: 'http://p' }, undefined],
    ['http://c', { HTTP_PROXY: 'http://p', NO_PROXY: '*' }, undefined],
    ['http://c', { HTTP_PROXY: 'http://p', NO_PROXY: 'a, c' }, undefined],
    ['http://x.c.d', { HTTP_PROXY: 'http://p', NO_PROXY: '.C.d' }, undefined],
    ['http://x.c.d', { HTTP_PROXY: 'http://p', no_proxy: '*.c.d' }, undefined],
    ['http://xc.d', { HTTP_PROXY: 'http://p', NO_PROXY: 'c.d' }, 'http://p/'],
    ['http://c:4318', { HTTP_PROXY: 'http://p', NO_PROXY: 'c:4318' }, undefined],
    ['http://c:4318', { HTTP_PROXY: 'http://p', NO_PROXY: 'c:80' }, 'http://p/'],
    ['http://10.1.2.3', { HTTP_PROXY: 'http://p', NO_PROXY: '10.0.0.0/8' }, undefined],
    ['http://11.1.2.3', { HTTP_PROXY: 'http://p', NO_PROXY: '10.0.0.0/8' }, 'http://p/'],
    ['http://[fd00::1]', { HTTP_PROXY: 'http://p', NO_PROXY: 'fd00::1' }, undefined],
    ['http://[fd00::1]', { HTTP_PROXY: 'http://p', NO_PROXY: 'fd00::/8' }, undefined],
    ['http://10.1.2.3', { HTTP_PROXY: 'http://p', NO_PROXY: '10.0.0.0/99' }, 'http://p/'],
  ])('%s with %j: %s', (endpoint, env, proxy) => {
    const { target, said } = targetOf(env, { endpoint });
    expect([target?.proxy?.href, said]).toEqual([proxy, []]);
  });

  test('that cannot be used is told without its text', () => {
    const { target, said } = targetOf({ HTTP_PROXY: 'socks5://u:hunter2@p' }, { endpoint: 'http://c' });
    expect(target?.proxy).toBeUndefined();
    expect(said).toEqual([
      ['HTTP_PROXY', 'HTTP_PROXY must be an http or https URL of a proxy; it is not used.'],
    ]);
  });

  test('stands back behind an agent of the host, and behind its proxyEnv', () => {
    const env = { HTTP_PROXY: 'http://p' };
    const endpoint = 'http://c';
    const proxyOf = (httpAgentOptions: object) =>
      targetOf(env, { endpoint, httpAgentOptions }).target?.proxy?.href;
    expect(proxyOf({ addRequest() {} })).toBeUndefined();
    expect(proxyOf(() => undefined)).toBeUndefined();
    expect(proxyOf({ proxyEnv: { HTTP_PROXY: 'http://q' } })).toBe('http://q/');
    expect(proxyOf({ keepAlive: true })).toBe('http://p/');
  });
});

test.each<[string, OtlpSettings, string]>([
  [
    'an agent of HTTP/1.1 beside gRPC',
    { protocol: 'grpc', httpAgentOptions: () => new Agent() },
    'cannot carry gRPC',
  ],
  ['a dispatcher of undici', { httpAgentOptions: { dispatch() {} } as object }, 'undici'],
])('%s is told, and not used', (_, settings, why) => {
  const { target, said } = targetOf({}, settings);
  expect(target?.agentOptions).toBeUndefined();
  expect(said).toEqual([['otlp.httpAgentOptions', expect.stringContaining(why)]]);
});
