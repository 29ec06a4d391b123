import { enforcementOf } from '../../src/instruments/index.js';
import { classified } from '../../src/instruments/verdict.js';

test.each<[verdict: unknown, enforced: string]>([
  [true, 'allowed'],
  [false, 'denied'],
  ['allow', 'allowed'],
  ['warn', 'allowed'],
  ['log', 'allowed'],
  ['deny', 'denied'],
  ['DENIED', 'denied'],
  ['Block', 'denied'],
  ['blocked', 'denied'],
  ['reject', 'denied'],
  ['rejected', 'denied'],
  ['review', 'denied'],
  ['require_approval', 'denied'],
  [{ allowed: true }, 'allowed'],
  [{ allowed: false, decision: 'allow' }, 'denied'],
  [{ effectiveDecision: 'deny', decision: 'allow' }, 'denied'],
  [{ effectiveDecision: 'allow', decision: 'deny' }, 'allowed'],
  [{ decision: 'deny' }, 'denied'],
  [{ allowed: undefined, decision: 'deny' }, 'denied'],
  [{ allowed: null, effectiveDecision: 7, decision: 'review' }, 'denied'],
  [{ verdict: 'deny' }, 'allowed'],
  [undefined, 'allowed'],
  [null, 'allowed'],
  [0, 'allowed'],
  [[], 'allowed'],
  [() => false, 'allowed'],
])('the verdict %j is %s', (verdict, enforced) => {
  expect(enforcementOf(verdict)).toBe(enforced);
  expect(classified(verdict, undefined)).toBe(enforced);
});

test('a verdict that refuses to be read is no verdict', () => {
  const refusing = {
    get allowed(): boolean {
      throw new Error('no');
    },
  };
  expect(classified(refusing, undefined)).toBeUndefined();
});
