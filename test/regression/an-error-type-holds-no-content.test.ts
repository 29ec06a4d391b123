import { runInNewContext } from 'node:vm';
import { callBench } from '../calls/support.js';

// The name of whatever was thrown became a label and attributes, also where a record of a person was thrown, or where the
// name of an Error was a sentence.

const named = (name: unknown, error: Error = new Error('m')): Error => Object.assign(error, { name });
const coded = (code: unknown): Error => Object.assign(new Error('m'), { code });
const SAID = 'John Doe 12345';

const thrownBy = (run: () => unknown): unknown => {
  try {
    return run();
  } catch (error) {
    return error;
  }
};

/** All that is shown of calls that throw this, as one text, and the types of their spans. */
async function shownOf(thrown: unknown) {
  const { obs, events } = callBench();
  const fail = (): never => {
    throw thrown;
  };
  const verbs = [
    () => obs.execute({ agentId: 'a', action: 'x' }, fail),
    () => obs.policyCheck({ agentId: 'a', action: 'x', policy: 'p' }, fail),
    () => obs.agent.execution('a', fail),
    () => obs.kills.kill({ agentId: 'a', reason: 'r' }, fail),
  ];
  for (const verb of verbs) expect(thrownBy(verb)).toBe(thrown);
  const spans = obs.spans();
  const all = JSON.stringify([await obs.series(), spans, events()]).toLowerCase();
  await obs.shutdown();
  return { all, types: [...new Set(spans.map(({ attributes }) => attributes['error.type']))] };
}

class QuotaError extends Error {}

it.each<[what: string, thrown: unknown, type: string]>([
  ['a record', { name: SAID, ssn: '1' }, 'object'],
  ['a record of one name', { name: 'john_doe_12345' }, 'object'],
  ['a record with a message', { name: SAID, message: 'm', code: SAID }, 'object'],
  ['an Error named by a sentence', named(SAID), 'Error'],
  ['one of a class', named(SAID, new QuotaError('m')), 'QuotaError'],
  [
    'one whose class is named so',
    named(SAID, Object.assign(new Error('m'), { constructor: { name: SAID } })),
    'Error',
  ],
  ['an Error of a coded sentence', coded(SAID), 'Error'],
  [
    'one of another realm',
    runInNewContext(`Object.assign(new RangeError('m'), { name: '${SAID}' })`),
    'RangeError',
  ],
])('%s shows no name', async (_, thrown, type) => {
  const { all, types } = await shownOf(thrown);
  expect(all).not.toMatch(/john|doe|12345/);
  expect(types).toEqual([type]);
});

it.each<[thrown: unknown, type: string, shown?: string]>([
  [named('MyLib.Error'), 'MyLib.Error'],
  [named('urn:mylib/not-found'), 'urn:mylib/not-found'],
  [new DOMException('m', 'AbortError'), 'AbortError', '20'],
  [runInNewContext('new RangeError("m")'), 'RangeError'],
  [coded('ERR_INVALID_ARG_TYPE'), 'Error', 'ERR_INVALID_ARG_TYPE'],
  [coded(429), 'Error', '429'],
])('%p keeps its name', async (thrown, type, shown = type) => {
  const { all, types } = await shownOf(thrown);
  expect(types).toEqual([type]);
  expect(all).toContain(`"exception.type":"${shown.toLowerCase()}"`);
});
