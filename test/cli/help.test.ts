import { COMMANDS } from '../../src/cli/commands.js';
import { painted, table } from '../../src/cli/terminal.js';
import { cli } from './support.js';

test('help names every command, and each has help of its own with its flags and exit codes', async () => {
  const all = await cli(['--help']);
  expect(all.code).toBe(0);
  for (const { name, flags } of COMMANDS) {
    expect(all.out).toContain(`  ${name} `);
    const { code, out } = await cli([name, '--help']);
    expect(code).toBe(0);
    for (const flag of [...Object.keys(flags), 'help']) expect(out).toContain(`  --${flag}`);
    expect(out).toMatch(/Exit codes:\n {2}0 {2}[^]+\n {2}1 {2}[^]+\n {2}2 {2}/);
    expect(Math.max(...out.split('\n').map((line) => line.length))).toBeLessThanOrEqual(100);
  }
});

test.each([
  [[], /<command>/],
  [['nonsense'], /"nonsense" is no command; there are init, upgrade/],
  [['init', '--nonsense'], /init: Unknown option '--nonsense'/],
  [['init', 'a', 'b'], /usage: agent-os-observability init \[folder\] \[flags\]/],
  [['init', '--runbooks-url'], /argument missing/],
  [['export', 'nonsense'], /there is no "nonsense" to export, only dashboards, rules, runbooks/],
  [['upgrade', '/nonsense'], /run init first/],
  [['init', ''], /the folder must not be empty/],
  [['upgrade', ''], /the folder must not be empty/],
  [['export', 'rules', ''], /the folder must not be empty/],
  [['replay', '', '--policy', 'x.cjs'], /FILE must not be empty/],
])('a wrong call ends with 2 and says what is wrong: %j', async (args, says) => {
  const { code, out, err } = await cli(args);
  expect(code).toBe(2);
  expect(`${out}${err}`).toMatch(says);
});

test.each([
  ['nonsense', '--json'],
  ['init', '--nonsense', '--json'],
  ['export', 'nonsense', '--json'],
  ['doctor', '--json', '--prometheus', 'nonsense'],
  ['drill', 'nonsense', '--json'],
  ['replay', '/nonsense', '--json', '--policy', 'x.cjs'],
])('a wrong call is said as JSON where JSON is asked for: %s %s', async (...args) => {
  const { code, out, err } = await cli(args);
  expect({ code, err }).toEqual({ code: 2, err: '' });
  expect(JSON.parse(out)).toEqual({ error: expect.stringMatching(/nonsense/) as string });
});

test('the release is that of the package', async () => {
  expect((await cli(['--version'])).out).toMatch(/^\d+\.\d+\.\d+$/);
});

test('colour is for terminals, and what comes from elsewhere moves no cursor', () => {
  expect(painted({ colour: false }, 'red', 'no')).toBe('no');
  expect(painted({ colour: true }, 'red', 'no')).toBe('\u001B[31mno\u001B[0m');
  expect(table(['a', 'b'], [['\u001B[2Jx', 'y']])).toEqual(['a           b', '\\u001b[2Jx  y']);
});
