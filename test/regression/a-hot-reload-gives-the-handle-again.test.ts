import type { ObservabilityOptions } from '../../src/index.js';
import { warnings } from '../instruments/support.js';
import { observed } from './support.js';

// A dev server evaluates a module again in the same process. A function among its options is then a new one, with the
// same source, and initObservability threw.

/** A module of a host, as it is evaluated. */
const evaluate = (options: ObservabilityOptions = {}) =>
  observed({ clock: () => performance.now(), diagnostics: 'warn', ...options });

test('with the functions of the first call, which is said once', () => {
  const said = warnings();
  const first = evaluate();
  expect(evaluate()).toBe(first);
  expect(evaluate()).toBe(first);
  expect(said).toEqual([
    'agent-os-observability: initObservability was called again, as by a hot reload, and gives the handle of the first ' +
      'call. What it was given then stays in use: clock. To start anew, await shutdown() of the handle before.',
  ]);
});

test('but not for other values', () => {
  evaluate();
  expect(() => evaluate({ policyMode: 'strict' })).toThrow('AOO_ALREADY_INITIALIZED');
});

test('a module that shuts down first starts anew', async () => {
  const first = evaluate();
  await first.shutdown();
  expect(evaluate({ policyMode: 'strict' })).not.toBe(first);
});
