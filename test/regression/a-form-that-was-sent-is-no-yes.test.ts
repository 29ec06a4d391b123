import { governTool } from '../../src/frameworks/mcp.js';
import { enforcementOf } from '../../src/instruments/index.js';
import { createTestObservability } from '../../src/testing/index.js';

// MCP's elicitation answers `accept` where the form was sent, whatever is in it. A form that said no was read as allowed,
// and the tool ran.

class Form {
  get confirm(): boolean {
    return false;
  }
}
const hostile = Object.defineProperty({}, 'approved', {
  enumerable: true,
  get() {
    throw new Error('not to be read');
  },
});

const FORMS: Record<string, [content: unknown, enforced: string][]> = {
  'says no': [
    [{ approved: false }, 'denied'],
    [{ confirm: false }, 'denied'],
    [{ confirm: false, comment: 'go on' }, 'denied'],
    [{ approved: true, sure: false }, 'denied'],
    [{ choice: 'no' }, 'denied'],
    [{ choice: 'DENY' }, 'denied'],
    [{ approved: true, choice: 'reject' }, 'denied'],
    [{ denied: true }, 'denied'],
    [{ choices: ['deny'] }, 'denied'],
    ['no', 'denied'],
    [false, 'denied'],
  ],
  'says yes': [
    [{ approved: true }, 'allowed'],
    [{ confirm: true }, 'allowed'],
    [{ choice: 'approve' }, 'allowed'],
    [{ approved: true, comment: 'go on' }, 'allowed'],
    [{}, 'allowed'],
    [undefined, 'allowed'],
    [null, 'allowed'],
  ],
  'says neither': [
    [{ comment: 'rather not' }, 'unknown'],
    [{ remember: true, answer: 'rather not' }, 'unknown'],
    [{ count: 0 }, 'unknown'],
    [{ confirm: null }, 'unknown'],
    [Object.fromEntries(Array.from({ length: 200 }, (_, n) => [n, true])), 'unknown'],
    [new Form(), 'unknown'],
    [new Map([['confirm', false]]), 'unknown'],
    [hostile, 'unknown'],
  ],
};

describe.each(Object.entries(FORMS))('a form that %s', (_, forms) => {
  test.each(forms)(
    '%#: is read by what is in it, and runs only where it says yes',
    async (content, enforced) => {
      for (const action of ['accept', 'Accept']) {
        expect(enforcementOf({ action, content })).toBe(enforced);
        expect(enforcementOf({ content, action })).toBe(enforced);
        expect(enforcementOf({ result: { action, content } })).toBe(enforced);
      }
      const obs = createTestObservability();
      const ran = jest.fn(async (_given: object) => ({ content: [] }));
      const answer = async () => ({ action: 'accept', content }) as never;
      await governTool(obs, answer, ran, { action: 'pay' })({});
      expect(ran).toHaveBeenCalledTimes(enforced === 'allowed' ? 1 : 0);
      await obs.shutdown();
    },
  );

  test.each(forms)('%#: is none beside another word', (content) => {
    expect(enforcementOf({ action: 'decline', content })).toBe('denied');
    expect(enforcementOf({ action: 'cancel', content })).not.toBe('allowed');
  });
});

test('a form that says nothing yet does not outweigh what denies beside it', () => {
  expect(enforcementOf({ action: 'accept', content: { approved: true }, status: 'denied' })).toBe('denied');
  expect(enforcementOf({ action: 'accept', content: { approved: false }, allowed: true })).not.toBe(
    'allowed',
  );
});
