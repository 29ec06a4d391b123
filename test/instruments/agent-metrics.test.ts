import { AgentMetrics } from '../../src/instruments/index.js';
import { recording } from './support.js';

function agentOn() {
  const recorded = recording();
  return { ...recorded, agent: new AgentMetrics(recorded.instruments) };
}
const duration = 'agent_os_agent_execution_duration_seconds';

test('recordLlmCall and recordError count by agent', async () => {
  const { agent, collect } = agentOn();
  agent.recordLlmCall({ agentId: 'a', model: 'gpt-4o' });
  agent.recordLlmCall({ agentId: 'a', model: 'gpt-4o' });
  agent.recordError({ agentId: 'a', errorType: 'TypeError' });
  const found = await collect();
  expect(found.find('agent_os_agent_llm_calls_total', { agent_id: 'a', model: 'gpt-4o' })).toBe(2);
  expect(found.find('agent_os_agent_errors_total', { agent_id: 'a', error_type: 'TypeError' })).toBe(1);
});

test('recordLlmUsage records tokens each way, by the names of the convention', async () => {
  const { agent, collect } = agentOn();
  agent.recordLlmUsage({ model: 'm', inputTokens: 800, outputTokens: 60 });
  agent.recordLlmUsage({ model: 'm', operation: 'embeddings', provider: 'openai', inputTokens: 0 });
  const { descriptor, dataPoints } = (await collect()).metric('gen_ai.client.token.usage')!;
  expect(descriptor.unit).toBe('{token}');
  const known = { 'gen_ai.request.model': 'm', 'gen_ai.response.model': 'unknown' };
  const chat = { ...known, 'gen_ai.operation.name': 'chat', 'gen_ai.provider.name': 'unknown' };
  expect(dataPoints.map(({ attributes, value }) => [attributes, (value as { sum: number }).sum])).toEqual([
    [{ ...chat, 'gen_ai.token.type': 'input' }, 800],
    [{ ...chat, 'gen_ai.token.type': 'output' }, 60],
    [
      {
        ...known,
        'gen_ai.operation.name': 'embeddings',
        'gen_ai.provider.name': 'openai',
        'gen_ai.token.type': 'input',
      },
      0,
    ],
  ]);
});

test('recordExecution records seconds by status alone', async () => {
  const { agent, collect } = agentOn();
  agent.recordExecution({ status: 'denied', durationSeconds: 3 });
  expect((await collect()).points(duration).map(({ labels }) => labels)).toEqual([{ status: 'denied' }]);
});

test('execution times a run that returns, and gives back what it returned', async () => {
  const { agent, collect, clock } = agentOn();
  const answer = {};
  const given = agent.execution('a', () => {
    clock.advance(2500);
    return answer;
  });
  expect(given).toBe(answer);
  const found = await collect();
  expect(found.timed(duration, { status: 'success' })).toEqual({ count: 1, sum: 2.5 });
  expect(found.points('agent_os_agent_errors_total')).toEqual([]);
});

test('execution times a run that throws, counts it by type, and throws the very same', async () => {
  const { agent, collect } = agentOn();
  const error = new SyntaxError('x');
  expect(() =>
    agent.execution('a', () => {
      throw error;
    }),
  ).toThrow(error);
  const found = await collect();
  expect(found.timed(duration, { status: 'error' })!.count).toBe(1);
  expect(found.find('agent_os_agent_errors_total', { agent_id: 'a', error_type: 'SyntaxError' })).toBe(1);
});

test('execution follows a promise, timed until it settles', async () => {
  const { agent, collect, clock } = agentOn();
  const error = new Error('x');
  const rejecting = (async () => {
    await Promise.resolve();
    clock.advance(61_000);
    throw error;
  })();
  const given = agent.execution('a', () => rejecting);
  await expect(given).rejects.toBe(error);
  expect(await agent.execution('a', async () => 42)).toBe(42);
  const found = await collect();
  expect(found.timed(duration, { status: 'error' })).toEqual({ count: 1, sum: 61 });
  expect(found.timed(duration, { status: 'success' })!.count).toBe(1);
  expect(found.find('agent_os_agent_errors_total', { agent_id: 'a', error_type: 'Error' })).toBe(1);
});
