/** Longest key and longest value, in characters, as the specification has it. */
const MAX_LENGTH = 255;

/**
 * What OTEL_RESOURCE_ATTRIBUTES says: `key=value`, parted by commas, both percent-encoded. Undefined where any of it
 * cannot be read, since the specification then has the whole of it ignored.
 */
export function parseResourceAttributes(text: string): Readonly<Record<string, string>> | undefined {
  const attributes: Record<string, string> = {};
  for (const pair of text.split(',')) {
    if (pair.trim() === '') continue;
    const parts = pair.split('=').map(decoded);
    const [key, value] = parts;
    if (parts.length !== 2 || !key || value === undefined) return undefined;
    if (key.length > MAX_LENGTH || value.length > MAX_LENGTH) return undefined;
    attributes[key] = value;
  }
  return attributes;
}

function decoded(part: string): string | undefined {
  try {
    return decodeURIComponent(part.trim());
  } catch {
    return undefined;
  }
}
