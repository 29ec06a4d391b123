import { kernelSettings } from '../../src/options/kernel-settings.js';

// OTEL_SDK_DISABLED=yes disabled nothing and said nothing.

test.each(['yes', '1', 'on', 'constructor'])(
  'OTEL_SDK_DISABLED=%s disables nothing, and one warning says so',
  (word) => {
    const env = { OTEL_SDK_DISABLED: word };
    const { warnings, isDisabled } = kernelSettings(env);
    expect(warnings.map(({ message }) => message)).toEqual([
      `OTEL_SDK_DISABLED="${word}" is not used; accepted is true, false.`,
    ]);
    expect(isDisabled).toBe(false);
  },
);

test.each([
  ['true', true],
  ['TRUE', true],
  ['False', false],
  ['', false],
])('OTEL_SDK_DISABLED=%j is understood without a word', (word, disabled) => {
  const env = { OTEL_SDK_DISABLED: word };
  const { warnings, isDisabled } = kernelSettings(env);
  expect(warnings).toEqual([]);
  expect(isDisabled).toBe(disabled);
});
