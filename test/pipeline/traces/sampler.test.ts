import { samplerFromEnvironment } from '../../../src/pipeline/traces/sampler.js';
import { TraceId } from '../../../src/pipeline/traces/span-ids.js';

const low = TraceId.of('0'.repeat(31) + '1');
const high = TraceId.of('f'.repeat(8) + '0'.repeat(24));

/** What is sampled of a low and a high id without a parent, and under one that is sampled, and one that is not. */
function decisions(name?: string, share?: string) {
  const said: string[] = [];
  const env = { OTEL_TRACES_SAMPLER: name, OTEL_TRACES_SAMPLER_ARG: share };
  const sampler = samplerFromEnvironment(
    env,
    (variable, message) => void said.push(`${variable} ${message}`),
  );
  return [
    sampler.samples(undefined, low),
    sampler.samples(undefined, high),
    sampler.samples(1, low),
    sampler.samples(0, low),
    said.length,
  ];
}

test.each<[string | undefined, string | undefined, unknown[]]>([
  [undefined, undefined, [true, true, true, false, 0]],
  ['', '', [true, true, true, false, 0]],
  ['parentbased_always_on', undefined, [true, true, true, false, 0]],
  ['parentbased_always_off', undefined, [false, false, true, false, 0]],
  ['always_on', undefined, [true, true, true, true, 0]],
  ['always_off', undefined, [false, false, false, false, 0]],
  ['traceidratio', '0.5', [true, false, true, true, 0]],
  ['traceidratio', undefined, [true, true, true, true, 0]],
  ['traceidratio', '0', [false, false, false, false, 0]],
  ['parentbased_traceidratio', ' 0.5 ', [true, false, true, false, 0]],
  ['traceidratio', '2', [true, true, true, true, 1]],
  ['traceidratio', 'half', [true, true, true, true, 1]],
  ['everything', undefined, [true, true, true, false, 1]],
])('OTEL_TRACES_SAMPLER=%s with %s', (name, share, expected) => {
  expect(decisions(name, share)).toEqual(expected);
});
