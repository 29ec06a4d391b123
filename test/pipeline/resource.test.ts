import { hostname } from 'node:os';
import { defaultResource, resourceFromAttributes, type Resource as Official } from '@opentelemetry/resources';
import { type Identity, resourceOf } from '../../src/pipeline/resource.js';

const attributesOf = (identity: Partial<Identity> = {}, attributes?: string) =>
  resourceOf(
    { serviceName: 'claims', ...identity },
    attributes ? { OTEL_RESOURCE_ATTRIBUTES: attributes } : {},
  ).attributes;

describe('a resource', () => {
  it('says what is found out about the process, and nothing that can hold a secret', () => {
    const { 'host.arch': architecture, 'os.type': system, ...attributes } = attributesOf();
    expect(attributes).toEqual({
      'service.name': 'claims',
      'service.instance.id': expect.stringMatching(/^[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}$/),
      'agent_os.kernel.id': `claims@${hostname()}`,
      'host.name': hostname(),
      'process.executable.name': expect.stringMatching(/^[^/\\]+$/),
      'process.pid': process.pid,
      'process.runtime.name': 'nodejs',
      'process.runtime.version': process.versions.node,
      'telemetry.sdk.language': defaultResource().attributes['telemetry.sdk.language'],
      'telemetry.sdk.name': 'agent-os-observability',
      'telemetry.sdk.version': expect.stringMatching(/^\d+\.\d+\.\d+/),
    });
    expect([typeof architecture, typeof system]).toEqual(['string', 'string']);
  });

  it('has one instance id in a process, whatever is started how often', () => {
    expect(attributesOf()['service.instance.id']).toBe(
      attributesOf({ serviceName: 'b' })['service.instance.id'],
    );
  });

  it('takes the named options before the attributes of the host, and those before the environment', () => {
    const environment =
      'service.name=env,service.version=env,deployment.environment.name=env,host.name=env,a=env,b=env';
    const resource = {
      'service.name': 'host',
      'service.version': 'host',
      'deployment.environment.name': 'host',
      a: 'host',
    };
    expect(attributesOf({}, environment)).toMatchObject({
      'service.name': 'claims',
      'service.version': 'env',
      'host.name': 'env',
      a: 'env',
    });
    expect(attributesOf({ resource }, environment)).toMatchObject({
      'service.name': 'claims',
      'service.version': 'host',
      a: 'host',
      b: 'env',
    });
    expect(attributesOf({ resource, serviceVersion: '2', environment: 'eu' }, environment)).toMatchObject({
      'service.version': '2',
      'deployment.environment.name': 'eu',
    });
  });

  it('ignores an environment that cannot be read as a whole', () => {
    expect(attributesOf({}, 'a=1,b')).not.toHaveProperty('a');
  });

  it.each([undefined, null])('lets an attribute of the host that is %p hide none', (nothing) => {
    const resource = { a: nothing as never };
    expect(attributesOf({ resource }, 'a=env')).toMatchObject({ a: 'env' });
  });

  describe('has an instance id of the host’s', () => {
    it.each([
      ['OTEL_RESOURCE_ATTRIBUTES', {}, 'service.instance.id=of-the-host'],
      ['the options', { resource: { 'service.instance.id': 'of-the-host' } }, undefined],
    ])('from %s, which is the id of the kernel too', (_, identity, environment) => {
      expect(attributesOf(identity, environment)).toMatchObject({
        'service.instance.id': 'of-the-host',
        'agent_os.kernel.id': 'of-the-host',
      });
    });
  });

  it.each([
    ['k8s.pod.name=claims-7f9c', 'claims@claims-7f9c'],
    ['service.namespace=insurance,host.name=node-1', 'insurance/claims@node-1'],
    ['agent_os.kernel.id=front-desk', 'front-desk'],
  ])('with %s is of the kernel %s', (environment, kernel) => {
    expect(attributesOf({}, environment)['agent_os.kernel.id']).toBe(kernel);
  });
});

describe('a resource of ours and an official one', () => {
  const ours = resourceOf({ serviceName: 'claims' }, {});
  const official: Official = ours; // compiles: it is one

  it('are read alike', async () => {
    await official.waitForAsyncAttributes?.();
    expect(official.asyncAttributesPending).toBe(false);
    expect(official.schemaUrl).toBeUndefined();
    expect(Object.fromEntries(official.getRawAttributes())).toEqual(official.attributes);
  });

  it('merge into each other: what is merged in wins', () => {
    const other = resourceFromAttributes(
      { a: 1, 'service.name': 'other' },
      { schemaUrl: 'https://schema/1' },
    );
    expect(ours.merge(null)).toBe(ours);
    for (const merged of [
      ours.merge(other),
      official.merge(other),
      resourceFromAttributes(ours.attributes).merge(other),
    ]) {
      expect(merged.attributes).toEqual({ ...ours.attributes, a: 1, 'service.name': 'other' });
      expect(merged.schemaUrl).toBe('https://schema/1');
    }
    expect(other.merge(official).attributes).toEqual({ a: 1, ...ours.attributes });
  });

  it('of two schemas have none when merged', () => {
    const [first, second] = [1, 2].map((n) =>
      resourceFromAttributes({}, { schemaUrl: `https://schema/${n}` }),
    );
    expect(ours.merge(first!).merge(second!).schemaUrl).toBeUndefined();
  });
});
