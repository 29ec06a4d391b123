import { execFileSync } from 'node:child_process';
import { once } from 'node:events';
import { copyFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { request, type RequestOptions } from 'node:https';
import { connect as connectPlain } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connect, type TLSSocket } from 'node:tls';
import { endpointTls } from '../../src/options/endpoint-checks.js';
import { endpointAt } from './endpoint.js';
import { SHORT_TEXT } from './http-client.js';

jest.mock('node:timers', () => jest.requireActual('../support/global-timers.js'));

const fixture = (name: string): string => join(__dirname, '../support/fixtures/tls', name);
const pem = (name: string): Buffer => readFileSync(fixture(name));
const root = mkdtempSync(join(tmpdir(), 'endpoint-tls-'));
afterAll(() => rmSync(root, { recursive: true }));
afterEach(() => jest.useRealTimers());

let folders = 0;
/** Files that a test may replace, at first those of the receiver. */
function files() {
  const folder = mkdtempSync(join(root, `${folders++}-`));
  const put = (from: string, to: string): void => copyFileSync(fixture(from), join(folder, to));
  put('receiver.pem', 'cert');
  put('receiver.key', 'key');
  put('ca.pem', 'ca');
  const at = (name: string): string => join(folder, name);
  return { put, at, tls: { certFile: at('cert'), keyFile: at('key') } };
}

interface SecureAnswer {
  readonly status: number | undefined;
  readonly body: string;
  /** Common name of the server's certificate. */
  readonly shown: string;
}

function scrape(url: string, options: RequestOptions = {}): Promise<SecureAnswer> {
  return new Promise((resolve, reject) => {
    const sent = request(url, { agent: false, ca: pem('ca.pem'), ...options }, (response) => {
      let body = '';
      const shown = String((response.socket as TLSSocket).getPeerCertificate().subject.CN);
      response.on('data', (chunk: Buffer) => (body += chunk.toString()));
      response.on('end', () => resolve({ status: response.statusCode, body, shown }));
      response.on('error', reject);
    });
    sent.on('error', reject).end();
  });
}

const CLIENT = { cert: pem('client.pem'), key: pem('client.key') };
const STRANGER = { cert: pem('stranger.pem'), key: pem('stranger.key') };

/** Lets the next look at the files happen, and waits until `holds`. */
async function untilRenewed(holds: () => Promise<boolean> | boolean): Promise<void> {
  for (;;) {
    jest.advanceTimersByTime(5000);
    for (let turn = 0; turn < 50; turn++) {
      await new Promise((resolve) => setImmediate(resolve));
      if (await holds()) return;
    }
  }
}

function freezeTimeouts(): void {
  jest.useFakeTimers({ doNotFake: ['nextTick', 'setImmediate', 'queueMicrotask', 'performance', 'Date'] });
}

test('the page is served by HTTPS, and plain HTTP is refused', async () => {
  const { tls } = files();
  const { url, port, refused } = await endpointAt({ tls });
  expect(url).toBe(`https://127.0.0.1:${port}/metrics`);
  expect(await scrape(url)).toMatchObject({ status: 200, body: SHORT_TEXT });
  const plain = connectPlain(port, '127.0.0.1').on('error', () => {});
  plain.write('GET /metrics HTTP/1.1\r\nHost: localhost\r\n\r\n');
  await once(plain.resume(), 'close');
  expect(refused).toEqual(['tls']);
});

test.each(['TLSv1', 'TLSv1.1'] as const)('%s is refused', async (version) => {
  const { url } = await endpointAt({ tls: files().tls });
  const old = { minVersion: version, maxVersion: version, ciphers: 'DEFAULT@SECLEVEL=0' };
  await expect(scrape(url, old)).rejects.toThrow();
});

test('hosts and credentials are asked for over TLS as well', async () => {
  const { url, refused } = await endpointAt({ tls: files().tls, auth: { bearer: { token: 't' } } });
  const authorization = 'Bearer t';
  expect(await scrape(url)).toMatchObject({ status: 401 });
  expect(await scrape(url, { headers: { authorization } })).toMatchObject({ status: 200 });
  expect(
    await scrape(url, { headers: { authorization, host: 'evil.example' }, servername: 'localhost' }),
  ).toMatchObject({
    status: 421,
  });
  expect(refused).toEqual(['unauthenticated', 'host']);
});

test('a key with a passphrase is opened by it, from the option or from a file', async () => {
  const { tls, at } = files();
  const passphrase = 'correct horse';
  const sealing = [
    'pkcs8',
    '-topk8',
    '-in',
    tls.keyFile,
    '-out',
    at('sealed'),
    '-passout',
    `pass:${passphrase}`,
  ];
  execFileSync('openssl', sealing);
  writeFileSync(at('passphrase'), `${passphrase}\n`);
  const sealed = { ...tls, keyFile: at('sealed') };
  for (const how of [{ passphrase }, { passphraseFile: at('passphrase') }]) {
    const { url } = await endpointAt({ tls: { ...sealed, ...how } });
    expect(await scrape(url)).toMatchObject({ status: 200 });
  }
  for (const how of [{}, { passphrase: 'wrong' }]) {
    const problem = endpointTls.why?.({ ...sealed, ...how });
    expect(problem).toMatch(/which do not work \(/);
    expect(problem).not.toContain('wrong');
  }
});

describe('with an authority of clients', () => {
  const secured = () => {
    const { tls, at, put } = files();
    return { put, tls: { ...tls, clientCaFile: at('ca') } };
  };

  test('a client with a certificate of it is answered, and nobody else', async () => {
    const { url, refused } = await endpointAt({ tls: secured().tls });
    expect(await scrape(url, CLIENT)).toMatchObject({ status: 200 });
    await expect(scrape(url)).rejects.toThrow();
    await expect(scrape(url, STRANGER)).rejects.toThrow();
    expect(refused).toEqual(['tls', 'tls']); // each before its client heard of it
  });

  test('a server beyond this machine needs no warning', async () => {
    const { said } = await endpointAt({ tls: secured().tls, host: '0.0.0.0' });
    expect(said).toEqual([]);
    const open = await endpointAt({ tls: files().tls, host: '0.0.0.0' });
    expect(open.said).toHaveLength(1);
  });

  test('one that is changed holds for the next connection, and ends those of before', async () => {
    freezeTimeouts();
    const { tls, put } = secured();
    const { port, url } = await endpointAt({ tls });
    const kept = connect({ port, host: '127.0.0.1', ca: pem('ca.pem'), ...CLIENT });
    kept.on('error', () => {});
    await once(kept, 'secureConnect');
    kept.write('GET /health HTTP/1.1\r\nHost: localhost\r\n\r\n');
    await once(kept, 'data');
    put('other-ca.pem', 'ca');
    await untilRenewed(() => kept.resume().destroyed);
    await expect(scrape(url, CLIENT)).rejects.toThrow();
    expect(await scrape(url, STRANGER)).toMatchObject({ status: 200 });
  });
});

describe('renewed files', () => {
  const trusting = { rejectUnauthorized: false };
  const shown = async (url: string): Promise<string> => (await scrape(url, trusting)).shown;

  test('are shown to the next client', async () => {
    freezeTimeouts();
    const { tls, put } = files();
    const { url } = await endpointAt({ tls });
    const before = await shown(url);
    put('stranger.pem', 'cert');
    put('stranger.key', 'key');
    await untilRenewed(async () => (await shown(url)) !== before);
    expect(await shown(url)).toBe('stranger');
  });

  test('that are half renewed, broken or gone leave the last good pair in force, which is said', async () => {
    freezeTimeouts();
    const { tls, put, at } = files();
    const { url, said } = await endpointAt({ tls });
    const before = await shown(url);
    put('stranger.pem', 'cert');
    await untilRenewed(() => said.length === 1);
    expect(said[0]).toMatch(
      /^prometheus\.tls: the renewed files do not work \(.+\); what was read before stays/,
    );
    expect(await shown(url)).toBe(before);
    rmSync(at('key'));
    await untilRenewed(() => said.length === 2);
    expect(said[1]).toContain('key cannot be read (ENOENT)');
    expect(await shown(url)).toBe(before);
    put('stranger.key', 'key');
    await untilRenewed(async () => (await shown(url)) === 'stranger');
    expect(said).toHaveLength(2);
  });

  test('are looked at no longer after close()', async () => {
    freezeTimeouts();
    const { server } = await endpointAt({ tls: files().tls });
    const timers = jest.getTimerCount();
    await server.close();
    expect(jest.getTimerCount()).toBeLessThan(timers);
  });
});

test('at the start each file that cannot be used is named', () => {
  const { tls, at } = files();
  writeFileSync(at('empty'), '');
  expect(endpointTls.test(tls)).toBe(true);
  const tlsProblems = (given: object) => endpointTls.why?.(given).split('; ');
  expect(tlsProblems({ ...tls, certFile: at('none'), keyFile: at('empty') })).toEqual([
    `certFile ${at('none')}, which cannot be read (ENOENT)`,
    `keyFile ${at('empty')}, which is empty`,
  ]);
  expect(tlsProblems({ ...tls, keyFile: fixture('stranger.key') })).toEqual([
    expect.stringMatching(/which do not work \(.*(mismatch|MISMATCH).*\)$/),
  ]);
  expect(tlsProblems({ ...tls, clientCaFile: __filename })).toEqual([
    expect.stringMatching(/which do not work/),
  ]);
});
