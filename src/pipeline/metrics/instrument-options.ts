import { type MetricOptions, ValueType } from '@opentelemetry/api';

/** A host's creation options, of which only what can be used is taken; `refused` names the rest. Never throws. */
export function usableOptions(given: unknown): { options: MetricOptions; refused: string[] } {
  const refused: string[] = [];
  const take = <T>(from: unknown, name: string, usable: (value: unknown) => T | undefined): T | undefined => {
    try {
      const value = (from as Record<string, unknown> | null | undefined)?.[name] ?? undefined;
      const taken = value === undefined ? undefined : usable(value);
      if (Array.isArray(taken) ? String(taken) !== String(value) : taken !== value) refused.push(name);
      return taken;
    } catch {
      refused.push(name);
      return undefined;
    }
  };
  if (!isObject(given) && given !== undefined && given !== null) refused.push('options');
  const description = take(given, 'description', text);
  const unit = take(given, 'unit', text);
  const valueType = take(given, 'valueType', (value) => VALUE_TYPES.find((type) => type === value));
  const advice = take(given, 'advice', (value) => (isObject(value) ? value : undefined));
  const explicitBucketBoundaries = take(advice, 'explicitBucketBoundaries', ascending);
  return {
    options: {
      ...(description !== undefined && { description }),
      ...(unit !== undefined && { unit }),
      ...(valueType !== undefined && { valueType }),
      ...(explicitBucketBoundaries && { advice: { explicitBucketBoundaries } }),
    },
    refused,
  };
}

/** The options as text: two instruments of one name and kind are the same where this is. */
export function optionsText({ description = '', unit = '', valueType, advice }: MetricOptions): string {
  const values = valueType === ValueType.INT ? ' of integers' : '';
  const bounds = advice?.explicitBucketBoundaries;
  const buckets = bounds ? ` with the buckets ${bounds.join(' ')}` : '';
  return `${values} of unit "${unit}"${buckets}, "${description}"`;
}

const VALUE_TYPES = [ValueType.INT, ValueType.DOUBLE];

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null;
}

function text(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined;
}

/** Bounds as a histogram needs them: finite, distinct, ascending. */
function ascending(bounds: unknown): number[] | undefined {
  if (!Array.isArray(bounds)) return undefined;
  const numbers: unknown[] = [...new Set(bounds as unknown[])];
  if (!numbers.every((bound) => typeof bound === 'number' && !Number.isNaN(bound))) return undefined;
  return (numbers as number[]).filter(Number.isFinite).sort((a, b) => a - b);
}
