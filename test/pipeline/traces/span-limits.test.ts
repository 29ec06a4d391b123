import { cutText, DEFAULT_SPAN_LIMITS, spanLimits } from '../../../src/pipeline/traces/span-limits.js';

test('the environment sets each limit, the general ones where there is none for spans', () => {
  const env = {
    OTEL_ATTRIBUTE_COUNT_LIMIT: '7',
    OTEL_ATTRIBUTE_VALUE_LENGTH_LIMIT: '100000',
    OTEL_SPAN_ATTRIBUTE_COUNT_LIMIT: ' 3 ',
    OTEL_SPAN_EVENT_COUNT_LIMIT: '0',
    OTEL_SPAN_LINK_COUNT_LIMIT: '2',
    OTEL_EVENT_ATTRIBUTE_COUNT_LIMIT: '4',
  };
  expect(spanLimits(env, fail)).toEqual({
    attributes: 3,
    attributeLength: 100_000,
    events: 0,
    links: 2,
    attributesPerEvent: 4,
    attributesPerLink: 7,
  });
  expect(spanLimits({ OTEL_SPAN_ATTRIBUTE_VALUE_LENGTH_LIMIT: '9' }, fail).attributeLength).toBe(9);
  expect(spanLimits({ OTEL_LINK_ATTRIBUTE_COUNT_LIMIT: '' }, fail)).toEqual(DEFAULT_SPAN_LIMITS);
});

test.each(['-1', '1.5', 'many', 'Infinity', '1e3', '99999999999'])(
  'a count of %s is told and not used',
  (given) => {
    const said: string[] = [];
    const limits = spanLimits(
      { OTEL_SPAN_LINK_COUNT_LIMIT: given },
      (name, message) => void said.push(name, message),
    );
    expect(limits).toEqual(DEFAULT_SPAN_LIMITS);
    const message = `OTEL_SPAN_LINK_COUNT_LIMIT="${given}" is not used; accepted is an integer from 0.`;
    expect(said).toEqual(['OTEL_SPAN_LINK_COUNT_LIMIT', message]);
  },
);

test.each([
  ['abc', 3, 'abc'],
  ['abcd', 3, 'abc'],
  ['ab😀', 3, 'ab'],
  ['ab😀', 4, 'ab😀'],
  ['😀', 1, ''],
])('%s cut at %d is %s', (text, length, cut) => {
  expect(cutText(text, length)).toBe(cut);
});

function fail(): never {
  throw new Error('nothing is to be said');
}
