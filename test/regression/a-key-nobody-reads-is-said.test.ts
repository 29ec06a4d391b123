import {
  AgentMetrics,
  AmbMetrics,
  ApprovalMetrics,
  CmvkMetrics,
  KernelMetrics,
} from '../../src/instruments/index.js';
import {
  AGENT_KEYS,
  AMB_KEYS,
  APPROVAL_KEYS,
  CMVK_KEYS,
  KERNEL_KEYS,
} from '../../src/instruments/call-keys.js';
import { recording, warnings } from '../instruments/support.js';

// JavaScript takes any key: recordViolation({ agent: 'a' }) was counted with agent_id="unknown", and nothing said so.

type Call = (argument: unknown) => void;
/** A method of a recorder on instruments of its own, and what is said. */
function recorder(owner: string, method: string) {
  const said = warnings();
  const { instruments } = recording();
  const classes = { KernelMetrics, AgentMetrics, CmvkMetrics, AmbMetrics, ApprovalMetrics };
  const made = new classes[owner as keyof typeof classes](instruments) as unknown as Record<string, Call>;
  const call: Call =
    method === 'publish' || method === 'deliver'
      ? (argument) => void (made[method] as (a: unknown, b: () => void) => void)(argument, () => {})
      : (argument) => made[method]?.(argument);
  return { said, call };
}

const METHODS = Object.entries({
  KernelMetrics: KERNEL_KEYS,
  AgentMetrics: AGENT_KEYS,
  CmvkMetrics: CMVK_KEYS,
  AmbMetrics: AMB_KEYS,
  ApprovalMetrics: APPROVAL_KEYS,
}).flatMap(([owner, keys]) => Object.keys(keys).map((method): [string, string] => [owner, method]));

test.each(METHODS)('%s.%s says once that it reads no such key', (owner, method) => {
  const { said, call } = recorder(owner, method);
  for (let i = 0; i < 3; i++) call({ zzzzzz: 1 });
  expect(said.filter((line) => line.includes('unknown key'))).toEqual([
    expect.stringContaining(`${owner}.${method}: unknown key zzzzzz, which is not read; its keys are `),
  ]);
});

test.each<[string, string, object, string]>([
  [
    'KernelMetrics',
    'recordViolation',
    { agent: 'a', action: 'x', policy: 'p' },
    'agent, which is not read; did you mean agentId?',
  ],
  [
    'KernelMetrics',
    'recordBlocked',
    { agent_id: 'a', action: 'x' },
    'agent_id, which is not read; did you mean agentId?',
  ],
  [
    'KernelMetrics',
    'recordViolation',
    { agentId: 'a', action: 'x', policy: 'p', severty: 'low' },
    'severty, which is not read; did you mean severity?',
  ],
  [
    'KernelMetrics',
    'recordSignal',
    { signal: 'SIGKILL', reason: 'r', agent: 'a' },
    'agent, which is not read; did you mean agentId?',
  ],
  [
    'KernelMetrics',
    'recordExecution',
    { action: 'x', status: 'success', duration: 1 },
    'duration, which is not read; did you mean durationSeconds?',
  ],
  [
    'AmbMetrics',
    'recordPublished',
    { topic: 't', prio: 'high' },
    'prio, which is not read; did you mean priority?',
  ],
  [
    'CmvkMetrics',
    'recordVerification',
    { result: 'verified', confidence: 1, driftscore: 0, durationSeconds: 1 },
    'driftscore, which is not read; did you mean driftScore?',
  ],
])('%s.%s with %p', (owner, method, argument, expected) => {
  const { said, call } = recorder(owner, method);
  for (let i = 0; i < 3; i++) call(argument);
  expect(said.filter((line) => line.includes('unknown key'))).toEqual([expect.stringContaining(expected)]);
});

test('a call with more than is read is right, as long as nothing is missing', () => {
  const { said, call } = recorder('KernelMetrics', 'recordViolation');
  call({ agentId: 'a', action: 'x', policy: 'p', severity: 'low', reason: 'r', tenant: 't' });
  call({ agentId: 'a', action: 'x', policy: 'p', tenant: 't' });
  expect(said).toEqual([]);
});
