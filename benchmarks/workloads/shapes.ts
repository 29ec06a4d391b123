import type { Attributes, AttributeValue } from '@opentelemetry/api';
import { ACTIONS, agentId, POLICIES } from './names.js';
import { Random } from './random.js';

/** Attribute objects that are made before the measurement; a power of two. */
const POOL = 8192;

/** What hosts write of a request, and the values that it may have: texts, numbers, booleans. */
const FIELDS: Readonly<Record<string, (random: Random) => AttributeValue>> = {
  agent_id: (random) => agentId(random.below(40)),
  action: (random) => random.pick(ACTIONS.slice(0, 8)),
  policy: (random) => random.pick(POLICIES.slice(0, 4)),
  'http.request.method': (random) => random.pick(['GET', 'POST']),
  'http.response.status_code': (random) => random.pick([200, 404, 500]),
  cached: (random) => random.next() < 0.5,
  attempt: (random) => random.below(3),
  region: (random) => random.pick(['eu-west-1', 'us-east-1']),
};

/** Key sets of three to six attributes. */
const KEY_SETS: readonly (readonly string[])[] = [
  ['agent_id', 'action', 'policy'],
  ['agent_id', 'http.request.method', 'http.response.status_code'],
  ['action', 'policy', 'cached', 'attempt'],
  ['agent_id', 'action', 'cached', 'region'],
  ['policy', 'http.response.status_code', 'attempt', 'region', 'cached'],
  ['http.request.method', 'http.response.status_code', 'cached', 'attempt', 'region', 'policy'],
];

/** The one key set of what cannot have others, in names that Prometheus takes. */
export const FIXED_KEYS = ['agent_id', 'action', 'cached', 'region'] as const;

/** An object of the same attributes as a host may come by it. */
type Shape = (entries: readonly (readonly [string, AttributeValue])[]) => Attributes;

const byAssignment: Shape = (entries) => {
  const made: Attributes = {};
  for (const [name, value] of entries) made[name] = value;
  return made;
};
const bySpread: Shape = ([first, ...others]) => ({
  ...byAssignment(others),
  ...(first && { [first[0]]: first[1] }),
});
const withoutPrototype: Shape = (entries) =>
  Object.assign(Object.create(null) as Attributes, byAssignment(entries));

class RequestFacts {
  constructor(entries: Parameters<Shape>[0]) {
    Object.assign(this, byAssignment(entries));
  }
  describe(): string {
    return Object.keys(this).join(' ');
  }
}
class AuditedFacts extends RequestFacts {}

const SHAPES: readonly Shape[] = [
  byAssignment,
  (entries) => Object.fromEntries(entries),
  bySpread,
  withoutPrototype,
  (entries) => new RequestFacts(entries) as unknown as Attributes,
  (entries) => new AuditedFacts(entries) as unknown as Attributes,
];

/** Attributes of many key sets, in random order and of every shape. */
export function anyShapes(): Attributes[] {
  const random = new Random(19);
  return Array.from({ length: POOL }, () => shaped(random.pick(KEY_SETS), random));
}

/** Attributes of one key set, in random order and of every shape. */
export function fixedKeysAnyShape(): Attributes[] {
  const random = new Random(23);
  return Array.from({ length: POOL }, () => shaped(FIXED_KEYS, random));
}

function shaped(names: readonly string[], random: Random): Attributes {
  const field = (name: string): AttributeValue =>
    (FIELDS[name] as (random: Random) => AttributeValue)(random);
  const entries = random.shuffled(names).map((name) => [name, field(name)] as const);
  return random.pick(SHAPES)(entries);
}

export function distinctAttributes(sets: readonly Attributes[]): number {
  const text = (attributes: Attributes): string => JSON.stringify(Object.entries(attributes).sort());
  return new Set(sets.map(text)).size;
}
