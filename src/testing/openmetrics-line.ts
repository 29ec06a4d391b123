import type { Labels } from './samples.js';
import type { Exemplar, OpenMetricsSample } from './parse-openmetrics.js';
import { Cursor, unescape } from './text-cursor.js';

export const METRIC_NAME = /[a-zA-Z_:][a-zA-Z0-9_:]*/y;
const LABEL_NAME = /[a-zA-Z_][a-zA-Z0-9_]*/y;
const WORD = /[^ ]*/y;
const REAL = /^[+-]?(?:\d+(?:\.\d*)?|\.\d+)(?:e[+-]?\d+)?$/i;
const INFINITE = /^[+-]?inf(?:inity)?$/i;
/** In code points, of all names and values together. */
const EXEMPLAR_LABELS_LENGTH = 128;
/** What may follow a backslash, in help as in label values; the format discourages the rest, so that is refused. */
const ESCAPES = /\\([\\n"])|\\/g;

/** One sample, by the grammar alone: single blanks, and nothing that is not in it. */
export function readSampleLine(content: string, line: number): OpenMetricsSample {
  const cursor = new Cursor(content, line);
  const name = cursor.take(METRIC_NAME);
  if (name === '') cursor.fail('invalid metric name');
  const labels = cursor.sees('{') ? readLabels(cursor) : {};
  const value = readValue(cursor);
  const timestamp = readTimestamp(cursor);
  const exemplar = readExemplar(cursor);
  if (!cursor.atEnd()) cursor.fail('the line goes on');
  return { name, labels, value, ...timestamp, ...(exemplar && { exemplar }) };
}

function readExemplar(cursor: Cursor): Exemplar | undefined {
  if (!cursor.skip(' # ')) return undefined;
  if (!cursor.sees('{')) cursor.fail('an exemplar has no labels in braces');
  const labels = readLabels(cursor);
  const length = Object.entries(labels).reduce((sum, pair) => sum + [...pair.join('')].length, 0);
  if (length > EXEMPLAR_LABELS_LENGTH) cursor.fail(`the labels of an exemplar have ${length} characters`);
  return { labels, value: readValue(cursor), ...readTimestamp(cursor) };
}

function readLabels(cursor: Cursor): Labels {
  const labels = new Map<string, string>();
  cursor.skip('{');
  if (cursor.skip('}')) return {};
  do {
    const name = cursor.take(LABEL_NAME);
    if (name === '') cursor.fail('invalid label name');
    if (name.startsWith('__')) cursor.fail(`label name ${name} is reserved`);
    if (labels.has(name)) cursor.fail(`label ${name} comes twice`);
    if (!cursor.skip('=')) cursor.fail(`no "=" after label name ${name}`);
    const quoted = cursor.take(/"(?:[^"\\]|\\.)*"/y);
    if (quoted === '') cursor.fail(`the value of label ${name} is not quoted on one line`);
    labels.set(name, unescape(quoted.slice(1, -1), ESCAPES, cursor.line));
  } while (cursor.skip(','));
  if (!cursor.skip('}')) cursor.fail('neither "," nor "}" after a label');
  return Object.fromEntries(labels);
}

function readValue(cursor: Cursor): number {
  if (!cursor.skip(' ')) cursor.fail('no blank before the value');
  return readNumber(cursor.take(WORD), cursor);
}

export function readNumber(text: string, cursor: Cursor): number {
  if (/^nan$/i.test(text)) return NaN;
  if (INFINITE.test(text)) return text.startsWith('-') ? -Infinity : Infinity;
  const value = REAL.test(text) ? Number(text) : NaN;
  if (!Number.isFinite(value)) cursor.fail(`"${text}" is not a number`);
  return value;
}

/** Seconds on the page, milliseconds here; the point is moved in the text, for a product would not be exact. */
function readTimestamp(cursor: Cursor): { timestamp?: number } {
  if (cursor.sees(' # ') || !cursor.skip(' ')) return {};
  const text = cursor.take(WORD);
  const [mantissa = '', power = '0'] = text.split(/e/i);
  const timestamp = REAL.test(text) ? Number(`${mantissa}e${Number(power) + 3}`) : NaN;
  if (!Number.isFinite(timestamp)) cursor.fail(`"${text}" is not a timestamp`);
  return { timestamp };
}

/** The text of a HELP line. Quotes are escaped in it, unlike in text 0.0.4. */
export function readHelp(text: string, line: number): string {
  if (/(?<!\\)(?:\\\\)*"/.test(text)) new Cursor(text, line).fail('a quote in help is not escaped');
  return unescape(text, ESCAPES, line);
}
