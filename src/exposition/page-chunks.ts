import type { Attributes } from '@opentelemetry/api';
import { type DropLog, printable } from '../diagnostics/drop-log.js';
import type { ExposedFamily, ExposedStream, HistogramCells, NumberCells } from './exposed-family.js';
import { familiesOf } from './families.js';
import type { FamilyNames } from './family-names.js';
import { createdName, type FormatWriter, numberText } from './format-writer.js';
import { flatText, labelPairs, NONE_RESERVED } from './labels.js';
import { type HistogramSeries, mergedHistograms, mergedNumbers } from './merged-series.js';
import { type NameScheme, type SampleName, sampleName, schemeOf } from './names.js';

/** What a page is made of. */
export interface PageParts {
  readonly streams: readonly ExposedStream[];
  readonly resource: Attributes;
  readonly names: FamilyNames;
  readonly drops: DropLog;
}

/** The page of some streams in chunks, with their resource first. An empty chunk is a pause. */
export function pageOf(
  { streams, resource, names, drops }: PageParts,
  format: FormatWriter,
): Generator<string, void> {
  const { reserved, taken, scheme } = format;
  const nameOf = (stream: ExposedStream): string | undefined => names.nameOf(stream, scheme);
  const families = familiesOf(streams, { nameOf, reserved, taken }, drops);
  return pageChunks(families, format, targetLabels(resource, drops), drops);
}

/** Named as OpenTelemetry does it in any scheme, so that what selects by them works with all scrapers. */
function targetLabels(resource: Attributes, drops: DropLog): string {
  try {
    return labelPairs(resource, NONE_RESERVED).text;
  } catch (error) {
    unwritable('target_info', error, drops);
    return '';
  }
}

function unwritable(name: string, error: unknown, drops: DropLog): void {
  const message = `${name}: left out of the exposition; it cannot be written (${printable(error)}).`;
  drops.dropped('metrics', 'unwritable', name, message);
}

/** Length of one chunk in code units: a client takes it in one go, and it does not hold up the event loop. */
const CHUNK_LENGTH = 64 * 1024;
/** Label texts that are made before the event loop has its turn. */
const TEXTS_PER_CHUNK = 1000;

/**
 * A page in chunks. Others may run and record between two chunks: a series is of one moment, and a page of the time it
 * took to write. An empty chunk is a pause. A family that cannot be written is left out and counted, whatever the reason;
 * lines of it that are on their way already stay, for each is complete.
 */
export function* pageChunks(
  families: readonly ExposedFamily[],
  format: FormatWriter,
  target: string,
  drops: DropLog,
): Generator<string, void> {
  let text = format.target(target);
  let unitBefore = false;
  for (const family of families) {
    let kept = text;
    try {
      yield* labelTexts(family, format);
      text += format.head(family, unitBefore);
      for (const lines of family.type === 'histogram'
        ? histogramLines(family, format)
        : numberLines(family, format, drops)) {
        text += lines;
        if (text.length < CHUNK_LENGTH) continue;
        yield flatText(text);
        text = kept = '';
      }
      unitBefore = format.hasUnit(family);
    } catch (error) {
      text = kept;
      unitBefore ||= format.hasUnit(family);
      unwritable(family.name, error, drops);
    }
  }
  yield flatText(text + format.end);
}

/** In which scheme the labels of a family are written. */
function schemeIn({ streams }: ExposedFamily, { scheme }: FormatWriter): NameScheme {
  return schemeOf(streams[0], scheme);
}

/** Makes the missing texts: before the first is written, it must be known whether two are equal. */
function* labelTexts(family: ExposedFamily, format: FormatWriter): Generator<string, void> {
  const scheme = schemeIn(family, format);
  let made = 0;
  for (const { cells, texts } of family.streams) {
    for (const row of cells.rows()) {
      if (texts.has(row, scheme)) continue;
      texts.of(row, scheme);
      if (++made % TEXTS_PER_CHUNK === 0) yield '';
    }
  }
}

/** Whether two rows of a family could have the same labels. Those are merged; most families need not be. */
function mayCollide(family: ExposedFamily, format: FormatWriter): boolean {
  const { streams } = family;
  return streams.length > 1 || streams[0].texts.collides(schemeIn(family, format));
}

function* numberLines(family: ExposedFamily, format: FormatWriter, drops: DropLog): Generator<string, void> {
  const { name, type, streams } = family;
  const scheme = schemeIn(family, format);
  const isCounter = type === 'counter';
  const { open, bare } = sampleName(name);
  const births = isCounter ? format.created(family) : undefined;
  const birth = createdName(family);
  if (mayCollide(family, format)) {
    const hidden = (stream: ExposedStream): void => {
      const message = `${stream.name}: two of its series have equal labels on the page, which shows the newest.`;
      drops.dropped('metrics', 'name_conflict', `series/${stream.name}`, message);
    };
    for (const { labels, value, startMillis, exemplar } of mergedNumbers(family, scheme, hidden)) {
      const tail = isCounter && exemplar ? format.exemplar(exemplar) : '';
      const created = births?.(birth, labels, startMillis) ?? '';
      yield `${labels === '' ? bare : `${open}${labels}}`} ${numberText(value)}${tail}\n${created}`;
    }
    return;
  }
  const { texts } = streams[0];
  const { length } = texts;
  const cells = streams[0].cells as NumberCells;
  for (const row of cells.rows()) {
    if (row >= length || !texts.has(row, scheme)) continue; // added while the page is written
    const labels = texts.of(row, scheme);
    const exemplar = isCounter ? cells.exemplarAt(row) : undefined;
    const tail = exemplar === undefined ? '\n' : `${format.exemplar(exemplar)}\n`;
    const value = numberText(cells.valueAt(row));
    const created = births === undefined ? '' : births(birth, labels, cells.startAt(row));
    yield labels === '' ? bare + ' ' + value + tail + created : open + labels + '} ' + value + tail + created;
  }
}

function* histogramLines(family: ExposedFamily, format: FormatWriter): Generator<string, void> {
  const { name, streams } = family;
  const scheme = schemeIn(family, format);
  const series = mayCollide(family, format)
    ? mergedHistograms(family, scheme)
    : singleHistograms(streams[0], scheme);
  const [bucketName, sumName, countName] = ['_bucket', '_sum', '_count'].map((part) =>
    sampleName(name + part),
  ) as [SampleName, SampleName, SampleName];
  const births = format.created(family);
  const birth = createdName(family);
  for (const one of series) {
    const { labels, boundaries, counts, exemplars } = one;
    const before = labels === '' ? `${bucketName.open}le="` : `${bucketName.open}${labels},le="`;
    let lines = '';
    let count = 0;
    for (let bucket = 0; bucket < counts.length; bucket++) {
      count += counts[bucket] as number;
      const exemplar = exemplars[bucket];
      const bound = bucket < boundaries.length ? format.bound(boundaries[bucket] as number) : '+Inf';
      lines += before + bound + '"} ' + count + (exemplar ? format.exemplar(exemplar) : '') + '\n';
    }
    if (!(count >= 0)) throw new TypeError('a bucket whose count is no number');
    const [sumStart, countStart] =
      labels === ''
        ? [sumName.bare, countName.bare]
        : [`${sumName.open}${labels}}`, `${countName.open}${labels}}`];
    lines += `${sumStart} ${numberText(one.sum)}\n${countStart} ${count}\n`;
    yield lines + (births?.(birth, labels, one.startMillis) ?? '');
  }
}

function* singleHistograms(
  { cells, texts }: ExposedFamily['streams'][0],
  scheme: NameScheme,
): Iterable<HistogramSeries> {
  const from = cells as HistogramCells;
  const { boundaries } = from;
  const { length } = texts;
  for (const row of from.rows()) {
    if (row >= length || !texts.has(row, scheme)) continue; // added while the page is written
    const counts: number[] = [];
    const exemplars: HistogramSeries['exemplars'][number][] = [];
    for (let bucket = 0; bucket <= boundaries.length; bucket++) {
      counts.push(from.countAt(row, bucket));
      exemplars.push(from.exemplarAt(row, bucket));
    }
    const [sum, startMillis] = [from.sumAt(row), from.startAt(row)];
    yield { labels: texts.of(row, scheme), boundaries, counts, exemplars, sum, startMillis };
  }
}
