import { optionProblems } from '../../src/options/validation.js';

// A refused endpoint was shown whole: the key in its query went into the log of whoever started the host.

const shown = (endpoint: unknown): string =>
  optionProblems({ serviceName: 'kernel', otlp: { endpoint } }, new Map())[0]!.received;

test.each([
  ['http://collector:4318/?api_key=s3cret', '"http://collector:4318/…"'],
  ['http://collector:4318/v1/traces?api_key=s3cret', '"http://collector:4318/…"'],
  ['https://collector/#s3cret', '"https://collector/…"'],
  ['ftp://me:s3cret@collector:2121/', '"ftp://collector:2121/…"'],
  ['http://me:s3cret@collector/?a=me@s3cret', '"http://collector/…"'],
  ['http://me:s3@cret@collector/ x?', '"http://collector/…"'],
  ['me:s3cret@collector:4318', 'a string with "@" (not shown)'],
  ['http://me:s3/cret@collector:no', 'a string with "@" (not shown)'],
  ['collector?api_key=s3cret', '"collector?…"'],
  ['collector#s3cret', '"collector#…"'],
])('of %s only what is no secret is shown', (endpoint, expected) => {
  expect(shown(endpoint)).toBe(expected);
  expect(shown(endpoint)).not.toMatch(/s3|cret/);
});

test.each(['localhost:4318', 'ftp://collector/path', 'nope'])('%s is shown whole', (endpoint) => {
  expect(shown(endpoint)).toBe(JSON.stringify(endpoint));
});

test('a URL in place of a section is masked too', () => {
  const [problem] = optionProblems({ serviceName: 'kernel', otlp: 'http://c/?key=s3cret' }, new Map());
  expect(problem?.received).toBe('"http://c/…"');
});
