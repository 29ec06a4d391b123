import { metrics } from '@opentelemetry/api';
import { KernelMetrics } from '../../src/instruments/index.js';
import { flushAtProcessEnd } from '../../src/pipeline/process-end.js';
import { fakeClock } from '../support/clock.js';
import { stockProvider } from '../instruments/support.js';
import { observed } from './support.js';

// A violation waits five seconds for recordBlocked, and one of the last five seconds before the end was neither blocked
// nor unblocked: it was lost.

jest.mock('../../src/pipeline/process-end.js', () => ({ flushAtProcessEnd: jest.fn(() => () => {}) }));

const UNBLOCKED = 'agent_os_violations_unblocked_total';
const agentId = 'support-1';
const violation = { agentId, action: 'read_file', policy: 'files' };
const clock = fakeClock(1_000_000);

afterEach(() => metrics.disable());

test('shutdown counts what waits, before the last values are read', async () => {
  const { meterProvider, collect } = stockProvider();
  const obs = observed({ meterProvider, clock: clock.now });
  obs.kernel.recordViolation(violation);
  obs.kernel.recordViolation({ ...violation, action: 'send_mail' });
  obs.kernel.recordBlocked({ agentId, action: 'send_mail' });
  clock.advance(4999);
  const ended = obs.shutdown();
  const labels = { agent_id: agentId, action: 'read_file', policy: 'files', severity: 'high' };
  const found = await collect();
  expect(found.find(UNBLOCKED, labels)).toBe(1);
  expect(found.total(UNBLOCKED)).toBe(1);
  await ended;
  await obs.shutdown();
  expect((await collect()).total(UNBLOCKED)).toBe(1);
});

test('the last page of the native pipeline has it', async () => {
  const obs = observed({ clock: clock.now });
  obs.kernel.recordViolation(violation);
  await obs.shutdown();
  expect(await obs.export()).toMatch(new RegExp(`^${UNBLOCKED}\\{.*action="read_file".*\\} 1$`, 'm'));
});

test('a process that is about to end counts it in its last flush', async () => {
  const { meterProvider, collect } = stockProvider();
  const obs = observed({ meterProvider, clock: clock.now, signalHandlers: true });
  obs.kernel.recordViolation(violation);
  jest.mocked(flushAtProcessEnd).mock.lastCall?.[0].leaving();
  expect((await collect()).total(UNBLOCKED)).toBe(1);
});

test('one that was recorded before there was an SDK is counted too, and stopped by whoever records later', async () => {
  const early = new KernelMetrics();
  early.recordViolation(violation);
  early.recordViolation(violation);
  const { meterProvider, collect } = stockProvider();
  metrics.setGlobalMeterProvider(meterProvider);
  const obs = observed({ meterProvider });
  obs.kernel.recordBlocked({ agentId, action: 'read_file' });
  await obs.shutdown();
  expect((await collect()).total(UNBLOCKED)).toBe(1);
});
