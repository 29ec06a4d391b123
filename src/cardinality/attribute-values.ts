import type { AttributeValue } from '@opentelemetry/api';
import { OVERFLOW } from '../semconv/values.js';
import { LABEL_MAX_LENGTH, wellFormed } from './label-text.js';
import { SlotMap } from './tuple-table.js';

/** The values of one attribute of one instrument, each with a small number, as many as the cap allows. */
export class AttributeValues {
  private readonly ids = new Map<unknown, number>();
  /** By the text of an array: arrays of equal values are one value. */
  private readonly arrayIds = new Map<string, number>();
  private readonly values = new SlotMap<AttributeValue>();
  /** Values that count for the limit; true and false do not. */
  private admitted = 0;

  constructor(private readonly cap: number) {}

  /** The number of a value as a caller gave it, or -1 where it is not known. */
  idOf(given: unknown): number {
    return this.ids.get(given) ?? -1;
  }

  /** The same for a value that was copied, which may be an array. */
  find(value: AttributeValue): number {
    return (Array.isArray(value) ? this.arrayIds.get(textOf(value)) : this.ids.get(value)) ?? -1;
  }

  /** The number of a value, new or known; undefined where it is one too many. */
  admit(value: AttributeValue): number | undefined {
    const known = this.find(value);
    if (known >= 0) return known;
    if (counts(value)) {
      if (this.admitted >= this.cap) return undefined;
      this.admitted++;
    }
    const id = this.values.add(value);
    if (Array.isArray(value)) this.arrayIds.set(textOf(value), id);
    else this.ids.set(value, id);
    return id;
  }

  valueOf(id: number): AttributeValue {
    return this.values.at(id);
  }

  /** Forgets all other values; their places under the limit are free. */
  retain(used: ReadonlySet<number>): void {
    for (const ids of [this.ids, this.arrayIds] as Map<unknown, number>[]) {
      for (const [key, id] of ids) {
        if (used.has(id)) continue;
        if (counts(this.values.at(id))) this.admitted--;
        ids.delete(key);
        this.values.take(id);
      }
    }
  }
}

function counts(value: AttributeValue): boolean {
  return typeof value !== 'boolean' && value !== OVERFLOW;
}

function textOf(array: readonly unknown[]): string {
  return JSON.stringify(array, (_, item: unknown) =>
    typeof item === 'number' && !Number.isFinite(item) ? { number: String(item) } : item,
  );
}

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
    const name = bounded(written);
    const isFull = usable.size === MAX_ATTRIBUTES && !usable.has(name);
    const isCutToAnother = written.length > LABEL_MAX_LENGTH && usable.has(name);
    if (read === REFUSED || name === '' || isFull || isCutToAnother) {
      refused.push(name);
      continue;
    }
    if (read.partly) refused.push(name);
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
  /** Something in it cannot be used, and is left out. */
  readonly partly: boolean;
  readonly verbatim: boolean;
}
const REFUSED = Symbol('refused');

function readValue(from: object, name: string): ReadValue | typeof REFUSED | undefined {
  try {
    const given = (from as Record<string, unknown>)[name];
    if (given === undefined) return undefined;
    if (Array.isArray(given)) return arrayValue(given as readonly unknown[]);
    const value = primitive(given);
    return value === undefined ? REFUSED : { value, partly: false, verbatim: value === given };
  } catch {
    return REFUSED;
  }
}

/** No longer than a value may be. */
function bounded(text: string): string {
  return wellFormed(text.length > LABEL_MAX_LENGTH ? text.slice(0, LABEL_MAX_LENGTH) : text);
}

function primitive(value: unknown): string | number | boolean | undefined {
  switch (typeof value) {
    case 'string':
      return bounded(value);
    case 'number':
    case 'boolean':
      return value;
    case 'bigint':
      return String(value).slice(0, LABEL_MAX_LENGTH);
    default:
      return undefined;
  }
}

/**
 * An array whose items are of one type; null may stand among them, and what is no value is left out.
 * https://opentelemetry.io/docs/specs/otel/common/#attribute
 */
function arrayValue(given: readonly unknown[]): ReadValue | typeof REFUSED {
  const read = given.slice(0, MAX_ATTRIBUTES).map((item) => (item == null ? null : primitive(item)));
  const items = read.filter((item) => item !== undefined);
  const partly = items.length < read.length;
  const types = new Set(items.filter((item) => item !== null).map((item) => typeof item));
  if (types.size > 1 || (partly && types.size === 0)) return REFUSED;
  return { value: Object.freeze(items) as AttributeValue, partly, verbatim: false };
}
