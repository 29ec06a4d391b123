import { resourceOf } from '../../src/pipeline/resource.js';
import { resolveOptions } from '../../src/options/resolved-options.js';
import { readEnvironment } from '../../src/options/environment.js';
import type { ObservabilityOptions } from '../../src/index.js';
import { sampleValue } from '../../src/testing/samples.js';
import { exposed, observed } from './support.js';

// Service version and environment were constants in the source: every deployment said 1.0.0 in production.

const attributesOf = (options: ObservabilityOptions) =>
  resourceOf(
    resolveOptions(
      options,
      readEnvironment({}, () => {}),
    ),
    {},
  ).attributes;

test('the resource says what the host said', () => {
  expect(
    attributesOf({ serviceName: 'kernel-eu', serviceVersion: '2.7.1', environment: 'staging' }),
  ).toMatchObject({
    'service.name': 'kernel-eu',
    'service.version': '2.7.1',
    'deployment.environment.name': 'staging',
  });
});

test('the resource says nothing that the host did not say', () => {
  const attributes = attributesOf({ serviceName: 'kernel-eu' });
  expect(attributes).not.toHaveProperty(['service.version']);
  expect(attributes).not.toHaveProperty(['deployment.environment.name']);
});

test.each([
  ['2.7.1', 'enforce'],
  ['3.0.0', 'monitor'],
])('kernel_info shows version %s and mode %s', async (serviceVersion, policyMode) => {
  const families = await exposed(observed({ serviceVersion, policyMode }));
  expect(
    sampleValue(families, 'agent_os_kernel_info', { version: serviceVersion, policy_mode: policyMode }),
  ).toBe(1);
});

test('kernel_info of a host that says nothing is unknown', async () => {
  const families = await exposed(observed());
  expect(sampleValue(families, 'agent_os_kernel_info', { version: 'unknown', policy_mode: 'unknown' })).toBe(
    1,
  );
});
