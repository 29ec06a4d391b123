import { mkdtempSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Credentials, type EndpointAuth } from '../../src/http/credentials.js';
import { endpointAuth } from '../../src/options/endpoint-checks.js';

const root = mkdtempSync(join(tmpdir(), 'credentials-'));
afterAll(() => rmSync(root, { recursive: true }));

let files = 0;
function fileOf(content: string): string {
  const path = join(root, `secret-${files++}`);
  writeFileSync(path, content);
  return path;
}

function credentials(auth: EndpointAuth) {
  const said: string[] = [];
  const heard = new Set<string>();
  const made = new Credentials(auth, (cause, message) => {
    if (!heard.has(cause)) said.push(message);
    heard.add(cause);
  });
  return { said, opens: (token: string) => made.accept(`Bearer ${token}`) };
}

test.each([
  ['a line', 'first\n', ['first']],
  ['a line without its end', 'first', ['first']],
  ['several lines, as while it is rotated', 'first\nsecond\n', ['first', 'second']],
  ['lines of Windows', 'first\r\nsecond\r\n', ['first', 'second']],
  ['blanks and empty lines', '\n  first  \n\n\tsecond\n', ['first', 'second']],
  ['a byte order mark', '\uFEFFfirst\n', ['first']],
])('a file of tokens may have %s', async (_, content, tokens) => {
  const { opens } = credentials({ bearer: { tokenFile: fileOf(content) } });
  for (const token of tokens) expect(await opens(token)).toBe(true);
  for (const other of ['third', 'firs', 'first\nsecond', '\uFEFFfirst'])
    expect(await opens(other)).toBe(false);
});

test('a renewed file holds with the next request, and what it no longer has is refused', async () => {
  const tokenFile = fileOf('old');
  const { opens } = credentials({ bearer: { tokenFile } });
  expect(await opens('old')).toBe(true);
  writeFileSync(tokenFile, 'old\nnew');
  expect(await opens('new')).toBe(true);
  expect(await opens('old')).toBe(true);
  writeFileSync(tokenFile, 'new');
  expect(await opens('old')).toBe(false);
  expect(await opens('new')).toBe(true);
});

test('tokens of the option and of the file both count', async () => {
  const { opens } = credentials({ bearer: { token: 'fixed', tokenFile: fileOf('filed') } });
  expect(await opens('fixed')).toBe(true);
  expect(await opens('filed')).toBe(true);
  expect(await opens('other')).toBe(false);
});

test.each([
  ['is gone', (path: string) => rmSync(path), 'cannot be read (ENOENT)'],
  ['is empty', (path: string) => truncateSync(path), 'holds no usable secret'],
  [
    'holds what no header can carry',
    (path: string) => writeFileSync(path, 'two words'),
    'holds no usable secret',
  ],
])('where a file %s the last good secrets stay, and it is said once', async (_, spoil, why) => {
  const tokenFile = fileOf('hunter2');
  const { opens, said } = credentials({ bearer: { tokenFile } });
  spoil(tokenFile);
  expect(await opens('hunter2')).toBe(true);
  expect(await opens('')).toBe(false);
  expect(await opens('other')).toBe(false);
  expect(said).toEqual([
    `prometheus.auth.bearer.tokenFile ${tokenFile} ${why}; the secrets it held before stay in force.`,
  ]);
  writeFileSync(tokenFile, 'renewed');
  expect(await opens('renewed')).toBe(true);
  expect(await opens('hunter2')).toBe(false);
});

test('a file that comes back as it was is good again', async () => {
  const tokenFile = fileOf('same');
  const { opens } = credentials({ bearer: { tokenFile } });
  rmSync(tokenFile);
  expect(await opens('same')).toBe(true);
  writeFileSync(tokenFile, 'same');
  expect(await opens('same')).toBe(true);
});

test('a password file belongs to its user, and may hold blanks inside', async () => {
  const made = new Credentials(
    {
      basic: [
        { username: 'a', passwordFile: fileOf('one two\n') },
        { username: 'b', password: 'three' },
      ],
    },
    () => {},
  );
  const opens = (pair: string) => made.accept(`Basic ${Buffer.from(pair).toString('base64')}`);
  expect(await opens('a:one two')).toBe(true);
  expect(await opens('b:three')).toBe(true);
  expect(await opens('b:one two')).toBe(false);
  expect(await opens('a:three')).toBe(false);
});

test('at the start each file that cannot be used is named, and nothing of what is in it', () => {
  const empty = fileOf('\n \n');
  const odd = fileOf('hunter2 hunter3\n');
  const problems = endpointAuth.why?.({
    bearer: { tokenFile: odd },
    basic: [
      { username: 'a', passwordFile: empty },
      { username: 'b', passwordFile: join(root, 'none') },
      { username: 'c', passwordFile: root },
    ],
  });
  expect(problems?.split('; ')).toEqual([
    `bearer.tokenFile ${odd}, which holds no usable secret`,
    `basic.passwordFile ${empty}, which holds no usable secret`,
    `basic.passwordFile ${join(root, 'none')}, which cannot be read (ENOENT)`,
    expect.stringMatching(/which cannot be read \((EISDIR|no regular file)\)$/),
  ]);
  expect(endpointAuth.test({ bearer: { tokenFile: fileOf('t') } })).toBe(true);
});

test('no credentials at all open nothing', async () => {
  expect(await credentials({}).opens('')).toBe(false);
  expect(await credentials({}).opens('undefined')).toBe(false);
});
