import {
  AgentMeshClient,
  GenericFrameworkAdapter,
  type FrameworkInvocation,
} from '@microsoft/agent-governance-sdk';
import { bench, withContextManager } from './support.js';

withContextManager();

type Handler<T> = (() => T | Promise<T>) & { approved?: boolean };
const client = () => AgentMeshClient.create('a', { policyRules: [{ action: '*', effect: 'allow' }] });
const INVOCATION = { name: 'search', action: 'search' };

test('an adapter that overrides run gets the handler itself', async () => {
  const known = new WeakSet<object>();
  class Careful extends GenericFrameworkAdapter {
    override async run<T>(invocation: FrameworkInvocation, handler: Handler<T>) {
      if (handler.approved !== true || !known.has(handler)) throw new Error('not approved');
      return super.run(invocation, handler);
    }
  }
  const b = bench();
  const adapter = new Careful(client());
  b.governance.instrumentAdapter(adapter);
  const handler = Object.assign(() => 'found', { approved: true });
  known.add(handler);
  await expect(adapter.run(INVOCATION, handler)).resolves.toMatchObject({ output: 'found' });
  expect(await b.total('agent_os_execution_duration_seconds')).toBe(1);
});

test('what the handler of such an adapter throws is an error of unknown type', async () => {
  class Plain extends GenericFrameworkAdapter {
    override run<T>(invocation: FrameworkInvocation, handler: Handler<T>) {
      return super.run(invocation, handler);
    }
  }
  const b = bench();
  const adapter = new Plain(client());
  b.governance.instrumentAdapter(adapter);
  await adapter.run(INVOCATION, () => {
    throw new RangeError('boom');
  });
  expect((await b.series('agent_os_agent_errors_total'))[0]?.labels.error_type).toBe('unknown');
});

test('a handler that the SDK’s own run calls is called once, as it would be', async () => {
  const b = bench();
  const adapter = new GenericFrameworkAdapter(client());
  b.governance.instrumentAdapter(adapter);
  const handler = jest.fn(() => 'found');
  await adapter.run(INVOCATION, handler);
  expect(handler.mock.calls).toEqual([[]]);
});
