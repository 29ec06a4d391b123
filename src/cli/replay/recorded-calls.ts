import { createReadStream } from 'node:fs';
import { createInterface } from 'node:readline';
import { withoutMark } from '../text-file.js';

export interface RecordedCall {
  readonly line: number;
  readonly agentId: string;
  readonly action: string;
  /** The whole object of the line. */
  readonly record: Readonly<Record<string, unknown>>;
}

export interface BadLine {
  readonly line: number;
  readonly fault: string;
}

const MAX_LINE = 1024 * 1024;

/** The calls of a file, one after the other, and the lines that are none; empty lines are neither. */
export async function* recordedCalls(path: string): AsyncGenerator<RecordedCall | BadLine> {
  let line = 0;
  for await (const read of createInterface({ input: createReadStream(path, 'utf8'), crlfDelay: Infinity })) {
    line += 1;
    const text = line === 1 ? withoutMark(read) : read;
    if (text.trim() !== '') yield callOf(text, line);
  }
}

function callOf(text: string, line: number): RecordedCall | BadLine {
  if (text.length > MAX_LINE) return { line, fault: `longer than ${MAX_LINE} characters` };
  let record: unknown;
  try {
    record = JSON.parse(text);
  } catch {
    return { line, fault: 'no JSON' }; // what it is instead may be secret
  }
  if (record === null || typeof record !== 'object' || Array.isArray(record))
    return { line, fault: 'no JSON object' };
  const { agent_id: agentId, action } = record as Record<string, unknown>;
  if (!isName(agentId)) return { line, fault: '"agent_id" must be a text that is not empty' };
  if (!isName(action)) return { line, fault: '"action" must be a text that is not empty' };
  return { line, agentId, action, record: record as Record<string, unknown> };
}

const isName = (value: unknown): value is string => typeof value === 'string' && value.trim() !== '';
