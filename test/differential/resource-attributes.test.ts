import { envDetector } from '@opentelemetry/resources';
import fc from 'fast-check';
import { parseResourceAttributes } from '../../src/common/resource-attributes.js';

fc.configureGlobal({ seed: 20_261_128, numRuns: 2000 }); // the same texts in every run

const VARIABLE = 'OTEL_RESOURCE_ATTRIBUTES';
const before = process.env[VARIABLE];
afterAll(() => {
  if (before === undefined) delete process.env[VARIABLE];
  else process.env[VARIABLE] = before;
});

/** What the official detector makes of it: nothing, where it cannot read it. */
function official(text: string): unknown {
  process.env[VARIABLE] = text;
  return envDetector.detect().attributes;
}

const word = fc.oneof(
  { weight: 6, arbitrary: fc.stringMatching(/^[a-z.]{1,8}$/) },
  { weight: 2, arbitrary: fc.string({ unit: 'grapheme', maxLength: 6 }).map(encodeURIComponent) },
  { weight: 1, arbitrary: fc.constantFrom('', ' ', ' a ', '%', '%zz', '%2C', '%3D', '%20', 'a b', '1') },
  { weight: 1, arbitrary: fc.integer({ min: 250, max: 260 }).map((length) => 'x'.repeat(length)) },
);
const pair = fc.oneof(
  { weight: 9, arbitrary: fc.tuple(word, word).map((parts) => parts.join('=')) },
  {
    weight: 1,
    arbitrary: fc.oneof(
      word,
      fc.tuple(word, word, word).map((parts) => parts.join('=')),
    ),
  },
);
// A variable of the environment holds no NUL.
const text = fc.array(pair, { maxLength: 6 }).map((pairs) => pairs.join(','));

test('OTEL_RESOURCE_ATTRIBUTES says what it says to the official detector', () => {
  fc.assert(
    fc.property(text, (given) => expect(parseResourceAttributes(given) ?? {}).toEqual(official(given))),
  );
});

test.each(['=a', 'a', 'a=b=c', 'a=%', 'a=b,c', `a=${'x'.repeat(256)}`])(
  '%p is ignored as a whole',
  (given) => {
    expect(parseResourceAttributes(`first=1,${given}`)).toBeUndefined();
  },
);
