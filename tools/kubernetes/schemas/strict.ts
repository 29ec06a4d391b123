// Turns what the API publishes into JSON schemas that refuse unknown fields, as `kubectl apply` does.

export type Schema = Readonly<Record<string, unknown>>;

/** Says nothing of what is valid, or says it for other readers. */
const LEFT_OUT = /^(description|default|format|title|x-kubernetes-.+)$/;
const INT_OR_STRING = { anyOf: [{ type: 'integer' }, { type: 'string' }] };

/** Names of the definitions that these need, themselves included, sorted. */
export function reachable(definitions: Readonly<Record<string, Schema>>, from: readonly string[]): string[] {
  const found = new Set<string>();
  const visit = (name: string): void => {
    if (found.has(name)) return;
    found.add(name);
    const references = JSON.stringify(definitions[name]).matchAll(/"#\/definitions\/([^"]+)"/g);
    for (const [, reference] of references) visit(reference!);
  };
  from.forEach(visit);
  return [...found].sort();
}

/** The schema without descriptions, and without room for fields that it does not name. */
export function strict(schema: Schema): Schema {
  if (schema['format'] === 'int-or-string' || schema['x-kubernetes-int-or-string'] === true)
    return INT_OR_STRING;
  const closed = Object.fromEntries(
    Object.entries(schema)
      .filter(([keyword]) => !LEFT_OUT.test(keyword))
      .map(([keyword, value]) => [keyword, inner(keyword, value)]),
  );
  const open = schema['x-kubernetes-preserve-unknown-fields'] === true;
  return schema['properties'] === undefined || open || 'additionalProperties' in schema
    ? closed
    : { ...closed, additionalProperties: false };
}

function inner(keyword: string, value: unknown): unknown {
  if (keyword === 'pattern') return withoutFlags(value as string);
  // Names of fields, none of which is a keyword here.
  if (keyword === 'properties')
    return Object.fromEntries(
      Object.entries(value as Schema).map(([name, field]) => [name, strict(field as Schema)]),
    );
  if (Array.isArray(value)) return value.map((item: unknown) => (isSchema(item) ? strict(item) : item));
  return isSchema(value) ? strict(value) : value;
}

/** Go's `(?i)` as JavaScript can say it. */
function withoutFlags(pattern: string): string {
  if (!pattern.includes('(?i)')) return pattern;
  return pattern
    .replace('(?i)', '')
    .replace(/\\.|[a-z]/gi, (part) =>
      part.length > 1 ? part : `[${part.toLowerCase()}${part.toUpperCase()}]`,
    );
}

function isSchema(value: unknown): value is Schema {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
