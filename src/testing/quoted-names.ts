import { type Cursor, unescape } from './text-cursor.js';

// Names in quotes, as Prometheus 3 writes and reads them where they are not made of letters, digits and underscores alone.
// https://prometheus.io/docs/instrumenting/escaping_schemes/

const METRIC_NAME = /[a-zA-Z_:][a-zA-Z0-9_:]*/y;
const LABEL_NAME = /[a-zA-Z_][a-zA-Z0-9_]*/y;
const QUOTED = /"(?:[^"\\\0]|\\.)+"/y;
const ESCAPES = /\\([\\n"])|\\/g;

/** A metric's name as it stands before a blank; empty where there is none. */
export function readMetricName(cursor: Cursor): string {
  return cursor.take(METRIC_NAME) || readQuoted(cursor);
}

/** A label's name; empty where there is none. */
export function readLabelName(cursor: Cursor): string {
  return cursor.take(LABEL_NAME) || readQuoted(cursor);
}

/** Where a sample begins: its name, and the braces, which are open already where the name stands in them. */
export interface SampleStart {
  readonly name: string;
  /** What follows are labels, with neither brace nor comma before them. */
  readonly inBraces: boolean;
}

/** @param skipBlanks - where a format allows blanks */
export function readSampleStart(cursor: Cursor, skipBlanks: () => void): SampleStart {
  const plain = cursor.take(METRIC_NAME);
  if (plain !== '') return { name: plain, inBraces: false };
  if (!cursor.skip('{')) return { name: '', inBraces: false };
  skipBlanks();
  const name = readQuoted(cursor);
  skipBlanks();
  if (name === '' || cursor.sees('=')) cursor.fail('invalid metric name: none comes first in the braces');
  if (!cursor.skip(',') && !cursor.sees('}')) cursor.fail('neither "," nor "}" after the metric name');
  return { name, inBraces: true };
}

function readQuoted(cursor: Cursor): string {
  const text = cursor.take(QUOTED);
  return text === '' ? '' : unescape(text.slice(1, -1), ESCAPES, cursor.line);
}
