import type { Attributes } from '@opentelemetry/api';
import type { DropLog } from '../../instruments/drop-log.js';
import type { ExposedStream } from './exposed-family.js';
import { familiesOf } from './families.js';
import type { ExpositionFormat } from './format.js';
import { labelPairs } from './label-pairs.js';
import { NONE_RESERVED } from './names.js';
import { pagePieces } from './page-pieces.js';

/** A page of streams in pieces, their resource first. */
export function pageOf(
  streams: readonly ExposedStream[],
  resource: Attributes,
  format: ExpositionFormat,
  drops: DropLog,
): Iterator<string, void> {
  const families = familiesOf(streams, format.reserved, format.taken, drops);
  return pagePieces(families, format, labelPairs(resource, NONE_RESERVED).text);
}
