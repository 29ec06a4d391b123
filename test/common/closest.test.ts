import { closest, suggestion } from '../../src/common/closest.js';

const KEYS = ['agentId', 'action', 'policy', 'severity', 'durationSeconds'] as const;

test.each([
  ['agent', 'agentId'],
  ['agent_id', 'agentId'],
  ['AgentID', 'agentId'],
  ['acton', 'action'],
  ['severty', 'severity'],
  ['duration', 'durationSeconds'],
  ['zzz', undefined],
  ['', undefined],
  ['x'.repeat(100_000), undefined],
])('%p may have been meant as %p', (given, near) => {
  expect(closest(given, KEYS)).toBe(near);
});

test('a suggestion is part of a sentence, or nothing', () => {
  expect(suggestion('polcy', KEYS)).toBe(', did you mean policy?');
  expect(suggestion('zzz', KEYS)).toBe('');
});
