import type { Attributes, AttributeValue } from '@opentelemetry/api';
import { cutText, MAX_TEXT_LENGTH } from './span-limits.js';

/** A value that an attribute may have, copied: nobody else can change it. */
export type KeptValue = AttributeValue;

export interface KeptAttributes {
  readonly attributes: Attributes;
  /** How many are left out because there were too many. */
  readonly dropped: number;
}

/**
 * The value of an attribute as a span keeps it: text is cut, a list copied. Undefined for what is none: null, objects,
 * lists of more than one type. Never throws.
 * https://opentelemetry.io/docs/specs/otel/common/#attribute
 */
export function keptValue(value: unknown, length: number): KeptValue | undefined {
  switch (typeof value) {
    case 'string':
      return value.length <= length ? value : cutText(value, length);
    case 'number':
    case 'boolean':
      return value;
    case 'object':
      return value === null ? undefined : keptList(value, length);
    default:
      return undefined;
  }
}

/** A key as a span keeps it; undefined for what is none. */
export function keptKey(key: unknown): string | undefined {
  if (typeof key !== 'string' || key === '') return undefined;
  return key.length <= MAX_TEXT_LENGTH ? key : cutText(key, MAX_TEXT_LENGTH);
}

function keptList(list: object, length: number): KeptValue | undefined {
  try {
    if (!Array.isArray(list)) return undefined;
    const kept: unknown[] = [];
    let type: string | undefined;
    for (const item of list as unknown[]) {
      if (item === null || item === undefined) {
        kept.push(item); // a place in the list that holds nothing is kept
        continue;
      }
      type ??= typeof item;
      if (typeof item !== type) return undefined;
      if (typeof item === 'string') kept.push(cutText(item, length));
      else if (typeof item === 'number' || typeof item === 'boolean') kept.push(item);
      else return undefined;
    }
    return kept as KeptValue;
  } catch {
    return undefined; // a proxy, or a list whose items refuse to be read
  }
}

/** Calls `visit` with each own attribute of an object, as it is. What refuses to be read is passed over. Never throws. */
export function eachAttribute(attributes: unknown, visit: (key: string, value: unknown) => void): void {
  for (const key of keysOf(attributes)) visit(key, valueAt(attributes as object, key));
}

/** Own keys that can be enumerated; of what is no object, or refuses, none. */
export function keysOf(attributes: unknown): readonly string[] {
  try {
    return typeof attributes === 'object' && attributes !== null ? Object.keys(attributes) : [];
  } catch {
    return [];
  }
}

/** A member of an object; undefined where it refuses to be read. */
export function valueAt(object: object, key: string): unknown {
  try {
    return (object as Record<string, unknown>)[key];
  } catch {
    return undefined;
  }
}

/** A copy of attributes, at most `count` of them. Never throws. */
export function keptAttributes(given: unknown, count: number, length: number): KeptAttributes {
  const attributes: Attributes = {};
  let kept = 0;
  let dropped = 0;
  eachAttribute(given, (key, value) => {
    const name = keptKey(key);
    const copied = keptValue(value, length);
    if (name === undefined || copied === undefined) return;
    if (kept >= count) {
      dropped++;
      return;
    }
    kept++;
    put(attributes, name, copied);
  });
  return { attributes, dropped };
}

/** Sets an own member, whatever it is called. */
export function put(attributes: Attributes, key: string, value: KeptValue): void {
  if (key !== '__proto__') attributes[key] = value;
  else
    Object.defineProperty(attributes, key, { value, writable: true, enumerable: true, configurable: true });
}
