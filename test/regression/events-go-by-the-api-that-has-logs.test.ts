import * as api from '@opentelemetry/api';
import { logs as apiLogs } from '@opentelemetry/api-logs';
import type { HostLoggerProvider, LogRecord } from '../../src/common/host-types.js';
import { KernelMetrics, type ObservabilityOptions } from '../../src/index.js';
import { createTestObservability } from '../../src/testing/index.js';
import { observed } from './support.js';

// Here the API is 1.10, which has a Logs API of its own.
jest.mock('@opentelemetry/api', () => jest.requireActual('opentelemetry-api-1.10'));

interface LogsApi {
  setGlobalLoggerProvider(provider: object): boolean;
  getLoggerProvider(): HostLoggerProvider;
  getLogger(name: string): { emit(record: LogRecord): void; enabled(): boolean };
  disable(): void;
}
const { logs } = api as unknown as { logs: LogsApi };
const GLOBAL: ObservabilityOptions = { registerGlobally: true };

afterEach(() => {
  logs.disable();
  apiLogs.disable();
});

function host() {
  const names: unknown[] = [];
  const logger = { emit: ({ eventName }: LogRecord) => void names.push(eventName), enabled: () => true };
  return { names, provider: { getLogger: () => logger } };
}

test('the API that is tested is 1.10', () => {
  expect(typeof logs.setGlobalLoggerProvider).toBe('function');
});

test.each([
  ['the API', logs],
  ['@opentelemetry/api-logs', apiLogs as unknown as LogsApi],
])('events go to what the host has registered by %s, and it stays', async (_, registry) => {
  const { names, provider } = host();
  registry.setGlobalLoggerProvider(provider);
  const obs = observed(GLOBAL);
  obs.kernel.recordSignal({ signal: 'SIGSTOP', reason: 'quarantine' });
  expect(names).toEqual(['agent_os.signal']);
  await obs.shutdown();
  expect(registry.getLoggerProvider()).toBe(provider);
});

test('ours is registered by both where none is, for loggers made before too, and is taken back', async () => {
  const early = logs.getLogger('early');
  expect(early.enabled()).toBe(false);
  const obs = observed({ ...GLOBAL, otlp: { endpoint: 'http://127.0.0.1:1', timeoutMillis: 1 } });
  expect(logs.getLoggerProvider()).toBe(obs.loggerProvider);
  expect(apiLogs.getLoggerProvider()).toBe(obs.loggerProvider);
  expect(early.enabled()).toBe(true);
  await obs.shutdown();
  expect(logs.getLoggerProvider()).not.toBe(obs.loggerProvider);
  expect(apiLogs.getLoggerProvider()).not.toBe(obs.loggerProvider);
});

test('what the host has registered since is left to it by shutdown()', async () => {
  const obs = observed(GLOBAL);
  logs.disable();
  const { provider } = host();
  logs.setGlobalLoggerProvider(provider);
  await obs.shutdown();
  expect(logs.getLoggerProvider()).toBe(provider);
});

test('a metric class that stands alone emits into what is registered', () => {
  const { names, provider } = host();
  const kernel = new KernelMetrics();
  logs.setGlobalLoggerProvider(provider);
  kernel.recordViolation({ agentId: 'a', action: 'x', policy: 'p' });
  expect(names).toEqual(['agent_os.violation']);
});

test('a test handle registers no LoggerProvider', async () => {
  const obs = createTestObservability();
  expect(logs.getLoggerProvider()).not.toBe(obs.loggerProvider);
  await obs.shutdown();
});
