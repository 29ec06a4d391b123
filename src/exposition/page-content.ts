import type { Attributes } from '@opentelemetry/api';
import type { ExposedStream } from './exposed-family.js';

/** What a page shows: instruments with their series, and whose they are. */
export interface PageContent {
  readonly streams: readonly ExposedStream[];
  readonly resource: Attributes;
}
