import { KernelMetrics } from '../../src/instruments/index.js';
import { recording, warnings } from './support.js';

const UNEVALUATED = 'agent_os_policy_unevaluated_total';

function kernelWith() {
  const { meterProvider, clock, collect } = recording();
  return { kernel: new KernelMetrics({ meterProvider, clock: clock.now }), collect };
}
/** What was counted of the policy `p`. */
async function unevaluated(collect: ReturnType<typeof kernelWith>['collect']) {
  return (await collect())
    .points(UNEVALUATED)
    .filter(({ labels }) => labels['policy'] === 'p')
    .map(({ labels, value }) => `${labels['provenance']} ${labels['enforced']} ${value}`);
}

test.each<[answer: unknown, counted: string[]]>([
  [true, []],
  [{ allowed: true }, []],
  [{ decision: 'maybe' }, []],
  [{ type: 'failure', errors: ['x'] }, []],
  [{ allowed: true, failOpen: true }, ['backend_error allowed 1']],
  [{ allowed: true, fallback: true }, ['backend_error allowed 1']],
  [{ allowed: false, fallback: true }, ['backend_error denied 1']],
  [{ score: 1, failOpen: true }, ['backend_error unknown 1']],
  [{ allowed: true, error: 'down' }, ['backend_error unknown 1']],
  [{ allowed: true, error: 'request timed out' }, ['timeout unknown 1']],
  [{ allowed: true, fromCache: true }, ['cached allowed 1']],
  [{ allowed: false, rateLimited: true }, ['rate_limited denied 1']],
  ['throttled', ['rate_limited denied 1']],
])('a check that answers %j counts %j', async (answer, counted) => {
  const { kernel, collect } = kernelWith();
  const check = () => answer as boolean;
  expect(kernel.policyCheck('p', check)).toBe(answer);
  expect(await unevaluated(collect)).toEqual(counted);
});

test('an allow made up after a failure is one also where the host reads the answer itself', async () => {
  const { kernel, collect } = kernelWith();
  kernel.policyCheck('p', () => ({ score: 1, failOpen: true }), { classify: () => 'allowed' });
  kernel.policyCheck('p', () => ({ allowed: true, failOpen: true }), { classify: () => 'allowed' });
  kernel.policyCheck('p', () => ({ score: 1 }), { classify: () => 'allowed' });
  kernel.policyCheck('p', () => ({ allowed: true, error: 'x' }), { classify: () => 'allowed' });
  expect(await unevaluated(collect)).toEqual(['backend_error allowed 3']);
});

describe('a check that throws', () => {
  const failing = (error: unknown) => () => {
    throw error;
  };
  const timeout = Object.assign(new Error('aborted'), { name: 'TimeoutError' });
  const unreadable = {
    get message() {
      throw new Error('no');
    },
  };

  test.each([
    ['allowed', new Error('down'), 'backend_error allowed 1'],
    ['denied', new Error('down'), 'backend_error denied 1'],
    ['allowed', timeout, 'timeout allowed 1'],
    ['allowed', 'ETIMEDOUT', 'timeout allowed 1'],
    ['allowed', undefined, 'backend_error allowed 1'],
    ['allowed', unreadable, 'backend_error allowed 1'],
  ] as const)('and whose host takes it as %s counts as that', async (onError, error, counted) => {
    const { kernel, collect } = kernelWith();
    let thrown: unknown = 'nothing';
    try {
      kernel.policyCheck('p', failing(error), { onError });
    } catch (caught) {
      thrown = caught;
    }
    expect(thrown).toBe(error);
    expect(await unevaluated(collect)).toEqual([counted]);
    expect((await collect()).total('agent_os_policy_evaluation_errors_total')).toBe(1);
  });

  test('counts as an error alone where the host does not say', async () => {
    const { kernel, collect } = kernelWith();
    expect(() => kernel.policyCheck('p', failing(new Error('down')))).toThrow('down');
    await expect(kernel.policyCheck('p', () => Promise.reject<boolean>(new Error('x')))).rejects.toThrow('x');
    expect(await unevaluated(collect)).toEqual([]);
  });
});

test('a verdict recorded by hand says how it came about', async () => {
  const { kernel, collect } = kernelWith();
  const said = warnings();
  kernel.recordDecision({ policy: 'p', decision: 'allow', enforced: 'allowed', provenance: 'backend_error' });
  kernel.recordDecision({ policy: 'p', decision: 'allow', enforced: 'allowed', provenance: 'evaluated' });
  kernel.recordDecision({ policy: 'p', decision: 'allow', enforced: 'allowed' });
  kernel.recordPolicyCheck({ policy: 'p', result: 'denied', durationSeconds: 0.1, provenance: 'default' });
  kernel.recordPolicyCheck({ policy: 'p', result: 'error', durationSeconds: 0.1, provenance: 'timeout' });
  kernel.recordPolicyCheck({ policy: 'p', result: 'unknown', durationSeconds: 0.1, provenance: 'unknown' });
  expect(await unevaluated(collect)).toEqual([
    'backend_error allowed 1',
    'default denied 1',
    'timeout unknown 1',
  ]);
  expect(said).toEqual([]);
});
