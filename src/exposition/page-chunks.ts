import type { Attributes } from '@opentelemetry/api';
import type { DropLog } from '../diagnostics/drop-log.js';
import type { ExposedFamily, ExposedStream, HistogramCells, NumberCells } from './exposed-family.js';
import { familiesOf } from './families.js';
import { braced, type FormatWriter, numberText } from './format-writer.js';
import { flatText, labelPairs, NONE_RESERVED } from './labels.js';
import { type HistogramSeries, mergedHistograms, mergedNumbers } from './merged-series.js';

/** The page of some streams in chunks, with their resource first. An empty chunk is a pause. */
export function pageOf(
  streams: readonly ExposedStream[],
  resource: Attributes,
  format: FormatWriter,
  drops: DropLog,
): Iterator<string, void> {
  const families = familiesOf(streams, format.reserved, format.taken, drops);
  return pageChunks(families, format, labelPairs(resource, NONE_RESERVED).text);
}

/** Length of one chunk in code units: a client takes it in one go, and it does not hold up the event loop. */
const CHUNK_LENGTH = 64 * 1024;
/** Label texts that are made before the event loop has its turn. */
const TEXTS_PER_CHUNK = 1000;

/**
 * A page in chunks. Others may run and record between two chunks: a series is of one moment, and a page of the time it
 * took to write. An empty chunk is a pause.
 */
export function* pageChunks(
  families: readonly ExposedFamily[],
  format: FormatWriter,
  target: string,
): Generator<string, void> {
  let text = format.target(target);
  for (const family of families) {
    yield* labelTexts(family);
    text += format.head(family);
    for (const lines of family.type === 'histogram'
      ? histogramLines(family, format)
      : numberLines(family, format)) {
      text += lines;
      if (text.length < CHUNK_LENGTH) continue;
      yield flatText(text);
      text = '';
    }
  }
  yield flatText(text + format.end);
}

/** Makes the missing texts: before the first is written, it must be known whether two are equal. */
function* labelTexts({ streams }: ExposedFamily): Generator<string, void> {
  let made = 0;
  for (const { cells, texts } of streams) {
    for (const row of cells.rows()) {
      if (texts.has(row)) continue;
      texts.of(row);
      if (++made % TEXTS_PER_CHUNK === 0) yield '';
    }
  }
}

/** Whether two rows of a family could have the same labels. Those are merged; most families need not be. */
function mayCollide({ streams }: ExposedFamily): boolean {
  return streams.length > 1 || streams[0].texts.collide;
}

function* numberLines(family: ExposedFamily, format: FormatWriter): Generator<string, void> {
  const { name, type } = family;
  const isCounter = type === 'counter';
  const base = isCounter ? name.slice(0, -'_total'.length) : name;
  if (mayCollide(family)) {
    for (const { labels, value, startMillis, exemplar } of mergedNumbers(family)) {
      const tail = isCounter && exemplar ? format.exemplar(exemplar) : '';
      const created = isCounter ? format.created(base, labels, startMillis) : '';
      yield `${name}${braced(labels)} ${numberText(value)}${tail}\n${created}`;
    }
    return;
  }
  const { texts } = family.streams[0];
  const { length } = texts;
  const cells = family.streams[0].cells as NumberCells;
  for (const row of cells.rows()) {
    if (row >= length || !texts.has(row)) continue; // added while the page is written
    const labels = texts.of(row);
    const exemplar = isCounter ? cells.exemplarAt(row) : undefined;
    const tail = exemplar === undefined ? '\n' : `${format.exemplar(exemplar)}\n`;
    const value = numberText(cells.valueAt(row));
    const created = isCounter ? format.created(base, labels, cells.startAt(row)) : '';
    yield labels === ''
      ? name + ' ' + value + tail + created
      : name + '{' + labels + '} ' + value + tail + created;
  }
}

function* histogramLines(family: ExposedFamily, format: FormatWriter): Generator<string, void> {
  const { name, streams } = family;
  const series = mayCollide(family) ? mergedHistograms(family) : singleHistograms(streams[0]);
  for (const one of series) {
    const { labels, boundaries, counts, exemplars } = one;
    const before = labels === '' ? `${name}_bucket{le="` : `${name}_bucket{${labels},le="`;
    let lines = '';
    let count = 0;
    for (let bucket = 0; bucket < counts.length; bucket++) {
      count += counts[bucket] as number;
      const exemplar = exemplars[bucket];
      const bound = bucket < boundaries.length ? format.bound(boundaries[bucket] as number) : '+Inf';
      lines += before + bound + '"} ' + count + (exemplar ? format.exemplar(exemplar) : '') + '\n';
    }
    const tail = labels === '' ? ' ' : `{${labels}} `;
    lines += `${name}_sum${tail}${numberText(one.sum)}\n${name}_count${tail}${count}\n`;
    yield lines + format.created(name, labels, one.startMillis);
  }
}

function* singleHistograms({ cells, texts }: ExposedFamily['streams'][0]): Iterable<HistogramSeries> {
  const from = cells as HistogramCells;
  const { boundaries } = from;
  const { length } = texts;
  for (const row of from.rows()) {
    if (row >= length || !texts.has(row)) continue; // added while the page is written
    const counts: number[] = [];
    const exemplars: HistogramSeries['exemplars'][number][] = [];
    for (let bucket = 0; bucket <= boundaries.length; bucket++) {
      counts.push(from.countAt(row, bucket));
      exemplars.push(from.exemplarAt(row, bucket));
    }
    const [sum, startMillis] = [from.sumAt(row), from.startAt(row)];
    yield { labels: texts.of(row), boundaries, counts, exemplars, sum, startMillis };
  }
}
