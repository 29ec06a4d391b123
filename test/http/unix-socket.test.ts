import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { once } from 'node:events';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { endpointAt, startEndpoint } from './endpoint.js';
import { send, SHORT_TEXT } from './http-client.js';

const root = mkdtempSync(join(tmpdir(), 'unix-socket-'));
afterAll(() => rmSync(root, { recursive: true }));

let sockets = 0;
const freshPath = (): string => join(root, `${sockets++}.sock`);

/** What a process leaves behind that ends without a chance to remove its socket. */
function stalePath(): string {
  const path = freshPath();
  const script = `require('node:net').createServer().listen(${JSON.stringify(path)}, () => process.kill(process.pid, 'SIGKILL'))`;
  spawnSync(process.execPath, ['-e', script]);
  expect(statSync(path).isSocket()).toBe(true);
  return path;
}

const scrape = (socketPath: string) => send('http://kernel.example', { socketPath, path: '/metrics' });

test('the page is served on a Unix socket, whatever host a client names', async () => {
  const socketPath = freshPath();
  const { url } = await endpointAt({ socketPath });
  expect(url).toBe(`unix:${socketPath}:/metrics`);
  const { status, body } = await scrape(socketPath);
  expect([status, body.toString()]).toEqual([200, SHORT_TEXT]);
});

test.each([
  [undefined, '600'],
  [0o660, '660'],
])('with mode %p the file has %s', async (socketMode, mode) => {
  const socketPath = freshPath();
  await endpointAt({ socketPath, socketMode });
  expect((statSync(socketPath).mode & 0o777).toString(8)).toBe(mode);
});

test('credentials are asked for there too, and nobody is warned', async () => {
  const socketPath = freshPath();
  const { said } = await endpointAt({ socketPath, auth: { bearer: { token: 't' } } });
  expect((await scrape(socketPath)).status).toBe(401);
  expect((await endpointAt({ socketPath: freshPath() })).said).toEqual([]);
  expect(said).toHaveLength(1); // the refusal
});

test('what a dead process has left is replaced', async () => {
  const socketPath = stalePath();
  await endpointAt({ socketPath });
  expect((await scrape(socketPath)).status).toBe(200);
});

test('nothing else is left in the folder', async () => {
  const folder = mkdtempSync(join(root, 'alone-'));
  const { server } = await endpointAt({ socketPath: join(folder, 'a.sock') });
  expect(readdirSync(folder)).toEqual(['a.sock']);
  await server.close();
  expect(readdirSync(folder)).toEqual([]);
});

test('the socket of a live process stays, and the start says so', async () => {
  const socketPath = freshPath();
  await endpointAt({ socketPath });
  const second = startEndpoint({ socketPath });
  await expect(second.server.ready).rejects.toMatchObject({
    code: 'EADDRINUSE',
    message: `cannot serve metrics on socket ${socketPath}: a process listens there. Choose another path (EADDRINUSE)`,
  });
  await second.server.close();
  expect((await scrape(socketPath)).status).toBe(200);
});

test('a live process that answers nothing is alive', async () => {
  const socketPath = freshPath();
  const silent = createServer().listen(socketPath);
  await once(silent, 'listening');
  await expect(startEndpoint({ socketPath }).server.ready).rejects.toMatchObject({ code: 'EADDRINUSE' });
  silent.close();
});

test.each([
  ['a file of somebody', (path: string) => writeFileSync(path, 'mine'), 'is no socket'],
  ['a folder', (path: string) => mkdirSync(path), 'is no socket'],
  ['a pipe', (path: string) => void execFileSync('mkfifo', [path]), 'is no socket'],
])('%s is left alone', async (_, make, reason) => {
  const socketPath = freshPath();
  make(socketPath);
  const { ino } = statSync(socketPath);
  await expect(startEndpoint({ socketPath }).server.ready).rejects.toThrow(reason);
  expect(statSync(socketPath).ino).toBe(ino);
});

test('a folder that is not there is named as the cause', async () => {
  const socketPath = join(root, 'none', 'a.sock');
  await expect(startEndpoint({ socketPath }).server.ready).rejects.toMatchObject({
    code: expect.stringMatching(/ENOENT|EACCES/),
    message: expect.stringContaining(socketPath),
  });
});

test('the file is gone after close(), also where nothing has listened yet', async () => {
  const socketPath = freshPath();
  const { server } = await endpointAt({ socketPath });
  await server.close();
  expect(existsSync(socketPath)).toBe(false);
  const early = startEndpoint({ socketPath });
  await early.server.close();
  await expect(early.server.ready).rejects.toMatchObject({ code: 'ERR_SERVER_CLOSED' });
  await new Promise((resolve) => setImmediate(resolve));
  expect(existsSync(socketPath)).toBe(false);
});

test('close() leaves a file alone that has taken its place', async () => {
  const socketPath = freshPath();
  const { server } = await endpointAt({ socketPath });
  rmSync(socketPath);
  const other = createServer().listen(socketPath);
  await once(other, 'listening');
  const listeners = process.listenerCount('exit');
  await server.close();
  expect(process.listenerCount('exit')).toBe(listeners - 1);
  expect(existsSync(socketPath)).toBe(true);
  other.close();
});
