import { schemaProblems } from '../../tools/kubernetes/schema.js';
import { reachable, strict } from '../../tools/kubernetes/schemas/strict.js';
import { objects, one, workload } from './support.js';

/** A copy of a good object with one thing wrong. */
// eslint-disable-next-line @typescript-eslint/no-explicit-any -- wrong on purpose
function broken(object: unknown, change: (copy: any) => void): unknown {
  const copy: unknown = structuredClone(object);
  change(copy);
  return copy;
}

describe('every object', () => {
  it.each(objects.map((object) => [`${object.kind} ${object.metadata.name}`, object] as const))(
    '%s is one that the API server takes',
    (_, object) => expect(schemaProblems(object)).toEqual([]),
  );
});

describe('the schemas', () => {
  const gateway = workload('collector-gateway');

  it('refuse an unknown field, deep inside too, and name it', () => {
    const typo = broken(gateway, (copy) => (copy.spec.template.spec.containers[0].readynessProbe = {}));
    expect(schemaProblems(typo)).toEqual([
      'StatefulSet collector-gateway: /spec/template/spec/containers/0 must NOT have additional properties: readynessProbe',
    ]);
  });

  it.each<[string, unknown, RegExp]>([
    [
      'a wrong type',
      broken(gateway, (copy) => (copy.spec.replicas = '2')),
      /\/spec\/replicas must be integer/,
    ],
    [
      'a variable that is no text',
      broken(gateway, (copy) => (copy.spec.template.spec.containers[0].env[0].value = true)),
      /env\/0\/value must be string/,
    ],
    [
      'a lack',
      broken(gateway, (copy) => delete copy.spec.selector),
      /must have required property 'selector'/,
    ],
    [
      'a value that is not among the possible ones',
      broken(one('PodMonitor', 'kernels'), (copy) => (copy.spec.podMetricsEndpoints[0].scheme = 'gopher')),
      /scheme must be equal to one of the allowed values/,
    ],
    [
      'an unknown field of an operator',
      broken(one('PodMonitor', 'kernels'), (copy) => (copy.spec.podMetricsEndpoint = [])),
      /additional properties: podMetricsEndpoint/,
    ],
    [
      'an unknown kind',
      broken(gateway, (copy) => (copy.kind = 'StatefullSet')),
      /no schema of apps\/v1\/StatefullSet/,
    ],
    ['nothing', null, /no schema/],
  ])('refuse %s', (_, object, said) => expect(schemaProblems(object).join('\n')).toMatch(said));

  it('are made of what is published: closed, without descriptions, and no more than is needed', () => {
    const definitions = {
      A: {
        description: 'an A',
        properties: { description: { type: 'string' }, b: { $ref: '#/definitions/B' } },
      },
      B: { properties: { port: { type: 'string', format: 'int-or-string' } } },
      C: { type: 'string' },
    };
    expect(reachable(definitions, ['A'])).toEqual(['A', 'B']);
    expect(strict(definitions.A)).toEqual({
      properties: { description: { type: 'string' }, b: { $ref: '#/definitions/B' } },
      additionalProperties: false,
    });
    expect(strict({ pattern: '^(?i)(no\\d)$' })).toEqual({ pattern: '^([nN][oO]\\d)$' });
    expect(strict(definitions.B)).toEqual({
      properties: { port: { anyOf: [{ type: 'integer' }, { type: 'string' }] } },
      additionalProperties: false,
    });
  });
});
