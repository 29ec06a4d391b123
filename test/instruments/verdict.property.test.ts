import fc from 'fast-check';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { enforcementOf, verdictOf } from '../../src/instruments/verdict.js';
import { rounds } from '../support/rounds.js';

fc.configureGlobal({ seed: 20_261_128 }); // the same answers in every run

// However an answer that denies is wrapped, it is never read as one that allows.

const FOLDER = join(__dirname, '../fixtures/verdicts');
const recorded = readdirSync(FOLDER)
  .filter((name) => name.endsWith('.json'))
  .flatMap((name) => {
    const { answers } = JSON.parse(readFileSync(join(FOLDER, name), 'utf8')) as {
      answers: { answer: unknown }[];
    };
    return answers.map(({ answer }) => answer);
  });
const denials = recorded.filter((answer) => enforcementOf(answer) === 'denied');
const allows = recorded.filter((answer) => enforcementOf(answer) === 'allowed');

type Wrap = (answer: unknown) => unknown;
const under =
  (name: string): Wrap =>
  (answer) => ({ [name]: answer });
const INNER = ['result', 'response', 'structuredContent', 'effectivePolicyResult', 'results', 'evaluations'];
/** Leave it where it is looked for. */
const SHOWING: readonly Wrap[] = [
  ...[...INNER, 'decision', 'verdict'].map(under),
  (answer) => [answer],
  (answer) => [true, answer],
  (answer) => ({ status: 'ok', result: answer }),
  (answer) => ({ type: 'success', response: answer, warnings: [] }),
  (answer) => ({ isError: false, content: [], structuredContent: answer }),
  (answer) => (isObject(answer) ? { ...answer, error: new Error('and it failed') } : answer),
  (answer) => (isObject(answer) ? Object.freeze(answer) : answer),
  (answer) => (isObject(answer) ? Object.create(answer) : answer),
  (answer) => (isObject(answer) ? new Proxy(answer, {}) : answer),
];
/** Put it where nobody looks. */
const HIDING: readonly Wrap[] = [
  ...['data', 'body', 'value', 'ok'].map(under),
  (answer) => ({ status: 'ok', code: 200, data: answer }),
];
/** Say that it is allowed, and hold an answer that says otherwise. */
const CONTRADICTING: readonly Wrap[] = [
  ...[...INNER, 'decision'].map((name): Wrap => (answer) => ({ allowed: true, [name]: answer })),
  (answer) => ({ decision: 'allow', response: answer }),
  (answer) => ({ effectiveDecision: 'allow', effectivePolicyResult: answer }),
  (answer) => ({ flagged: false, results: [answer] }),
];

function isObject(answer: unknown): answer is object {
  return typeof answer === 'object' && answer !== null && !Array.isArray(answer);
}

/** The same, where reading the first member throws. */
function throwing(answer: object): object {
  const copy = { ...answer };
  const [first = 'result'] = Object.keys(copy);
  return Object.defineProperty(copy, first, {
    enumerable: true,
    get() {
      throw new Error('no');
    },
  });
}

const several = (...wraps: readonly Wrap[]) => fc.array(fc.constantFrom(...wraps), { maxLength: 5 });
/** An allow beside what nobody reads is an allow: what hides comes last. */
const wrapping = fc
  .tuple(several(...SHOWING, ...CONTRADICTING), several(...SHOWING, ...HIDING))
  .map(([inside, outside]) => [...inside, ...outside]);
const wrapped = (answer: unknown, wraps: readonly Wrap[]): unknown =>
  wraps.reduce((inner, wrap) => wrap(inner), answer);
/** The answer as it is, one whose first member throws when it is read, and one that lists no member, or cannot. */
const ends = fc.constantFrom<Wrap>(
  (answer) => answer,
  (answer) => (isObject(answer) ? throwing(answer) : answer),
  (answer) => (isObject(answer) ? new Proxy(answer, { ownKeys: () => [] }) : answer),
);

test('there is something to wrap', () => {
  expect(denials.length).toBeGreaterThan(30);
  expect(allows.length).toBeGreaterThan(20);
});

test('a denial is never allowed, whatever is around it', () => {
  fc.assert(
    fc.property(fc.constantFrom(...denials), wrapping, ends, (denial, wraps, end) => {
      expect(enforcementOf(end(wrapped(denial, wraps)))).not.toBe('allowed');
    }),
    { numRuns: rounds(6000) },
  );
});

const failure = fc.constantFrom<object>(
  { error: 'the backend is down' },
  { error: new Error('x') },
  { errors: [{ message: 'x' }] },
  { exception: {} },
  { isError: true },
  { timedOut: true },
  { executionFailed: true },
  { status: 'error' },
  { outcome: 'timeout' },
);

test('an allow with an error beside it, or around it, is never allowed', () => {
  const holding = several(...SHOWING, ...HIDING);
  const objects = allows.filter(isObject);
  fc.assert(
    fc.property(fc.constantFrom(...objects), failure, holding, ends, (allow, failed, wraps, end) => {
      expect(enforcementOf(end(wrapped({ ...allow, ...failed }, wraps)))).not.toBe('allowed');
      expect(enforcementOf({ result: allow, ...failed })).not.toBe('allowed');
      expect(enforcementOf({ allowed: true, result: failed })).not.toBe('allowed');
    }),
    { numRuns: rounds(3000) },
  );
});

test('nothing that a host may answer makes reading it throw', () => {
  fc.assert(
    fc.property(fc.anything({ withDate: true, withMap: true, withNullPrototype: true }), (answer) => {
      const { decision, enforced, provenance } = verdictOf(answer);
      expect([typeof decision, typeof enforced, typeof provenance]).toEqual(['string', 'string', 'string']);
      if (enforced === 'allowed') expect(provenance).not.toBe('unknown');
    }),
    { numRuns: rounds(3000) },
  );
});

test('what never ends is read to its bound', () => {
  let reads = 0;
  const endless: object = new Proxy(
    {},
    {
      ownKeys: () => ['results'],
      getOwnPropertyDescriptor: () => ({ enumerable: true, configurable: true }),
      get: () => {
        reads++;
        return Array.from({ length: 100 }, () => endless);
      },
    },
  );
  expect(enforcementOf(endless)).toBe('unknown');
  expect(reads).toBeLessThan(500);
});
