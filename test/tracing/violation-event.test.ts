import { trace, type Span } from '@opentelemetry/api';
import { KernelMetrics } from '../../src/instruments/index.js';
import { recording } from '../instruments/support.js';
import { tracing, withContextManager } from './support.js';

withContextManager();

const about = { agentId: 'support-1', action: 'read_file' };
const violation = { ...about, policy: 'files' };

function kernelOn() {
  const { instruments, collect } = recording();
  return { kernel: new KernelMetrics(instruments), collect };
}

test('a recorded violation is an event on the active span, with its reason in full', async () => {
  const { tracer, only } = tracing();
  const { kernel, collect } = kernelOn();
  const reason = 'The agent asked for /etc/passwd, which is outside of its workspace.';
  await tracer.execute(about, async () => {
    await Promise.resolve();
    kernel.recordViolation({ ...violation, severity: 'critical', reason });
    kernel.recordViolation(violation);
  });
  const common = { 'agent.id': 'support-1', 'agent_os.action': 'read_file', 'agent_os.policy': 'files' };
  expect(only('kernel.execute').events.map(({ name, attributes }) => [name, attributes])).toEqual([
    ['agent_os.violation', { ...common, 'agent_os.severity': 'critical', 'agent_os.reason': reason }],
    ['agent_os.violation', { ...common, 'agent_os.severity': 'high' }],
  ]);
  expect(only('kernel.execute').status.code).toBe(0);
  expect((await collect()).total('agent_os_violations_total')).toBe(2);
});

test('without a span, or with one that does not record, it is only counted', async () => {
  const { tracer, ended } = tracing({ sampler: { shouldSample: () => ({ decision: 0 }) } });
  const { kernel, collect } = kernelOn();
  kernel.recordViolation(violation);
  tracer.execute(about, () => kernel.recordViolation(violation));
  expect(ended()).toEqual([]);
  expect((await collect()).total('agent_os_violations_total')).toBe(2);
});

test('a span that refuses the event costs neither the count nor the host', async () => {
  const { kernel, collect } = kernelOn();
  const refuse = () => {
    throw new Error('refused');
  };
  const span = { isRecording: () => true, addEvent: refuse } as unknown as Span;
  jest.spyOn(trace, 'getActiveSpan').mockReturnValue(span);
  expect(() => kernel.recordViolation(violation)).not.toThrow();
  expect((await collect()).total('agent_os_violations_total')).toBe(1);
});
