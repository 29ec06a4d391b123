import { isDisabled, readEnvironment } from '../../src/options/environment.js';

// OTEL_SDK_DISABLED=yes disabled nothing and said nothing.

test.each(['yes', '1', 'on', 'constructor'])(
  'OTEL_SDK_DISABLED=%s disables nothing, and one warning says so',
  (word) => {
    const env = { OTEL_SDK_DISABLED: word };
    const said: string[] = [];
    readEnvironment(env, (_, message) => said.push(message));
    expect(said).toEqual([`OTEL_SDK_DISABLED="${word}" is not used; accepted is true, false.`]);
    expect(isDisabled(env)).toBe(false);
  },
);

test.each([
  ['true', true],
  ['TRUE', true],
  ['False', false],
  ['', false],
])('OTEL_SDK_DISABLED=%j is understood without a word', (word, disabled) => {
  const env = { OTEL_SDK_DISABLED: word };
  const said: string[] = [];
  readEnvironment(env, (_, message) => said.push(message));
  expect(said).toEqual([]);
  expect(isDisabled(env)).toBe(disabled);
});
