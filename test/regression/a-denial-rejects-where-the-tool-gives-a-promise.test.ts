// A host that calls a governed tool by `.catch` must not meet an exception in its own stack.
import { governTools } from '../../src/frameworks/ai-sdk.js';
import { governTool as chainTool } from '../../src/frameworks/langchain.js';
import { governTool as mastraTool } from '../../src/frameworks/mastra.js';
import { governClient, governTool as mcpTool } from '../../src/frameworks/mcp.js';
import { governTool as agentsTool } from '../../src/frameworks/openai-agents.js';
import { frameworkBench, ToolDeniedError } from '../frameworks/support.js';

const bench = frameworkBench();
const never = async (): Promise<string> => {
  throw new Error('it was called');
};
const failing = (): never => {
  throw new Error('policy is down');
};

/** What is called, as a host does that has no `try` around it. */
async function rejectionOf(run: () => unknown): Promise<unknown> {
  const promise = run() as Promise<unknown>;
  expect(promise).toBeInstanceOf(Promise);
  return promise.then(
    (value) => value,
    (error: unknown) => error,
  );
}

describe.each([
  ['an async function', never],
  ['a function that gives a promise', () => never()],
])('a tool of the AI SDK whose execute is %s', (_, execute) => {
  test.each([
    ['denies', () => 'deny'],
    ['wants an approval', () => 'require_approval'],
    ['fails', failing],
    ['denies later', async () => 'deny'],
  ])('rejects where the policy %s', async (__, policy) => {
    const { x } = governTools(
      bench.current.obs,
      policy as () => string,
      { x: { execute } },
      { agentId: 'a' },
    );
    const { execute: run } = x as unknown as { execute: (...args: unknown[]) => unknown };
    expect(await rejectionOf(() => run({}, {}))).toBeInstanceOf(ToolDeniedError);
  });

  test('rejects where the message of a denial cannot be made', async () => {
    const { x } = governTools(
      bench.current.obs,
      () => 'deny',
      { x: { execute } },
      {
        message: () => {
          throw new RangeError('no message');
        },
      },
    );
    const { execute: run } = x as unknown as { execute: (...args: unknown[]) => unknown };
    expect(await rejectionOf(() => run({}, {}))).toBeInstanceOf(RangeError);
  });
});

type Run = (...args: unknown[]) => unknown;
const deny = () => 'deny';

test.each<[string, () => unknown]>([
  [
    'LangChain',
    () => {
      const tool = {
        name: 'x',
        _call: never,
        invoke(this: { _call: Run }, input: unknown) {
          return this._call(input);
        },
      };
      return chainTool(bench.current.obs, deny, tool).invoke({});
    },
  ],
  ['Mastra', () => (mastraTool(bench.current.obs, deny, { id: 'x', execute: never }).execute as Run)({})],
  [
    '@openai/agents',
    () => (agentsTool(bench.current.obs, deny, { name: 'x', execute: never }).execute as Run)({}),
  ],
  ['a server of MCP', () => (mcpTool(bench.current.obs, deny, never, { action: 'x' }) as Run)({})],
  [
    'a client of MCP',
    () => (governClient(bench.current.obs, deny, { callTool: never }).callTool as Run)({ name: 'x' }),
  ],
  [
    'a client of MCP without parameters',
    () => (governClient(bench.current.obs, deny, { callTool: never }).callTool as Run)(),
  ],
])('a denial throws nothing in %s', async (_, run) => {
  await rejectionOf(run);
});
