import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseRecording, readRecording, RecordingError } from '../../../examples/demo/recording.js';

const full = {
  trajectory: 7,
  agent_id: 'hotel-desk-7',
  task: 3,
  trial: 0,
  step: 0,
  domain: 'hotel',
  model: 'some-model',
  action: 'get_guest',
  argument_names: ['guest_id'],
  argument_bytes: 22,
  outcome: 'ok',
  reward: 1,
};
const jsonl = (...records: unknown[]) => records.map((record) => JSON.stringify(record)).join('\n');
const messageOf = (text: string): string => {
  try {
    parseRecording(text, 'calls.jsonl');
  } catch (error) {
    expect(error).toBeInstanceOf(RecordingError);
    return (error as Error).message;
  }
  throw new Error('nothing was thrown');
};

describe('a recording', () => {
  it('is read with all its fields, in its order', () => {
    const calls = parseRecording(
      jsonl(full, { ...full, step: 1, action: 'book_room', outcome: 'error' }),
      'f',
    );
    expect(calls).toEqual([
      {
        agentId: 'hotel-desk-7',
        trajectory: '7',
        step: 0,
        lastOfTask: false,
        lastOfAgent: false,
        domain: 'hotel',
        model: 'some-model',
        action: 'get_guest',
        argumentBytes: 22,
        outcome: 'ok',
      },
      expect.objectContaining({
        step: 1,
        lastOfTask: true,
        lastOfAgent: true,
        action: 'book_room',
        outcome: 'error',
      }),
    ]);
  });

  it('needs no more than agent, action and outcome; nulls and unknown fields do no harm', () => {
    const call = { agent_id: 'a', action: 'get_guest', outcome: 'ok', model: null, mood: 'fine' };
    expect(parseRecording(jsonl(call, call), 'f')).toEqual([
      {
        agentId: 'a',
        trajectory: 'a',
        step: 0,
        lastOfTask: false,
        lastOfAgent: false,
        domain: 'unknown',
        model: 'unknown',
        action: 'get_guest',
        argumentBytes: 0,
        outcome: 'ok',
      },
      expect.objectContaining({ step: 1, lastOfTask: true, lastOfAgent: true }),
    ]);
  });

  it('marks the last call of each task, also where tasks are interleaved', () => {
    const of = (trajectory: string) => ({ agent_id: 'a', action: 'think', outcome: 'ok', trajectory });
    const calls = parseRecording(jsonl(of('x'), of('y'), of('x'), of('y'), of('z')), 'f');
    expect(calls.map(({ lastOfTask }) => lastOfTask)).toEqual([false, false, true, true, true]);
    expect(calls.map(({ lastOfAgent }) => lastOfAgent)).toEqual([false, false, false, false, true]);
  });

  it('may have empty lines and Windows line ends', () => {
    expect(parseRecording(`\r\n${JSON.stringify(full)}\r\n\r\n`, 'f')).toHaveLength(1);
  });

  it('keeps no arguments', () => {
    const text = jsonl({ ...full, arguments: { guest_id: 'secret' } });
    expect(JSON.stringify(parseRecording(text, 'f'))).not.toContain('secret');
  });
});

describe('a recording that cannot be replayed', () => {
  it.each([
    ['{"agent_id": "a"', /^calls\.jsonl:1: not JSON: /],
    ['[1, 2]', /^calls\.jsonl:1: expected a JSON object, found an array/],
    ['null', /^calls\.jsonl:1: expected a JSON object, found null/],
    [jsonl({ ...full, action: undefined }), /:1: "action" must be a non-empty string, it is missing/],
    [jsonl({ ...full, action: '  ' }), /:1: "action" must be a non-empty string, found " {2}"/],
    [jsonl({ ...full, outcome: 'OK' }), /:1: "outcome" must be "ok" or "error", found "OK"/],
    [jsonl({ ...full, argument_bytes: '22' }), /:1: "argument_bytes" must be a number from 0, found "22"/],
    [jsonl({ ...full, trajectory: {} }), /:1: "trajectory" must be a string or a number, found \{\}/],
  ])('%j: the error says where and what', (text, message) => {
    expect(messageOf(text)).toMatch(message);
  });

  it('counts lines as an editor does, and says what a line should be', () => {
    const message = messageOf(`${JSON.stringify(full)}\n\nnonsense`);
    expect(message).toMatch(/^calls\.jsonl:3: /);
    expect(message).toContain('"agent_id": string, "action": string, "outcome": "ok" | "error"');
  });

  it('has all faults of a line named, and the first of many lines', () => {
    expect(messageOf(jsonl({ trajectory: 1 }))).toMatch(
      /"agent_id" must .*; "action" must .*; "outcome" must /,
    );
    const many = messageOf(Array.from({ length: 9 }, () => '{').join('\n'));
    expect(many.match(/not JSON/g)).toHaveLength(5);
    expect(many).toContain('… and 4 more');
  });

  it('may be empty or not there at all', () => {
    expect(messageOf('\n\n')).toMatch(/^calls\.jsonl holds no tool call/);
    const directory = mkdtempSync(join(tmpdir(), 'recording-'));
    try {
      expect(() => readRecording(join(directory, 'absent.jsonl'))).toThrow(
        /absent\.jsonl cannot be read: ENOENT/,
      );
      writeFileSync(join(directory, 'one.jsonl'), jsonl(full));
      expect(readRecording(join(directory, 'one.jsonl'))).toHaveLength(1);
    } finally {
      rmSync(directory, { recursive: true });
    }
  });
});
