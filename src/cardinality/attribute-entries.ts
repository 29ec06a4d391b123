import type { AttributeValue } from '@opentelemetry/api';
import { LABEL_MAX_LENGTH, wellFormed } from './label-text.js';

/** Attributes of one measurement at most; further ones are left out. */
export const MAX_ATTRIBUTES = 32;

export type AttributeEntry = readonly [name: string, value: AttributeValue];

/** The attributes of a caller that can be used. */
export interface AttributeEntries {
  /** By name, ascending, each name once. */
  readonly entries: readonly AttributeEntry[];
  /** Their names in the caller's order. */
  readonly names: readonly string[];
  /** Names of attributes that cannot be used; `undefined` where none of them can be read. */
  readonly refused: readonly (string | undefined)[];
  /** Whether the entries are what was given: nothing was left out, cut or turned into text. */
  readonly verbatim: boolean;
}

const NOTHING: AttributeEntries = { entries: [], names: [], refused: [], verbatim: true };
const UNREADABLE: AttributeEntries = { entries: [], names: [], refused: [undefined], verbatim: false };

/** Reads attributes, whatever they are. An attribute that is explicitly undefined is absent. Never throws. */
export function attributeEntries(given: unknown): AttributeEntries {
  if (given === undefined) return NOTHING;
  if (given === null || typeof given !== 'object') return UNREADABLE;
  let all: string[];
  try {
    all = Object.keys(given);
  } catch {
    return UNREADABLE;
  }
  const usable = new Map<string, AttributeValue>();
  const refused: string[] = [];
  let verbatim = true;
  for (const written of all) {
    const read = readValue(given, written);
    if (read === undefined) continue;
    const name = wellFormed(written);
    if (read === REFUSED || name === '' || (usable.size === MAX_ATTRIBUTES && !usable.has(name))) {
      refused.push(written);
      continue;
    }
    verbatim &&= read.verbatim && name === written;
    usable.set(name, read.value);
  }
  return {
    entries: [...usable].sort(([a], [b]) => (a < b ? -1 : 1)),
    names: [...usable.keys()],
    refused,
    verbatim: verbatim && refused.length === 0,
  };
}

interface ReadValue {
  readonly value: AttributeValue;
  readonly verbatim: boolean;
}
const REFUSED = Symbol('refused');

function readValue(from: object, name: string): ReadValue | typeof REFUSED | undefined {
  try {
    const given = (from as Record<string, unknown>)[name];
    if (given === undefined) return undefined;
    const value = primitive(given) ?? (Array.isArray(given) ? arrayValue(given) : undefined);
    return value === undefined ? REFUSED : { value, verbatim: value === given };
  } catch {
    return REFUSED;
  }
}

function primitive(value: unknown): string | number | boolean | undefined {
  switch (typeof value) {
    case 'string':
      return wellFormed(value.length > LABEL_MAX_LENGTH ? value.slice(0, LABEL_MAX_LENGTH) : value);
    case 'number':
    case 'boolean':
      return value;
    case 'bigint':
      return String(value).slice(0, LABEL_MAX_LENGTH);
    default:
      return undefined;
  }
}

function arrayValue(values: readonly unknown[]): AttributeValue | undefined {
  const items = values.slice(0, MAX_ATTRIBUTES).map(primitive);
  return items.every((item) => typeof item === typeof items[0] && item !== undefined)
    ? (Object.freeze(items) as AttributeValue)
    : undefined;
}
