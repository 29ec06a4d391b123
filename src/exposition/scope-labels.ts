import type { ExposedScope, ExposedStream } from './exposed-family.js';
import { labelPairs, NONE_RESERVED } from './labels.js';

/**
 * The labels that tell scopes apart.
 * https://opentelemetry.io/docs/specs/otel/compatibility/prometheus_and_openmetrics/#instrumentation-scope-1
 */
const LABELS = {
  otel_scope_name: ({ name }: ExposedScope) => name,
  otel_scope_version: ({ version = '' }: ExposedScope) => version,
  otel_scope_schema_url: ({ schemaUrl = '' }: ExposedScope) => schemaUrl,
} as const;

/** Their names, which no attribute has where they are. */
export const SCOPE_LABELS: ReadonlySet<string> = new Set(Object.keys(LABELS));

/** For each of several instruments of one name, the labels in which their scopes differ; undefined where they do not. */
export function scopeLabels(streams: readonly ExposedStream[]): readonly string[] | undefined {
  const differing = Object.entries(LABELS).filter(
    ([, valueOf]) => new Set(streams.map(({ scope }) => valueOf(scope))).size > 1,
  );
  if (differing.length === 0) return undefined;
  return streams.map(({ scope }) => {
    const labels = Object.fromEntries(differing.map(([label, valueOf]) => [label, valueOf(scope)]));
    return labelPairs(labels, NONE_RESERVED).text;
  });
}
