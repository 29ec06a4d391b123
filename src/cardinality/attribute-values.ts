import type { AttributeValue } from '@opentelemetry/api';
import { OVERFLOW } from '../semconv/values.js';
import { SlotMap } from './slot-map.js';

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
