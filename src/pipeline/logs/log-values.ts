import type { LogValue } from '../../common/host-types.js';
import { keysOf, valueAt } from '../traces/span-attributes.js';
import { cutText, MAX_TEXT_LENGTH } from '../traces/span-limits.js';

/** Levels of lists and maps in one value; what lies deeper is left out. */
const MAX_DEPTH = 16;
/** Values in one value, those within lists and maps among them: one that holds itself twice would have no end. */
const MAX_VALUES = 4096;
/** Of each value, its head; of text, the most bytes of a character. */
const VALUE_BYTES = 12;
const CHARACTER_BYTES = 3;

/**
 * Copies values of a log record, so that nobody else can change them: text is cut, and so is what lies too deep, or holds
 * too much. `bytes` is at least what all of them take as a message. Never throws.
 * https://opentelemetry.io/docs/specs/otel/common/#anyvalue
 */
export class ValueCopies {
  bytes = 0;
  private left = MAX_VALUES;

  /**
   * A copy of the value; undefined for what is none, as a function.
   *
   * @param length - where texts in it are cut, in UTF-16 units
   */
  copy(value: unknown, length: number, depth = 0): LogValue {
    if (this.left-- <= 0) return undefined;
    this.bytes += VALUE_BYTES;
    switch (typeof value) {
      case 'string':
        return this.text(value, length);
      case 'number':
      case 'boolean':
        return value;
      case 'object':
        return value === null || depth >= MAX_DEPTH ? null : this.copied(value, length, depth);
      default:
        return undefined;
    }
  }

  text(value: string, length = MAX_TEXT_LENGTH): string {
    const kept = cutText(value, length);
    this.bytes += kept.length * CHARACTER_BYTES;
    return kept;
  }

  private copied(value: object, length: number, depth: number): LogValue {
    try {
      if (value instanceof Uint8Array) {
        this.bytes += value.length;
        return value.slice();
      }
      if (Array.isArray(value)) return this.list(value, length, depth);
    } catch {
      return undefined; // a proxy that refuses
    }
    const map: Record<string, LogValue> = {};
    for (const key of keysOf(value)) {
      const copied = this.copy(valueAt(value, key), length, depth + 1);
      if (copied !== undefined)
        Object.defineProperty(map, this.text(key), { value: copied, enumerable: true });
    }
    return map;
  }

  private list(list: readonly unknown[], length: number, depth: number): LogValue {
    const kept: LogValue[] = [];
    for (const item of list) {
      if (this.left <= 0) break;
      kept.push(this.copy(item, length, depth + 1) ?? null); // a place that holds nothing is kept
    }
    return kept;
  }
}
