import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { cli, folderOfEachTest } from './support.js';

const ROOT = join(__dirname, '../..');
const folder = folderOfEachTest();

function file(name: string, text: string): string {
  const path = join(folder(), name);
  writeFileSync(path, text);
  return path;
}

const recorded = (...lines: readonly unknown[]): string =>
  file(
    'calls.jsonl',
    lines.map((line) => (typeof line === 'string' ? line : JSON.stringify(line))).join('\n'),
  );
const call = (action: string, more: object = {}) => ({ agent_id: 'agent-1', action, ...more });
const replay = (calls: string, policy: string, ...args: string[]) =>
  cli(['replay', calls, '--policy', policy, ...args], { cwd: ROOT });

const POLICY = `
apiVersion: governance.toolkit/v1
name: test
version: '1.0'
default_action: allow
rules:
  - { name: nothing-leaves, condition: "action == 'send_file'", ruleAction: deny, priority: 9 }
  - { name: ask-first, condition: "action == 'pay'", ruleAction: require_approval, approvers: [desk], priority: 8 }
`;

test('a policy file of the governance SDK says what it would have denied, by action and by call', async () => {
  const calls = recorded(call('read'), call('send_file'), call('pay'), call('send_file'));
  const { code, out } = await replay(calls, file('policy.yaml', POLICY));
  expect(code).toBe(0);
  expect(out).toContain('4 calls of');
  expect(out).toContain('1 allowed, 2 denied, 1 needs approval, 0 unknown, 0 error');
  expect(out).toMatch(/^2 +agent-1 +send_file +denied +nothing-leaves$/m);
});

test('the same as JSON', async () => {
  const { out } = await replay(recorded(call('send_file')), file('policy.yaml', POLICY), '--json');
  expect(JSON.parse(out)).toMatchObject({
    calls: 1,
    denied: 1,
    actions: { send_file: { allowed: 0, denied: 1 } },
    notAllowed: [
      { line: 1, agentId: 'agent-1', action: 'send_file', outcome: 'denied', rule: 'nothing-leaves' },
    ],
  });
});

test.each([
  ['module.exports = ({ amount }) => amount < 10', 'a function'],
  ['exports.policy = async ({ amount }) => ({ allowed: amount < 10 })', 'a promise'],
  ['exports.decide = { evaluate: ({ amount }) => (amount < 10 ? "allow" : "deny") }', 'an object'],
])('a module decides: %s', async (source) => {
  const calls = recorded(call('pay', { amount: 5 }), call('pay', { amount: 50 }));
  const { out } = await replay(calls, file('policy.cjs', source));
  expect(out).toContain('1 allowed, 1 denied');
});

test('an answer that is not understood, or none, is never allowed', async () => {
  const policy = file(
    'policy.cjs',
    "module.exports = ({ action }) => { if (action === 'throw') throw new Error('secret'); return { weather: 'fine' }; };",
  );
  const calls = recorded(call('throw'), call('odd'));
  const { code, out } = await replay(calls, policy, '--strict');
  expect(code).toBe(1);
  expect(out).toContain('0 allowed, 0 denied, 0 needs approval, 1 unknown, 1 error');
  expect(out).not.toContain('secret');
});

test('an answer that does not come is unknown, and the calls after it are asked', async () => {
  const never = "module.exports = ({ action }) => action === 'wait' ? new Promise(() => {}) : true;";
  const calls = recorded(call('wait'), call('read'));
  const args = [calls, file('policy.cjs', never), '--strict', '--timeout', '0.05'] as const;
  const { code, out } = await replay(...args);
  expect(code).toBe(1);
  expect(out).toContain('1 allowed, 0 denied, 0 needs approval, 1 unknown, 0 error');
});

test.each([
  ['{"agent_id": "a", "action": ', 'no JSON'],
  ['[1]', 'no JSON object'],
  ['null', 'no JSON object'],
  ['{"action":"x"}', '"agent_id" must be'],
  ['{"agent_id":"a","action":" "}', '"action" must be'],
  [`{"agent_id":"a","action":"${'x'.repeat(1024 * 1024)}"}`, 'longer than'],
])('a line that is no tool call is named by its number, and not allowed: %.40s', async (line, fault) => {
  const calls = recorded(call('read'), '', line, call('read'));
  const policy = file('policy.cjs', 'module.exports = () => true;');
  const { code, out } = await replay(calls, policy);
  expect(code).toBe(0);
  expect(out).toContain('2 allowed');
  expect(out).toContain(`1 lines are no tool call, and are counted nowhere else:\n  line 3: ${fault}`);
  expect((await replay(calls, policy, '--strict')).code).toBe(1);
  expect(JSON.parse((await replay(calls, policy, '--json')).out)).toMatchObject({
    calls: 2,
    allowed: 2,
    badLines: [{ line: 3 }],
  });
});

test('a byte order mark costs no call, and no policy', async () => {
  const calls = recorded(`\uFEFF${JSON.stringify(call('send_file'))}`, call('read'));
  const policy = file('policy.yaml', `\uFEFF${POLICY.trim()}`);
  const { code, out } = await replay(calls, policy, '--strict');
  expect(out).toContain('1 allowed, 1 denied');
  expect(code).toBe(0);
});

test.each(['', '\n\n', '\uFEFF'])('a file without calls passes no gate: %j', async (text) => {
  const args = [file('calls.jsonl', text), file('policy.cjs', 'module.exports = () => true;')] as const;
  const { code, out } = await replay(...args, '--strict');
  expect(code).toBe(1);
  expect(out).toContain('It has no calls');
  expect((await replay(...args)).code).toBe(0);
});

test('what a file says makes no row of its own, and turns no text around', async () => {
  const odd = 'x\n9999  agent-1  pay  allowed\r\t\u001B[2J\u202E\u2028';
  const policy = file('policy.cjs', 'module.exports = ({ rule }) => ({ allowed: false, rule });');
  const calls = recorded({ agent_id: odd, action: odd, rule: odd });
  const { out } = await replay(calls, policy);
  expect(out).not.toMatch(/^9999/m);
  for (const sign of '\r\t\u001B\u202E\u2028') expect(out).not.toContain(sign);
  expect(out.split(String.raw`x\n9999  agent-1  pay  allowed\r\t\u001b[2J\u202e\u2028`)).toHaveLength(5);
});

test('lists as many as asked for', async () => {
  const calls = recorded(...Array.from({ length: 5 }, () => call('x')));
  const { out } = await replay(calls, file('policy.cjs', 'module.exports = () => false;'), '--show', '2');
  expect(out).toContain('… and 3 more: --show 5');
});

test.each([
  [[], '--policy is missing'],
  [['--policy', 'nonsense.txt'], 'must be a .yaml'],
  [['--policy', '/nonsense.yaml'], 'cannot be used as a policy'],
  [['--policy', 'x', '--show', 'y'], '--show must be a number'],
])('refuses %j', async (args, says) => {
  const { code, err } = await cli(['replay', recorded(call('x')), ...args], { cwd: folder() });
  expect(code).toBe(2);
  expect(err).toContain(says);
});

test('refuses a recording that is not there, a module that decides nothing, and a place without the SDK', async () => {
  const policy = file('policy.yaml', POLICY);
  expect((await replay('/nonsense', policy)).err).toContain('there is no file');
  const none = file('none.cjs', 'exports.other = 1;');
  expect((await replay(recorded(call('x')), none)).err).toContain('must export a function');
  const { err } = await cli(['replay', recorded(call('x')), '--policy', policy], { cwd: '/' });
  expect(err).toContain('npm install @microsoft/agent-governance-sdk');
});
