import { readFileSync } from 'node:fs';
import type { ToolCall } from './tool-call.js';

/** A recording that cannot be replayed. The message names the file, each faulty line, and what is expected of it. */
export class RecordingError extends Error {
  override readonly name = 'RecordingError';
}

/** Faults beyond so many are only counted: a file of another format would fill the screen. */
const FAULTS_SHOWN = 5;

const EXPECTED =
  'A line is one JSON object, one tool call: {"agent_id": string, "action": string, "outcome": "ok" | "error"} and, ' +
  'where known, "trajectory" (string or number), "step" and "argument_bytes" (numbers from 0), "domain" and "model" (strings). ' +
  'Other fields are ignored.';

/** Reads a file of recorded tool calls, one JSON object a line, in the order they were made. */
export function readRecording(path: string): ToolCall[] {
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch (error) {
    throw new RecordingError(`${path} cannot be read: ${(error as Error).message}`);
  }
  return parseRecording(text, path);
}

/** @param path - names the recording in errors */
export function parseRecording(text: string, path: string): ToolCall[] {
  const faults: string[] = [];
  const calls: Omit<ToolCall, 'lastOfTask' | 'lastOfAgent'>[] = [];
  const lengths = new Map<string, number>();
  text.split('\n').forEach((line, index) => {
    if (line.trim() === '') return;
    const call = callOf(line, (fault) => faults.push(`${path}:${index + 1}: ${fault}`));
    if (call === undefined) return;
    const length = lengths.get(call.trajectory) ?? 0;
    calls.push({ ...call, step: call.step ?? length });
    lengths.set(call.trajectory, length + 1);
  });
  if (faults.length > 0) {
    const more = faults.length > FAULTS_SHOWN ? [`… and ${faults.length - FAULTS_SHOWN} more`] : [];
    throw new RecordingError([...faults.slice(0, FAULTS_SHOWN), ...more, EXPECTED].join('\n'));
  }
  if (calls.length === 0) throw new RecordingError(`${path} holds no tool call.\n${EXPECTED}`);
  const lastOfTask = new Map(calls.map(({ trajectory }, index) => [trajectory, index]));
  const lastOfAgent = new Map(calls.map(({ agentId }, index) => [agentId, index]));
  return calls.map((call, index) => ({
    ...call,
    lastOfTask: lastOfTask.get(call.trajectory) === index,
    lastOfAgent: lastOfAgent.get(call.agentId) === index,
  }));
}

type RecordedCall = Omit<ToolCall, 'step' | 'lastOfTask' | 'lastOfAgent'> & {
  readonly step: number | undefined;
};

function callOf(line: string, report: (fault: string) => void): RecordedCall | undefined {
  let record: unknown;
  try {
    record = JSON.parse(line);
  } catch (error) {
    report(`not JSON: ${(error as Error).message}`);
    return undefined;
  }
  if (typeof record !== 'object' || record === null || Array.isArray(record)) {
    report(`expected a JSON object, found ${Array.isArray(record) ? 'an array' : JSON.stringify(record)}`);
    return undefined;
  }
  const fields = new Fields(record as Record<string, unknown>);
  const agentId = fields.required('agent_id', isName, 'a non-empty string');
  const call: RecordedCall = {
    agentId: agentId ?? '',
    action: fields.required('action', isName, 'a non-empty string') ?? '',
    outcome: fields.required('outcome', isOutcome, '"ok" or "error"') ?? 'ok',
    trajectory: String(fields.optional('trajectory', isKey, 'a string or a number') ?? agentId),
    step: fields.optional('step', isCount, 'a number from 0'),
    domain: fields.optional('domain', isName, 'a non-empty string') ?? 'unknown',
    model: fields.optional('model', isName, 'a non-empty string') ?? 'unknown',
    argumentBytes: fields.optional('argument_bytes', isCount, 'a number from 0') ?? 0,
  };
  if (fields.faults.length === 0) return call;
  report(fields.faults.join('; '));
  return undefined;
}

class Fields {
  readonly faults: string[] = [];

  constructor(private readonly record: Readonly<Record<string, unknown>>) {}

  required<T>(name: string, is: (value: unknown) => value is T, expected: string): T | undefined {
    const value = this.record[name];
    if (is(value)) return value;
    const found = value === undefined ? 'it is missing' : `found ${JSON.stringify(value).slice(0, 40)}`;
    this.faults.push(`"${name}" must be ${expected}, ${found}`);
    return undefined;
  }

  /** A null stands for a missing value. */
  optional<T>(name: string, is: (value: unknown) => value is T, expected: string): T | undefined {
    const value = this.record[name];
    return value === undefined || value === null ? undefined : this.required(name, is, expected);
  }
}

const isName = (value: unknown): value is string => typeof value === 'string' && value.trim() !== '';
const isKey = (value: unknown): value is string | number => isName(value) || typeof value === 'number';
const isCount = (value: unknown): value is number => typeof value === 'number' && value >= 0;
const isOutcome = (value: unknown): value is 'ok' | 'error' => value === 'ok' || value === 'error';
