import { diag, DiagLogLevel, type DiagLogger } from '@opentelemetry/api';
import { WarnOnce } from '../../src/diagnostics/drop-log.js';

const silent: DiagLogger = { error() {}, warn() {}, info() {}, debug() {}, verbose() {} };

function listenTo(warn: DiagLogger['warn']): void {
  diag.setLogger({ ...silent, warn }, { logLevel: DiagLogLevel.WARN, suppressOverrideMessage: true });
}

afterEach(() => diag.disable());

test('a cause is warned about once, whatever the message', () => {
  const lines: string[] = [];
  listenTo((line) => lines.push(line));
  const diagnostics = new WarnOnce();
  diagnostics.warnOnce('a', 'first.');
  diagnostics.warnOnce('a', 'second.');
  diagnostics.warnOnce('b', 'third.');
  expect(lines).toEqual(['agent-os-observability: first.', 'agent-os-observability: third.']);
});

test('each owner has causes of its own', () => {
  const lines: string[] = [];
  listenTo((line) => lines.push(line));
  new WarnOnce().warnOnce('a', 'first.');
  new WarnOnce().warnOnce('a', 'second.');
  expect(lines).toHaveLength(2);
});

test('causes are remembered up to 1000: neither memory nor the log grows with hostile input', () => {
  const lines: string[] = [];
  listenTo((line) => lines.push(line));
  const diagnostics = new WarnOnce();
  for (let i = 0; i < 5000; i++) diagnostics.warnOnce(`cause ${i}`, 'x');
  expect(lines).toHaveLength(1000);
});

test('a logger that throws is not the caller’s trouble', () => {
  listenTo(() => {
    throw new Error('the log is full');
  });
  expect(() => new WarnOnce().warnOnce('a', 'x')).not.toThrow();
});

test('without a logger nothing is said and nothing fails', () => {
  expect(() => new WarnOnce().warnOnce('a', 'x')).not.toThrow();
});
