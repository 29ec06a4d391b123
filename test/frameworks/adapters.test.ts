// Each framework's form, with tools of its shape; beside the real packages they are tried by npm run test:foreign.
import { context, ROOT_CONTEXT } from '@opentelemetry/api';
import { governApproval, governTool as aiTool, governTools } from '../../src/frameworks/ai-sdk.js';
import { governMiddleware, governTool as chainTool } from '../../src/frameworks/langchain.js';
import { governTool as mastraTool } from '../../src/frameworks/mastra.js';
import { governClient, governServer, governTool as mcpTool } from '../../src/frameworks/mcp.js';
import { governGuardrail, governTool as agentsTool } from '../../src/frameworks/openai-agents.js';
import type { ToolCall } from '../../src/frameworks/core/policy.js';
import { frameworkBench, thrownBy, ToolDeniedError } from './support.js';

const bench = frameworkBench();
const REQUESTS = 'agent_os_requests_total';

/** By the start of the name of the action. */
const policy = jest.fn(({ action }: ToolCall): unknown => {
  if (action.startsWith('read')) return true;
  if (action.startsWith('pay')) return 'require_approval';
  if (action.startsWith('broken')) throw new Error('engine is down');
  return false;
});
beforeEach(() => policy.mockClear());
const requests = async () =>
  Object.fromEntries(
    Object.entries(await bench.current.counted(REQUESTS)).map(([series, count]) => [
      series.replace(/^.*action=(\w+),status=(\w+)$/, '$1 $2'),
      count,
    ]),
  );
const denied = (action: string) => `The tool ${action} was not run: a policy denies it.`;
const input = { text: 'hello' };

describe('AI SDK', () => {
  const approvedMessages = (approved: boolean) => [
    {
      role: 'assistant',
      content: [{ type: 'tool-approval-request', approvalId: 'a', toolCallId: 'call-1' }],
    },
    { role: 'tool', content: [{ type: 'tool-approval-response', approvalId: 'a', approved }] },
  ];
  const governed = (action: string, more: object = {}, execute: unknown = async () => 'output') =>
    aiTool(bench.current.obs, policy, { execute, ...more } as never, { action }) as unknown as {
      execute: (...args: unknown[]) => unknown;
      needsApproval: (...args: unknown[]) => Promise<boolean>;
    };

  it('asks before it runs, once, and names the agent of the context', async () => {
    const tool = governed('readTicket');
    const given = { toolCallId: 'call-1', messages: [], experimental_context: { agentId: 'support-1' } };
    expect(await tool.needsApproval(input, given)).toBe(false);
    expect(await tool.execute(input, given)).toBe('output');
    expect(policy).toHaveBeenCalledTimes(1);
    expect(policy).toHaveBeenCalledWith({ agentId: 'support-1', action: 'readTicket', input });
    expect(await requests()).toEqual({ 'readTicket success': 1 });
  });

  it('denies by an error, and asks nobody about what is denied', async () => {
    for (const action of ['deleteTicket', 'brokenPolicy']) {
      const tool = governed(action, { needsApproval: true });
      expect(await tool.needsApproval(input, {})).toBe(false);
      expect(await thrownBy(() => tool.execute(input, {}))).toBeInstanceOf(ToolDeniedError);
    }
    expect(await requests()).toEqual({ 'deleteTicket denied': 1, 'brokenPolicy error': 1 });
  });

  it.each([true, () => true])('keeps an approval that the tool wants itself', async (needsApproval) => {
    expect(await governed('readTicket', { needsApproval }).needsApproval(input, {})).toBe(true);
  });

  it('runs what is approved, and only that', async () => {
    const tool = governed('payInvoice');
    expect(await tool.needsApproval(input, {})).toBe(true);
    const given = (approved: boolean) => ({ toolCallId: 'call-1', messages: approvedMessages(approved) });
    expect(await tool.needsApproval(input, given(true))).toBe(true);
    expect(await tool.execute({ ...input }, given(true))).toBe('output');
    expect(await thrownBy(() => tool.execute({ ...input }, given(false)))).toBeInstanceOf(ToolDeniedError);
    const other = { toolCallId: 'call-2', messages: approvedMessages(true) };
    expect(await thrownBy(() => tool.execute({ ...input }, other))).toBeInstanceOf(ToolDeniedError);
  });

  it('takes a stream that only a promise gives by its last value', async () => {
    const values = async function* () {
      yield 1;
      yield 2;
    };
    policy.mockReturnValueOnce(Promise.resolve(true));
    expect(await governed('readLong', {}, () => values()).execute(input, {})).toBe(2);
    policy.mockReturnValueOnce(Promise.resolve(true));
    const got: unknown[] = [];
    for await (const value of governed('readLong', {}, values).execute(input, {}) as AsyncIterable<unknown>)
      got.push(value);
    expect(got).toEqual([1, 2]);
  });

  it('refuses a tool that runs elsewhere', () => {
    const { obs } = bench.current;
    expect(() => governTools(obs, policy, { readTicket: {} })).toThrow('the tool readTicket has no execute');
  });

  it('decides by the hook', async () => {
    const hook = governApproval(bench.current.obs, policy, { agentId: 'support-1' });
    const types = [];
    for (const toolName of ['readTicket', 'payInvoice', 'deleteTicket', 'brokenPolicy'])
      types.push((await hook({ toolCall: { toolName, input } })).type);
    expect(types).toEqual(['not-applicable', 'user-approval', 'denied', 'denied']);
    expect(await requests()).toEqual({ 'deleteTicket denied': 1, 'brokenPolicy error': 1 });
  });
});

describe('@openai/agents', () => {
  const run = (approved?: boolean) => ({ context: { agentId: 'support-1' }, isToolApproved: () => approved });
  const details = { toolCall: { callId: 'call-1' } };
  type Tool = Record<'execute' | 'invoke' | 'needsApproval', (...args: unknown[]) => Promise<unknown>>;
  const made = (name: string, more: object = {}) =>
    agentsTool(bench.current.obs, policy, {
      name,
      invoke: async () => 'output',
      ...more,
    } as never) as unknown as Tool;

  it('asks once, and tells the model what is denied', async () => {
    const about = run();
    const tool = made('readTicket');
    expect(await tool.needsApproval(about, input, 'call-1')).toBe(false);
    expect(await tool.invoke(about, JSON.stringify(input), details)).toBe('output');
    expect(policy).toHaveBeenCalledTimes(1);
    expect(await made('deleteTicket').invoke(about, 'no JSON', details)).toBe(denied('deleteTicket'));
    expect(policy).toHaveBeenLastCalledWith({
      agentId: 'support-1',
      action: 'deleteTicket',
      input: 'no JSON',
    });
    expect(await made('brokenPolicy').needsApproval(about, input, 'call-1')).toBe(false);
    expect(await made('deleteTicket').needsApproval(about, input)).toBe(false);
    expect(await made('readTicket', { needsApproval: () => true }).needsApproval(about, input)).toBe(true);
  });

  it('takes the options of a tool, whose errors are seen then', async () => {
    const execute = async () => {
      throw new RangeError('no such record');
    };
    const tool = agentsTool(bench.current.obs, policy, { name: 'readTicket', execute }) as unknown as Tool;
    await expect(tool.execute(input, run(), details)).rejects.toThrow(RangeError);
    expect(await requests()).toEqual({ 'readTicket error': 1 });
  });

  it('runs what is approved', async () => {
    const tool = made('payInvoice');
    expect(await tool.needsApproval(run(), input, 'call-1')).toBe(true);
    expect(await tool.needsApproval(run(true), input, 'call-1')).toBe(true);
    expect(await tool.invoke(run(true), '{}', details)).toBe('output');
    expect(await requests()).toEqual({ 'payInvoice success': 1 });
  });

  it('decides by the guardrail', async () => {
    const guardrail = governGuardrail(bench.current.obs, policy);
    const behaviors = [];
    for (const name of ['readTicket', 'deleteTicket', 'brokenPolicy']) {
      const toolCall = { name, callId: 'call-1', arguments: '{}' };
      behaviors.push((await guardrail.run({ context: {}, agent: { name: 'desk' }, toolCall })).behavior);
    }
    expect(behaviors).toEqual([
      { type: 'allow' },
      { type: 'rejectContent', message: denied('deleteTicket') },
      { type: 'rejectContent', message: 'The tool brokenPolicy was not run: its policy could not be asked.' },
    ]);
    expect(policy).toHaveBeenCalledWith({ agentId: 'desk', action: 'readTicket', input: {} });
  });
});

describe('LangChain', () => {
  class FakeTool {
    constructor(
      readonly name: string,
      readonly responseFormat = 'content',
    ) {}
    async invoke(args: { type?: string }, config?: unknown) {
      const output = await this._call(args, undefined, config);
      const content = Array.isArray(output) ? output[0] : output;
      return args.type === 'tool_call' ? { type: 'tool', content, lc_kwargs: {} } : content;
    }
    async _call(..._: unknown[]): Promise<unknown> {
      if (this.name === 'readBroken') throw new RangeError('no such record');
      return this.responseFormat === 'content' ? 'output' : ['output', { whole: true }];
    }
  }
  const governed = (name: string, format?: string) =>
    chainTool(bench.current.obs, policy, new FakeTool(name, format));
  const call = { type: 'tool_call' };
  const refusal = (name: string) => ({
    type: 'tool',
    content: denied(name),
    status: 'error',
    lc_kwargs: { status: 'error' },
  });

  it('answers a model by a message, and throws to a host', async () => {
    const config = { configurable: { agent_id: 'support-1' } };
    expect(await governed('readTicket').invoke({}, config)).toBe('output');
    expect(policy).toHaveBeenCalledWith(expect.objectContaining({ agentId: 'support-1' }));
    expect(await governed('deleteTicket').invoke(call)).toEqual(refusal('deleteTicket'));
    expect(await governed('deleteTicket', 'content_and_artifact').invoke(call)).toEqual(
      refusal('deleteTicket'),
    );
    expect(await thrownBy(() => governed('deleteTicket').invoke({}))).toBeInstanceOf(ToolDeniedError);
    expect(await thrownBy(() => governed('readBroken').invoke({}))).toBeInstanceOf(RangeError);
    expect(governed('readTicket')).toBeInstanceOf(FakeTool);
  });

  it('governs by a middleware', async () => {
    const { wrapToolCall } = governMiddleware(bench.current.obs, policy);
    const handler = async (request: { tool?: FakeTool }) => ({
      type: 'tool',
      content: await (request.tool ?? new FakeTool('readTicket')).invoke({}),
    });
    const asked = (name: string) => ({ toolCall: { name, args: input } });
    expect(await wrapToolCall(asked('readTicket'), handler)).toMatchObject({ content: 'output' });
    expect(await wrapToolCall(asked('deleteTicket'), handler)).toMatchObject({
      content: denied('deleteTicket'),
      status: 'error',
    });
    const broken = () => Promise.reject(new RangeError('no such record'));
    expect(await thrownBy(() => wrapToolCall(asked('readTicket'), broken))).toBeInstanceOf(RangeError);
  });

  it('asks whoever approves, and lets what he throws pass', async () => {
    const { obs } = bench.current;
    const answers = [true, false];
    const tool = chainTool(obs, policy, new FakeTool('payInvoice'), {
      approve: () => answers.shift() === true,
    });
    expect(await tool.invoke({})).toBe('output');
    expect(await thrownBy(() => tool.invoke({}))).toMatchObject({ denial: { reason: 'not_approved' } });
    const approve = () => {
      throw new Error('interrupted');
    };
    const interrupted = chainTool(obs, policy, new FakeTool('payInvoice'), { approve });
    expect(await thrownBy(() => interrupted.invoke({}))).toEqual(new Error('interrupted'));
    const failing = chainTool(obs, policy, new FakeTool('brokenPolicy'), { approve });
    expect(await thrownBy(() => failing.invoke({}))).toMatchObject({ denial: { reason: 'policy_failed' } });
    expect(await chainTool(obs, policy, new FakeTool('readTicket'), { approve }).invoke({})).toBe('output');
  });

  it.each([true, false])(
    'counts a question once, however often a graph comes back to it; answer: %p',
    async (answer) => {
      const { obs, counted } = bench.current;
      const interruption = new Error('interrupted');
      const answers: (() => boolean)[] = [
        () => {
          throw interruption;
        },
        () => {
          throw interruption;
        },
        () => answer,
      ];
      const config = { configurable: { thread_id: 'thread' }, toolCall: { id: `call-${answer}` } };
      const approve = () => answers.shift()!();
      const run = () => chainTool(obs, policy, new FakeTool('payInvoice'), { approve }).invoke({}, config);
      policy.mockClear();
      for (let times = 0; times < 2; times++) expect(await thrownBy(run)).toBe(interruption);
      if (answer) expect(await run()).toBe('output');
      else expect(await thrownBy(run)).toMatchObject({ denial: { reason: 'not_approved' } });
      expect(policy).toHaveBeenCalledTimes(answer ? 2 : 1);
      expect(await counted('agent_os_approvals_requested_total', 'agent_os_approvals_total')).toEqual({
        'agent_os_approvals_requested_total policy=tool_policy': 1,
        [`agent_os_approvals_total approver=human,outcome=${answer ? 'approved' : 'denied'}`]: 1,
      });
    },
  );
});

describe('Mastra', () => {
  const ofAgent = { agent: { agentId: 'support-1', toolCallId: 'call-1' } };
  const governed = (id: string, more: object = {}) =>
    mastraTool(bench.current.obs, policy, {
      id,
      execute: async () => 'output',
      ...more,
    } as never) as unknown as {
      execute: (...args: unknown[]) => Promise<unknown>;
      requireApproval: (...args: unknown[]) => Promise<boolean>;
    };

  it('throws what is denied, and names the agent', async () => {
    expect(await governed('readTicket').execute(input, ofAgent)).toBe('output');
    expect(policy).toHaveBeenCalledWith(expect.objectContaining({ agentId: 'support-1' }));
    expect(await thrownBy(() => governed('deleteTicket').execute(input, ofAgent))).toBeInstanceOf(
      ToolDeniedError,
    );
  });

  it('waits for an approval, which only an agent brings', async () => {
    expect(await governed('payInvoice').requireApproval(input)).toBe(true);
    expect(await governed('deleteTicket').requireApproval(input)).toBe(false);
    expect(await governed('brokenPolicy').requireApproval(input)).toBe(false);
    expect(await governed('readTicket').requireApproval(input)).toBe(false);
    for (const requireApproval of [true, () => true])
      expect(await governed('readTicket', { requireApproval }).requireApproval(input)).toBe(true);
    expect(await governed('payInvoice').execute(input, ofAgent)).toBe('output');
    expect(await governed('payInvoice').execute(input, { toolCallId: 'call-1', messages: [] })).toBe(
      'output',
    );
    expect(await thrownBy(() => governed('payInvoice').execute(input))).toBeInstanceOf(ToolDeniedError);
  });
});

describe('MCP', () => {
  type Handler = (...args: unknown[]) => unknown;
  class FakeServer {
    readonly handlers = new Map<string, Handler>();
    registerTool(name: string, _: object, handler: Handler) {
      this.handlers.set(name, handler);
      return {
        update: ({ callback }: { callback?: Handler }) => callback && this.handlers.set(name, callback),
      };
    }
    async callTool({ name, arguments: given }: { name: string; arguments?: object }) {
      return this.handlers.get(name)?.(given ?? {}, { http: { authInfo: { clientId: 'client-1' } } });
    }
  }
  const text = (said: string) => ({ content: [{ type: 'text', text: said }] });
  const refusal = { isError: true, ...text(denied('deleteTicket')) };

  it('governs what is registered on a server, and what is registered in its place', async () => {
    const server = governServer(bench.current.obs, policy, new FakeServer());
    server.registerTool('readTicket', {}, async () => text('open'));
    server.registerTool('readMissing', {}, async () => ({ ...text('not found'), isError: true }));
    const registered = server.registerTool('deleteTicket', {}, async () => text('deleted'));
    expect(await server.callTool({ name: 'readTicket' })).toEqual(text('open'));
    expect(await server.callTool({ name: 'readMissing' })).toMatchObject({ isError: true });
    expect(await server.callTool({ name: 'deleteTicket' })).toEqual(refusal);
    registered.update({ callback: async () => text('deleted all the same') });
    registered.update({});
    expect(await server.callTool({ name: 'deleteTicket' })).toEqual(refusal);
    expect(policy).toHaveBeenCalledWith(expect.objectContaining({ agentId: 'client-1' }));
    expect(await requests()).toEqual({
      'readTicket success': 1,
      'readMissing error': 1,
      'deleteTicket denied': 2,
    });
  });

  it('governs one handler, which keeps how many arguments it takes', async () => {
    const { obs } = bench.current;
    const handler = mcpTool(obs, policy, async (_: object) => text('open'), { action: 'readTicket' });
    expect(handler).toHaveLength(1);
    expect(await handler({ authInfo: { clientId: 'client-2' } })).toEqual(text('open'));
    expect(policy).toHaveBeenCalledWith({ agentId: 'client-2', action: 'readTicket', input: {} });
    const broken = async () => {
      throw new RangeError('no such record');
    };
    await expect(mcpTool(obs, policy, broken, { action: 'readTicket' })()).rejects.toThrow(RangeError);
    const hostile = Object.defineProperty({}, 'authInfo', {
      get() {
        throw new Error('not to be read');
      },
    });
    expect(await handler(hostile)).toEqual(text('open'));
  });

  it('sends what is allowed, and nothing else', async () => {
    const server = new FakeServer();
    const deleted = jest.fn();
    server.registerTool('readTicket', {}, async () => text('open'));
    server.registerTool('deleteTicket', {}, deleted);
    const client = governClient(bench.current.obs, policy, server);
    expect(await client.callTool({ name: 'readTicket', arguments: input })).toEqual(text('open'));
    expect(await client.callTool({ name: 'deleteTicket' })).toEqual(refusal);
    expect(deleted).not.toHaveBeenCalled();
  });

  it('goes on with the trace of the client on the server, in whatever process that is', async () => {
    const { obs } = bench.current;
    const handler = mcpTool(obs, policy, async (_: object) => text('open'), { action: 'readTicket' });
    const sent: { _meta?: object }[] = [];
    const callTool = async (params: { name: string; _meta?: object }) => {
      sent.push(params);
      return context.with(ROOT_CONTEXT, () => handler({ _meta: params._meta }));
    };
    const client = governClient(obs, policy, { callTool });
    expect(await client.callTool({ name: 'readTicket' })).toEqual(text('open'));
    const executions = obs.spans().filter(({ name }) => name === 'kernel.execute');
    const [server, caller] = executions;
    expect(server).toMatchObject({ traceId: caller!.traceId, parentSpanId: caller!.spanId });
    expect(sent[0]!._meta).toMatchObject({ traceparent: expect.stringContaining(caller!.spanId) as string });
  });

  it('does without a bus on the handle', async () => {
    const { obs } = bench.current;
    const bare = { ...obs, amb: {} };
    const handler = mcpTool(bare, policy, async (_: object) => text('open'), { action: 'readTicket' });
    expect(await handler({})).toEqual(text('open'));
    const params = { name: 'readTicket' };
    const callTool = jest.fn(async (_: object) => text('open'));
    await governClient(bare, policy, { callTool }).callTool(params);
    expect(callTool).toHaveBeenCalledWith(params);
  });
});
