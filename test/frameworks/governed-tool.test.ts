import { ToolGovernor, type GovernOptions } from '../../src/frameworks/core/governed-tool.js';
import type { Policy } from '../../src/frameworks/core/policy.js';
import { frameworkBench, thrownBy, ToolDeniedError } from './support.js';

const bench = frameworkBench();
const ran = jest.fn(() => 'output');
beforeEach(() => ran.mockClear());

const governed = (policy: Policy, options: GovernOptions = {}) => {
  const governor = new ToolGovernor(bench.current.obs, policy, { agentId: 'support-1', ...options });
  return { governor, call: governor.call({ name: 'read_file', input: { path: '/etc/secret' } }) };
};
const run = (policy: Policy, work: () => unknown = ran, options?: GovernOptions) => {
  const { governor, call } = governed(policy, options);
  return governor.run(call, work);
};
const REQUESTS = 'agent_os_requests_total';

it('what is allowed runs, and gives what the tool gives', async () => {
  expect(run(() => true)).toBe('output');
  await expect(run(async () => 'allow')).resolves.toBe('output');
  expect(await bench.current.counted(REQUESTS, 'agent_os_execution_duration_seconds')).toEqual({
    [`${REQUESTS} action=read_file,status=success`]: 2,
    'agent_os_execution_duration_seconds action=read_file,status=success': 2,
  });
});

it.each<[unknown, string, string, string]>([
  [false, 'denied', 'denied', 'a policy denies it.'],
  ['require_approval', 'denied', 'needs_approval', 'it needs an approval.'],
  [undefined, 'unknown', 'undecided', 'no policy decision allows it.'],
  [{}, 'unknown', 'undecided', 'no policy decision allows it.'],
])('%p does not run: %s, %s', async (answer, status, reason, why) => {
  for (const policy of [() => answer, async () => answer]) {
    const error = await thrownBy(() => run(policy));
    expect(error).toBeInstanceOf(ToolDeniedError);
    expect(error).toMatchObject({
      message: `The tool read_file was not run: ${why}`,
      denial: { agentId: 'support-1', action: 'read_file', reason },
    });
  }
  expect(ran).not.toHaveBeenCalled();
  expect(await bench.current.counted(REQUESTS)).toEqual({
    [`${REQUESTS} action=read_file,status=${status}`]: 2,
  });
});

it('a policy that fails lets nothing run, and its error reaches nobody', async () => {
  const fails = () => {
    throw new Error('dsn of the database');
  };
  for (const policy of [fails, async () => fails()]) {
    const error = await thrownBy(() => run(policy));
    expect(error).toMatchObject({ denial: { reason: 'policy_failed' } });
    expect((error as Error).message).not.toContain('dsn');
  }
  expect(ran).not.toHaveBeenCalled();
  expect(await bench.current.counted(REQUESTS, 'agent_os_policy_evaluation_errors_total')).toEqual({
    [`${REQUESTS} action=read_file,status=error`]: 2,
    'agent_os_policy_evaluation_errors_total error_type=Error,policy=tool_policy': 2,
  });
});

it('what the tool throws is thrown on, and an error of the agent', async () => {
  const broken = () => {
    throw new RangeError('no such file');
  };
  for (const work of [broken, async () => broken()])
    expect(await thrownBy(() => run(() => true, work))).toEqual(new RangeError('no such file'));
  expect(await bench.current.counted(REQUESTS, 'agent_os_agent_errors_total')).toEqual({
    [`${REQUESTS} action=read_file,status=error`]: 2,
    'agent_os_agent_errors_total agent_id=support-1,error_type=RangeError': 2,
  });
});

it('the check is inside of the execution, and the tool is beside the check', async () => {
  const { obs, paths } = bench.current;
  await run(
    async () => true,
    () => obs.tracer.execute({ agentId: 'a', action: 'inner' }, () => 'output'),
  );
  expect(paths()).toEqual([
    'kernel.execute',
    'kernel.execute/kernel.execute',
    'kernel.execute/kernel.policy_check',
  ]);
});

it('the execution says that it is a tool call, as tools for models understand it', () => {
  run(() => true);
  const execute = bench.current.obs.spans().find(({ name }) => name === 'kernel.execute');
  expect(execute?.attributes).toMatchObject({
    'gen_ai.operation.name': 'execute_tool',
    'gen_ai.tool.name': 'read_file',
    'gen_ai.agent.id': 'support-1',
  });
});

it('the time until the verdict is the latency of the kernel', async () => {
  run(() => true);
  expect(await bench.current.counted('agent_os_kernel_latency_seconds')).toEqual({
    agent_os_kernel_latency_seconds: 1,
  });
});

it('options name the action, the policy, how grave it is, and what the model is told', async () => {
  const options: GovernOptions = {
    action: 'files.read',
    policyName: 'files',
    severity: 'low',
    message: ({ action, reason }) => `${action}: ${reason}`,
  };
  await expect(thrownBy(() => run(() => false, ran, options))).resolves.toMatchObject({
    message: 'files.read: denied',
  });
  expect(await bench.current.counted('agent_os_violations_total')).toEqual({
    'agent_os_violations_total action=files.read,agent_id=support-1,policy=files,severity=low': 1,
  });
});

it('classify reads an answer of another shape, and what it cannot read does not run', async () => {
  const classify = ((answer: { colour: string }) =>
    answer.colour === 'green' ? 'allowed' : 'denied') as never;
  expect(run(() => ({ colour: 'green' }), ran, { classify })).toBe('output');
  await expect(thrownBy(() => run(() => ({ colour: 'red' }), ran, { classify }))).resolves.toBeInstanceOf(
    ToolDeniedError,
  );
  await expect(thrownBy(() => run(() => undefined, ran, { classify }))).resolves.toMatchObject({
    denial: { reason: 'undecided' },
  });
});

it('nothing of the arguments is recorded', async () => {
  run(() => true);
  await thrownBy(() => run(() => false));
  const { obs } = bench.current;
  const everything = JSON.stringify([await obs.export(), obs.spans(), obs.emittedEvents()]);
  expect(everything).not.toContain('secret');
});

describe('a stream', () => {
  async function* values() {
    yield 1;
    yield 2;
  }
  const read = async (stream: AsyncIterable<unknown>) => {
    const got: unknown[] = [];
    for await (const value of stream) got.push(value);
    return got;
  };
  const streamed = (policy: Policy, work: () => AsyncIterable<unknown> = values) => {
    const { governor, call } = governed(policy);
    return governor.stream(call, work);
  };

  it('is one request, to its end', async () => {
    const stream = streamed(async () => true);
    expect(await bench.current.counted(REQUESTS)).toEqual({});
    expect(await read(stream)).toEqual([1, 2]);
    expect(await bench.current.counted(REQUESTS)).toEqual({
      [`${REQUESTS} action=read_file,status=success`]: 1,
    });
    expect(bench.current.paths()).toEqual(['kernel.execute', 'kernel.execute/kernel.policy_check']);
  });

  it('that a tool gives back is followed too', async () => {
    expect(await read(run(() => true, values) as AsyncIterable<unknown>)).toEqual([1, 2]);
    expect(await bench.current.counted(REQUESTS)).toEqual({
      [`${REQUESTS} action=read_file,status=success`]: 1,
    });
  });

  it('gives nothing where it is not allowed', async () => {
    const work = jest.fn(values);
    await expect(thrownBy(() => read(streamed(() => false, work)))).resolves.toBeInstanceOf(ToolDeniedError);
    const fails = () => Promise.reject(new Error('engine is down'));
    await expect(thrownBy(() => read(streamed(fails, work)))).resolves.toMatchObject({
      denial: { reason: 'policy_failed' },
    });
    expect(work).not.toHaveBeenCalled();
    expect(await bench.current.counted(REQUESTS)).toEqual({
      [`${REQUESTS} action=read_file,status=denied`]: 1,
      [`${REQUESTS} action=read_file,status=error`]: 1,
    });
  });

  it('that fails is an error of the agent', async () => {
    const broken = async function* () {
      yield 1;
      throw new RangeError('cut off');
    };
    await expect(thrownBy(() => read(streamed(() => true, broken)))).resolves.toBeInstanceOf(RangeError);
    expect(await bench.current.counted(REQUESTS, 'agent_os_agent_errors_total')).toEqual({
      [`${REQUESTS} action=read_file,status=error`]: 1,
      'agent_os_agent_errors_total agent_id=support-1,error_type=RangeError': 1,
    });
  });

  it('that is left early had what its reader wanted', async () => {
    for await (const value of streamed(() => true)) {
      expect(value).toBe(1);
      break;
    }
    expect(await bench.current.counted(REQUESTS)).toEqual({
      [`${REQUESTS} action=read_file,status=success`]: 1,
    });
  });
});
