import { diag } from '@opentelemetry/api';
import { logs } from '@opentelemetry/api-logs';
import { InMemoryLogRecordExporter, LoggerProvider, SimpleLogRecordProcessor } from '@opentelemetry/sdk-logs';
import type { ObservabilityOptions } from '../../src/index.js';
import { warnings } from '../instruments/support.js';
import { startOtlpReceiver } from '../support/otlp-receiver.js';
import { observed } from './support.js';

// Here the API is 1.9, which has no Logs API: what is registered is registered by @opentelemetry/api-logs.

afterEach(() => {
  logs.disable();
  diag.disable();
});

function hostSdk() {
  const exporter = new InMemoryLogRecordExporter();
  const provider = new LoggerProvider({ processors: [new SimpleLogRecordProcessor({ exporter })] });
  return { provider, names: () => exporter.getFinishedLogRecords().map(({ eventName }) => eventName) };
}
const GLOBAL: ObservabilityOptions = { registerGlobally: true, diagnostics: 'warn' };
const signal = { signal: 'SIGSTOP', reason: 'quarantine' } as const;

test('they go to the LoggerProvider that the host has registered, which stays, and a line says so', async () => {
  const { provider, names } = hostSdk();
  logs.setGlobalLoggerProvider(provider);
  const said = warnings();
  const obs = observed(GLOBAL);
  obs.kernel.recordSignal(signal);
  expect(names()).toEqual(['agent_os.signal']);
  expect(obs.loggerProvider).toBe(provider);
  expect(said).toEqual([
    'agent-os-observability: your application has registered a LoggerProvider globally: events go to it. Pass it as ' +
      'loggerProvider to say so yourself, or registerGlobally: false for a pipeline of our own.',
  ]);
  await obs.shutdown();
  expect(logs.getLoggerProvider()).toBe(provider);
});

test('a queue among the options does nothing then, and that is said', () => {
  logs.setGlobalLoggerProvider(hostSdk().provider);
  const said = warnings();
  observed({ ...GLOBAL, otlp: { endpoint: 'http://localhost:1' }, events: { maxQueueSize: 5 } });
  expect(said[0]).toContain('events go to it, and events.maxQueueSize does nothing.');
});

test('they go to the one that was passed, and nothing is said or registered', () => {
  const { provider, names } = hostSdk();
  const said = warnings();
  const obs = observed({ ...GLOBAL, loggerProvider: provider, otlp: false });
  obs.events.emit('agent_os.kill', { 'agent.id': 'a' });
  expect(names()).toEqual(['agent_os.kill']);
  expect(said).toEqual([]);
  expect(logs.getLoggerProvider()).not.toBe(provider);
});

test('by registerGlobally: false they have a pipeline of ours, and what is global stays', async () => {
  const { provider, names } = hostSdk();
  logs.setGlobalLoggerProvider(provider);
  const receiver = await startOtlpReceiver();
  const obs = observed({ otlp: { endpoint: receiver.url } });
  obs.kernel.recordSignal(signal);
  await obs.forceFlush();
  expect(receiver.logs.map(({ eventName }) => eventName)).toEqual(['agent_os.signal']);
  expect(names()).toEqual([]);
  await obs.shutdown();
  await receiver.close();
});

test('ours is registered where none is, takes what the host logs, and is taken back', async () => {
  const receiver = await startOtlpReceiver();
  const obs = observed({ ...GLOBAL, otlp: { endpoint: receiver.url } });
  expect(logs.getLoggerProvider()).toBe(obs.loggerProvider);
  logs.getLogger('host', '2').emit({ body: 'hello', attributes: { n: 1 } });
  await obs.forceFlush();
  expect(receiver.logs).toMatchObject([
    { body: 'hello', attributes: { n: 1 }, scope: { name: 'host', version: '2' } },
  ]);
  await obs.shutdown();
  expect(logs.getLoggerProvider()).not.toBe(obs.loggerProvider);
  await receiver.close();
});

test('what is registered by another format of the API gets loggers that take nothing', () => {
  observed(GLOBAL);
  const give = (globalThis as Record<symbol, unknown>)[Symbol.for('io.opentelemetry.js.api.logs')] as (
    format: number,
  ) => { getLogger(): { emit(): void; enabled(): boolean } };
  const logger = give(2).getLogger();
  logger.emit();
  expect(logger.enabled()).toBe(false);
});

test('what the host has registered since is left to it by shutdown()', async () => {
  const obs = observed(GLOBAL);
  logs.disable();
  const { provider } = hostSdk();
  logs.setGlobalLoggerProvider(provider);
  await obs.shutdown();
  expect(logs.getLoggerProvider()).toBe(provider);
});

test('where the host has its own TracerProvider, they are sent only where that is said', async () => {
  const receiver = await startOtlpReceiver();
  const tracerProvider = { getTracer: () => ({}) as never };
  const ended = async (options: ObservabilityOptions): Promise<number> => {
    const obs = observed({ tracerProvider, otlp: undefined, ...options } as ObservabilityOptions);
    obs.kernel.recordSignal(signal);
    await obs.shutdown();
    return receiver.logs.length;
  };
  process.env['OTEL_EXPORTER_OTLP_ENDPOINT'] = receiver.url;
  try {
    expect(await ended({})).toBe(0);
    process.env['OTEL_LOGS_EXPORTER'] = 'otlp';
    expect(await ended({})).toBe(1);
    delete process.env['OTEL_LOGS_EXPORTER'];
    expect(await ended({ otlp: { endpoint: receiver.url } })).toBe(2);
    process.env['OTEL_LOGS_EXPORTER'] = 'none';
    expect(await ended({ otlp: { endpoint: receiver.url } })).toBe(2);
  } finally {
    delete process.env['OTEL_LOGS_EXPORTER'];
    delete process.env['OTEL_EXPORTER_OTLP_ENDPOINT'];
    await receiver.close();
  }
});
