import { readEnvironment } from '../../src/options/environment.js';

/** What is read of an environment, and what is said about it. */
function read(env: Record<string, string>) {
  const warnings: string[] = [];
  const settings = readEnvironment(env, (_, message) => warnings.push(message));
  return { settings, warnings };
}

test.each([
  ['tracecontext, baggage', ['tracecontext', 'baggage']],
  ['baggage', ['baggage']],
  ['none', []],
])('OTEL_PROPAGATORS=%s names the propagators', (given, propagators) => {
  const { settings, warnings } = read({ OTEL_PROPAGATORS: given });
  expect(settings.get('propagators')).toEqual(propagators);
  expect(warnings).toEqual([]);
});

test('an unknown propagator costs one warning, and the default stays', () => {
  const { settings, warnings } = read({ OTEL_PROPAGATORS: 'tracecontext,b3,jaeger' });
  expect(settings.has('propagators')).toBe(false);
  expect(warnings).toEqual([
    expect.stringMatching(/^OTEL_PROPAGATORS=.* accepted is tracecontext, baggage, none/),
  ]);
});

test('resource attributes that cannot be read cost one warning', () => {
  expect(read({ OTEL_RESOURCE_ATTRIBUTES: 'a=1,b,c=%' }).warnings).toEqual([
    expect.stringMatching(/^OTEL_RESOURCE_ATTRIBUTES=.* accepted is key=value/),
  ]);
  expect(read({ OTEL_RESOURCE_ATTRIBUTES: 'a=1,b=%2C' }).warnings).toEqual([]);
});
