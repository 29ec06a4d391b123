import { createHash } from 'node:crypto';

/** Text that is hashed at most, in UTF-16 units: it takes a few milliseconds. */
const MAX_LENGTH = 1 << 20;
/** Values in a value at most, and how deep. */
const MAX_VALUES = 10_000;
const MAX_DEPTH = 32;

/**
 * A hash of a value's JSON with the members in order, so that equal values have one also after a round trip as JSON.
 * Undefined for what JSON does not tell apart, as functions, maps and instances of classes, for what refuses to be read,
 * and for what is too large. Never throws.
 */
export function fingerprint(value: unknown): string | undefined {
  try {
    const text = new CanonicalJson();
    text.write(value, 0);
    return createHash('sha256').update(text.parts.join('')).digest('base64');
  } catch {
    return undefined;
  }
}

/** Throws where it cannot write. */
class CanonicalJson {
  readonly parts: string[] = [];
  private length = 0;
  private values = 0;

  write(value: unknown, depth: number): void {
    if (++this.values > MAX_VALUES || depth > MAX_DEPTH) throw new RangeError('too much to hash');
    if (typeof value === 'string') this.text(value);
    else if (typeof value === 'number') this.add(Object.is(value, -0) ? '0' : String(value));
    else if (typeof value === 'bigint') this.add(`${value}n`);
    else if (value === null || typeof value === 'boolean') this.add(String(value));
    else if (Array.isArray(value)) this.list(value, depth);
    else if (value instanceof Date) this.text(value.toISOString());
    else if (isPlain(value)) this.object(value, depth);
    else throw new TypeError('not JSON');
  }

  private list(list: readonly unknown[], depth: number): void {
    this.add('[');
    for (const item of list) {
      this.write(item === undefined ? null : item, depth + 1);
      this.add(',');
    }
    this.add(']');
  }

  private object(object: Readonly<Record<string, unknown>>, depth: number): void {
    this.add('{');
    for (const name of Object.keys(object).sort()) {
      const member = object[name];
      if (member === undefined) continue;
      this.text(name);
      this.add(':');
      this.write(member, depth + 1);
      this.add(',');
    }
    this.add('}');
  }

  private text(text: string): void {
    this.room(text.length); // before it is copied
    this.add(JSON.stringify(text));
  }

  private add(part: string): void {
    this.room(part.length);
    this.length += part.length;
    this.parts.push(part);
  }

  private room(length: number): void {
    if (this.length + length > MAX_LENGTH) throw new RangeError('too much to hash');
  }
}

/** An object literal, of this realm or another: what else an object keeps may not be in its members. */
function isPlain(value: unknown): value is Readonly<Record<string, unknown>> {
  if (value === null || typeof value !== 'object') return false;
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === null || Object.getPrototypeOf(prototype) === null;
}
