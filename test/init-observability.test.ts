import {
  context,
  createContextKey,
  createNoopMeter,
  diag,
  metrics,
  propagation,
  trace,
} from '@opentelemetry/api';
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks';
import { MeterProvider } from '@opentelemetry/sdk-metrics';
import { BasicTracerProvider } from '@opentelemetry/sdk-trace-base';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import {
  initObservability,
  ObservabilityError,
  type Observability,
  type ObservabilityOptions,
} from '../src/index.js';
import { TypedGauge } from '../src/instruments/typed-gauge.js';
import { parseExposition } from '../src/testing/parse-exposition.js';
import { sampleValue, seriesOf } from '../src/testing/samples.js';
import { startOtlpReceiver } from './support/otlp-receiver.js';

const QUIET = { serviceName: 'kernel', prometheus: { port: 0 }, otlp: false, diagnostics: 'none' } as const;

describe('initObservability', () => {
  const handles = new Set<Observability>();
  const init = (options: ObservabilityOptions = {}): Observability => {
    const obs = initObservability({ ...QUIET, ...options });
    handles.add(obs);
    return obs;
  };
  const errorOf = (options: unknown): ObservabilityError => {
    try {
      handles.add(initObservability(options as ObservabilityOptions));
    } catch (error) {
      return error as ObservabilityError;
    }
    throw new Error('initObservability took the options');
  };
  /** What the SDK says, heard by a diag logger of the host. */
  const listen = (): string[] => {
    const said: string[] = [];
    const log = (message: string): void => void said.push(message);
    diag.setLogger({ error: log, warn: log, info: () => {}, debug: () => {}, verbose: () => {} });
    return said;
  };
  const environment = { ...process.env };

  afterEach(async () => {
    await Promise.all([...handles].map((obs) => obs.shutdown()));
    handles.clear();
    process.env = { ...environment };
    for (const api of [metrics, trace, context, propagation, diag]) api.disable();
  });

  describe('options', () => {
    it('names every bad one at once, with what is accepted', () => {
      const error = errorOf({ serviceName: '', prometheus: { port: 99999 }, otlp: { endpoint: 'nope' } });
      expect(error).toBeInstanceOf(ObservabilityError);
      expect(error.code).toBe('AOO_INVALID_OPTIONS');
      expect(error.problems.map(({ path, code }) => [path, code])).toEqual([
        ['serviceName', 'type'],
        ['prometheus.port', 'range'],
        ['otlp.endpoint', 'format'],
      ]);
      expect(error.message).toContain(
        'prometheus.port: received 99999; accepted is an integer from 0 to 65535',
      );
    });

    it.each([
      ['no name at all', {}, 'serviceName'],
      ['no object', 7, 'options'],
      ['an unknown option', { serviceName: 'a', prometeus: {} }, 'prometeus'],
      [
        'an unknown nested option',
        { serviceName: 'a', metrics: { cardinalityLimits: { agent: 1 } } },
        'metrics.cardinalityLimits.agent',
      ],
      ['a section that is no object', { serviceName: 'a', traces: 1 }, 'traces'],
      ['a switched section that is no object', { serviceName: 'a', otlp: 'http://x' }, 'otlp'],
      ['a path without slash', { serviceName: 'a', prometheus: { path: 'metrics' } }, 'prometheus.path'],
      ['a host that is none', { serviceName: 'a', prometheus: { host: 'a b' } }, 'prometheus.host'],
      ['a server that is none', { serviceName: 'a', prometheus: { server: {} } }, 'prometheus.server'],
      ['headers of numbers', { serviceName: 'a', otlp: { headers: { key: 1 } } }, 'otlp.headers'],
      ['an unknown compression', { serviceName: 'a', otlp: { compression: 'br' } }, 'otlp.compression'],
      ['an agent that is none', { serviceName: 'a', otlp: { httpAgentOptions: 1 } }, 'otlp.httpAgentOptions'],
      ['a URL of spaces', { serviceName: 'a', otlp: { endpoint: 'http://a b' } }, 'otlp.endpoint'],
      [
        'processors that are none',
        { serviceName: 'a', traces: { spanProcessors: [{}] } },
        'traces.spanProcessors[0]',
      ],
      ['a flag that is text', { serviceName: 'a', signalHandlers: 'yes' }, 'signalHandlers'],
      ['a provider that is none', { serviceName: 'a', meterProvider: {} }, 'meterProvider'],
      ['a clock that is none', { serviceName: 'a', clock: 5 }, 'clock'],
      ['a resource that is none', { serviceName: 'a', resource: [] }, 'resource'],
      ['a level that is none', { serviceName: 'a', diagnostics: Symbol('loud') }, 'diagnostics'],
      [
        'a page of ours beside own meters',
        { serviceName: 'a', meterProvider: new MeterProvider(), prometheus: {} },
        'prometheus',
      ],
      [
        'a push of ours beside own meters',
        { serviceName: 'a', meterProvider: new MeterProvider(), metrics: { otlp: true } },
        'metrics.otlp',
      ],
      ['a push without OTLP', { serviceName: 'a', otlp: false, metrics: { otlp: true } }, 'metrics.otlp'],
      ['propagators that are functions', { serviceName: 'a', propagators: [() => {}] }, 'propagators[0]'],
    ])('refuses %s', (_, options, path) => {
      expect(errorOf(options).problems.map((problem) => problem.path)).toEqual([path]);
    });

    it('never shows a secret', () => {
      const error = errorOf({
        serviceName: 'a',
        otlp: { headers: 'token=s3cret', endpoint: 'ftp://me:s3cret@x/' },
      });
      expect(error.problems).toHaveLength(2);
      expect(error.message).not.toContain('s3cret');
    });

    it('shortens long values', () => {
      expect(errorOf({ serviceName: 'a', otlp: { endpoint: 'x'.repeat(1000) } }).message.length).toBeLessThan(
        300,
      );
    });
  });

  describe('environment', () => {
    it('gives the name where the option does not, and the option wins', async () => {
      process.env['OTEL_SERVICE_NAME'] = 'from-env';
      const { serviceName: _, ...nameless } = QUIET;
      const obs = initObservability(nameless);
      handles.add(obs);
      expect(await obs.export()).toContain('service_name="from-env"');
      await obs.shutdown();
      expect(await init().export()).toContain('service_name="kernel"');
    });

    it('warns of a bad value once and keeps the default', async () => {
      process.env['OTEL_EXPORTER_PROMETHEUS_PORT'] = 'ninety';
      const said = listen();
      init({ diagnostics: 'warn' });
      expect(said).toEqual([expect.stringContaining('OTEL_EXPORTER_PROMETHEUS_PORT="ninety" is not used')]);
    });

    it('switches endpoint and push by OTEL_METRICS_EXPORTER', async () => {
      process.env['OTEL_METRICS_EXPORTER'] = 'none';
      const obs = initObservability({ serviceName: 'kernel', otlp: false, diagnostics: 'none' });
      handles.add(obs);
      expect(await obs.ready).toEqual({});
    });

    it('disables everything by OTEL_SDK_DISABLED, and every call still works', async () => {
      process.env['OTEL_SDK_DISABLED'] = 'true';
      const obs = init();
      obs.kernel.recordKernelCrash();
      expect(obs.kernel.policyCheck('p', () => true)).toBe(true);
      expect(obs.tracer.execute({ agentId: 'a', action: 'x' }, () => 3)).toBe(3);
      expect(await obs.ready).toEqual({});
      expect(await obs.export()).toBe('# Observability is disabled by OTEL_SDK_DISABLED.\n');
      expect(obs.contentType()).toContain('0.0.4');
      expect((await obs.metricsHandler({ method: 'GET', headers: {} })).status).toBe(200);
      await obs.forceFlush();
      await obs.shutdown();
      expect(metrics.getMeter('x')).toBe(createNoopMeter());
    });

    it('takes resource attributes, under the options', async () => {
      process.env['OTEL_RESOURCE_ATTRIBUTES'] = 'team=soc,service.version=0';
      const text = await init({
        serviceVersion: '1.4.0',
        environment: 'production',
        resource: { region: 'eu' },
      }).export();
      expect(seriesOf(parseExposition(text), 'target_info')[0]?.labels).toMatchObject({
        service_version: '1.4.0',
        deployment_environment_name: 'production',
        team: 'soc',
        region: 'eu',
      });
    });
  });

  describe('the endpoint', () => {
    it('listens on loopback alone, on a real free port', async () => {
      const { metricsUrl } = await init().ready;
      expect(metricsUrl).toMatch(/^http:\/\/127\.0\.0\.1:[1-9]\d*\/metrics$/);
      const response = await fetch(metricsUrl!);
      expect(response.status).toBe(200);
      expect(response.headers.get('content-type')).toBe('text/plain; version=0.0.4; charset=utf-8');
      const second = parseExposition(await (await fetch(metricsUrl!)).text());
      expect(sampleValue(second, 'agent_os_telemetry_scrape_duration_seconds_count')).toBe(1);
    });

    it('names host and port when the port is taken, and goes on recording', async () => {
      const other = createServer().listen(0, '127.0.0.1');
      await new Promise((resolve) => other.once('listening', resolve));
      const { port } = other.address() as AddressInfo;
      const obs = init({ prometheus: { port } });
      await expect(obs.ready).rejects.toMatchObject({
        code: 'AOO_LISTEN_FAILED',
        message: expect.stringContaining(`port ${port}`),
      });
      obs.kernel.recordKernelCrash();
      expect(sampleValue(parseExposition(await obs.export()), 'agent_os_kernel_crashes_total')).toBe(1);
      other.close();
    });

    it("is answered on the host's own server when one is given", async () => {
      const server = createServer((_, response) => response.end('mine')).listen(0, '127.0.0.1');
      await new Promise((resolve) => server.once('listening', resolve));
      const { port } = server.address() as AddressInfo;
      const obs = init({ prometheus: { server, unauthenticated: true } });
      await obs.ready;
      expect(await (await fetch(`http://127.0.0.1:${port}/metrics`)).text()).toContain(
        'agent_os_kernel_info',
      );
      expect(await (await fetch(`http://127.0.0.1:${port}/`)).text()).toBe('mine');
      await obs.shutdown();
      expect(server.listening).toBe(true);
      server.close();
    });

    it('answers 503 and a coded error when a collection fails', async () => {
      const obs = init();
      jest
        .spyOn(TypedGauge.prototype as unknown as { collect(): unknown }, 'collect')
        .mockImplementation(() => {
          throw new Error('gone');
        });
      expect((await obs.metricsHandler({ method: 'GET', headers: {} })).status).toBe(503);
      await expect(obs.export()).rejects.toMatchObject({ code: 'AOO_COLLECTION_FAILED' });
    });

    it('answers 503 by a handler that has ended, which says so', async () => {
      const obs = init();
      await obs.shutdown();
      const { status, headers, body } = await obs.metricsHandler({ method: 'GET', headers: {} });
      expect([status, body]).toEqual([503, 'observability has ended: shutdown() was called\n']);
      expect(headers['Content-Type']).toContain('text/plain');
    });

    it('is gone after shutdown, which may be called twice', async () => {
      const obs = init();
      const { metricsUrl } = await obs.ready;
      expect(obs.shutdown()).toBe(obs.shutdown());
      await obs.shutdown();
      await expect(fetch(metricsUrl!)).rejects.toThrow();
    });
  });

  describe('global registration', () => {
    it("puts the host's own meters on the page, traces in context, and takes all back", async () => {
      const obs = init();
      metrics.getMeter('x').createCounter('my_total').add(1);
      expect(sampleValue(parseExposition(await obs.export()), 'my_total')).toBe(1);
      trace.getTracer('x').startActiveSpan('outer', (outer) => {
        const carrier: Record<string, string> = {};
        propagation.inject(context.active(), carrier);
        expect(carrier['traceparent']).toContain(outer.spanContext().traceId);
        outer.end();
      });
      await obs.shutdown();
      expect(metrics.getMeter('x')).toBe(createNoopMeter());
      expect(propagation.fields()).toEqual([]);
    });

    it("leaves a host's MeterProvider and says how to pass it in", async () => {
      const meters = new MeterProvider();
      metrics.setGlobalMeterProvider(meters);
      const said = listen();
      const obs = init({ diagnostics: 'warn' });
      expect(metrics.getMeterProvider()).toBe(meters);
      expect(said.join('\n')).toContain('initObservability({ meterProvider: metrics.getMeterProvider() })');
      obs.kernel.recordKernelCrash();
      expect(sampleValue(parseExposition(await obs.export()), 'agent_os_kernel_crashes_total')).toBe(1);
      await obs.shutdown();
      expect(metrics.getMeterProvider()).toBe(meters);
    });

    it('records into providers that are passed in, and starts nothing of its own for them', async () => {
      const meterProvider = new MeterProvider();
      const tracerProvider = new BasicTracerProvider();
      const obs = init({ meterProvider, tracerProvider, prometheus: false });
      expect(obs.meterProvider).toBe(meterProvider);
      expect(obs.tracerProvider).toBe(tracerProvider);
      expect(await obs.ready).toEqual({});
      expect(await obs.export()).toMatch(/^# The metrics are in the MeterProvider/);
      expect(obs.contentType()).toContain('0.0.4');
      await obs.forceFlush();
    });

    it("keeps a host's context manager", () => {
      const manager = new AsyncLocalStorageContextManager().enable();
      context.setGlobalContextManager(manager);
      init();
      const key = createContextKey('k');
      manager.with(manager.active().setValue(key, 1), () => expect(context.active().getValue(key)).toBe(1));
    });

    it('registers nothing when told so', () => {
      init({ registerGlobally: false });
      expect(metrics.getMeter('x')).toBe(createNoopMeter());
    });

    it('registers no propagator when told so', () => {
      process.env['OTEL_PROPAGATORS'] = 'none';
      init();
      expect(propagation.fields()).toEqual([]);
    });
  });

  describe('a second call', () => {
    it('gives the same handle for the same options', () => {
      const obs = init({ resource: { a: [1, 2] } });
      expect(init({ resource: { a: [1, 2] } })).toBe(obs);
    });

    it('is a clear error for others, and never a second server', () => {
      init();
      expect(errorOf({ ...QUIET, serviceName: 'another' }).code).toBe('AOO_ALREADY_INITIALIZED');
    });

    it('starts anew after shutdown', async () => {
      const first = init();
      await first.shutdown();
      const second = init();
      expect(second).not.toBe(first);
      expect((await second.ready).metricsUrl).toBeDefined();
    });
  });

  describe('delivery by OTLP', () => {
    it('delivers a batch in flight before forceFlush resolves', async () => {
      const receiver = await startOtlpReceiver({ respond: () => ({ status: 200, delayMs: 50 }) });
      const obs = init({
        otlp: { endpoint: receiver.url, compression: 'gzip', headers: { key: 'v' } },
        traces: { maxExportBatchSize: 10 },
      });
      for (let i = 0; i < 10; i++) obs.tracer.execute({ agentId: 'a', action: 'x' }, () => {});
      await obs.forceFlush();
      expect(receiver.spans).toHaveLength(10);
      expect(receiver.requests[0]).toMatchObject({ encoding: 'gzip', headers: { key: 'v' } });
      await obs.shutdown();
      await receiver.close();
    });

    it('shows every span of the contract, nested, in what a receiver decodes', async () => {
      const receiver = await startOtlpReceiver();
      const obs = init({ otlp: { endpoint: `${receiver.url}/` }, serviceVersion: '1.4.0' });
      await obs.tracer.execute({ agentId: 'a', action: 'x' }, async () => {
        obs.tracer.policyCheck({ agentId: 'a', action: 'x', policies: ['p'], decision: 'deny' }, () => {
          obs.kernel.recordViolation({ agentId: 'a', action: 'x', policy: 'p', reason: 'because' });
          obs.tracer.violation({ agentId: 'a', action: 'x', policy: 'p' });
        });
        await Promise.resolve();
        obs.tracer.signal({ agentId: 'a', signal: 'SIGKILL', reason: 'because' });
      });
      await obs.shutdown();
      const byName = new Map(receiver.spans.map((span) => [span.name, span]));
      const execute = byName.get('kernel.execute')!;
      const check = byName.get('kernel.policy_check')!;
      expect(check.parentSpanId).toBe(execute.spanId);
      expect(byName.get('kernel.violation')!.parentSpanId).toBe(check.spanId);
      expect(byName.get('kernel.signal')!.parentSpanId).toBe(execute.spanId);
      expect(check.attributes).toMatchObject({
        'agent.id': 'a',
        'agent_os.policies': ['p'],
        'agent_os.decision': 'deny',
      });
      expect(check.events).toMatchObject([
        { name: 'agent_os.violation', attributes: { 'agent_os.reason': 'because' } },
      ]);
      expect(execute.resource).toMatchObject({ 'service.name': 'kernel', 'service.version': '1.4.0' });
      expect(execute.status.code).toBe('unset');
      await receiver.close();
    });

    it('pushes metrics when asked, under the names of the page', async () => {
      const receiver = await startOtlpReceiver();
      const obs = init({ otlp: { endpoint: receiver.url }, metrics: { otlp: true } });
      obs.kernel.recordRequest({ action: 'x', status: 'success' });
      await obs.forceFlush();
      const metric = await receiver.waitForMetric('agent_os_requests_total');
      expect(metric.points[0]).toMatchObject({ value: 1, attributes: { action: 'x', status: 'success' } });
      const pushed = new Set(receiver.metrics.map(({ name }) => name));
      const shown = parseExposition(await obs.export()).map(({ name }) => name);
      expect([...pushed].filter((name) => !shown.includes(name))).toEqual([]);
      await obs.shutdown();
      await receiver.close();
    });

    it('says once that totals could not be pushed, which the next push brings', async () => {
      const receiver = await startOtlpReceiver({ respond: () => ({ status: 400 }) });
      const said = listen();
      const obs = init({ otlp: { endpoint: receiver.url }, metrics: { otlp: true }, diagnostics: 'warn' });
      await obs.forceFlush();
      await obs.forceFlush();
      const text = await obs.export();
      const lost = { signal: 'metrics', reason: 'export_failed' };
      expect(sampleValue(parseExposition(text), 'agent_os_telemetry_dropped_total', lost)).toBeUndefined();
      expect(said.filter((line) => String(line).includes('they go with the next push'))).toHaveLength(1);
      await obs.shutdown();
      await receiver.close();
    });

    it('ends within its deadline when the collector holds every answer, and shows the loss on the last page', async () => {
      const receiver = await startOtlpReceiver({
        respond: () => ({ status: 503, headers: { 'Retry-After': '1' } }),
      });
      const obs = init({
        otlp: { endpoint: receiver.url, timeoutMillis: 1500 },
        shutdownTimeoutMillis: 200,
      });
      for (let i = 0; i < 7; i++) obs.tracer.execute({ agentId: 'a', action: 'x' }, () => {});
      await obs.shutdown();
      const families = parseExposition(await obs.export());
      const reasons = seriesOf(families, 'agent_os_telemetry_dropped_total').filter(({ value }) => value > 0);
      expect(reasons.map(({ labels, value }) => [labels['signal'], value])).toEqual([['traces', 7]]);
      await receiver.close();
    });

    it('delivers everything beside a processor of the host that throws and rejects, and frees the process', async () => {
      const receiver = await startOtlpReceiver();
      const fail = (): never => {
        throw new Error('ill');
      };
      const ill = { onStart: fail, onEnd: fail, forceFlush: fail, shutdown: fail };
      const obs = init({ otlp: { endpoint: receiver.url }, traces: { spanProcessors: [ill] } });
      for (let i = 0; i < 5; i++) obs.tracer.execute({ agentId: 'a', action: 'x' }, () => {});
      await obs.shutdown();
      expect(receiver.spans).toHaveLength(5);
      expect(init()).not.toBe(obs);
      await receiver.close();
    });

    it('counts spans that end after shutdown', async () => {
      const receiver = await startOtlpReceiver();
      const obs = init({ otlp: { endpoint: receiver.url } });
      const late = obs.tracer.startSpan('late');
      const said = listen();
      await obs.shutdown();
      late.end();
      expect(said.join()).toContain('a span ended after shutdown');
      await receiver.close();
    });

    it('turns the self-metrics off when told so', async () => {
      const text = await init({ metrics: { selfMetrics: false } }).export();
      expect(text).not.toContain('agent_os_telemetry');
    });
  });

  it('keeps the memory and the totals right over 100 000 agents, with one overflow series and one warning', async () => {
    const said = listen();
    const obs = init({ diagnostics: 'warn' });
    for (let i = 0; i < 100_000; i++) obs.kernel.recordBlocked({ agentId: `agent-${i}`, action: 'x' });
    const series = seriesOf(parseExposition(await obs.export()), 'agent_os_violations_blocked_total');
    expect(series).toHaveLength(1001);
    expect(series.filter(({ labels }) => labels['agent_id'] === '__overflow__')).toMatchObject([
      { value: 99_000 },
    ]);
    expect(series.reduce((sum, { value }) => sum + value, 0)).toBe(100_000);
    expect(said.filter((line) => String(line).includes('__overflow__'))).toEqual([
      expect.stringContaining(
        'agent_os_violations_blocked_total: label agent_id reached its limit of 1000 values',
      ),
    ]);
  });
});
