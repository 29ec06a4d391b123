import { AllowedHosts, hostOf, isLoopback, normalHost } from '../../src/http/host-names.js';

describe('the host in an authority', () => {
  test.each<[string, string | undefined]>([
    ['localhost', 'localhost'],
    ['LOCALHOST:9464', 'localhost'],
    ['localhost.', 'localhost'],
    ['Kernel.Example.:80', 'kernel.example'],
    ['127.0.0.1:9464', '127.0.0.1'],
    ['[::1]', '::1'],
    ['[::1]:9464', '::1'],
    ['[0:0:0:0:0:0:0:1]:9464', '::1'],
    ['[::FFFF:127.0.0.1]', '::ffff:7f00:1'],
    ['my_service:9464', 'my_service'],
    ['localhost:', 'localhost'],
    ['localhost..', 'localhost..'],
    ['.', '.'],
    ['', undefined],
    [':9464', undefined],
    ['::1', undefined],
    ['[::1', undefined],
    ['[]', undefined],
    ['[localhost]', undefined],
    ['localhost@evil.example', undefined],
    ['evil.example:80@localhost', undefined],
    ['localhost:80:80', undefined],
    ['localhost:http', undefined],
    ['localhost, evil.example', undefined],
    ['localhost/evil', undefined],
    ['localhost#evil', undefined],
    ['localhost\\evil', undefined],
    ['local host', undefined],
  ])('%p is %p', (authority, host) => expect(hostOf(authority)).toBe(host));

  test('is found in linear time, however it is made', () => {
    for (const text of ['a.'.repeat(100_000), '['.repeat(100_000), 'a:'.repeat(100_000), '.'.repeat(100_000)])
      expect(() => hostOf(text)).not.toThrow();
  });
});

test.each(['localhost', '127.0.0.1', '127.255.0.9', '::1', '[::1]', '::ffff:127.0.0.1', 'LOCALHOST.'])(
  '%s is of loopback',
  (host) => expect(isLoopback(normalHost(host))).toBe(true),
);

test.each([
  ...[
    '0.0.0.0',
    '::',
    '10.0.0.1',
    '128.0.0.1',
    '::ffff:10.0.0.1',
    '127.0.0.1.evil.example',
    '127.evil.example',
  ],
  ...['localhost.evil.example', 'evil.localhost', '127.1', '2130706433', '0x7f.0.0.1', '', 'fe80::1'],
])('%p is not of loopback', (host) => expect(isLoopback(normalHost(host))).toBe(false));

describe('allowed hosts', () => {
  const ON_LOOPBACK = { onLoopback: true, address: '127.0.0.1' };
  const BEYOND = { onLoopback: false, address: '10.0.0.7' };

  test('are restricted on loopback, and elsewhere where some are listed', () => {
    expect(new AllowedHosts(undefined).restrict(ON_LOOPBACK)).toBe(true);
    expect(new AllowedHosts(undefined).restrict(BEYOND)).toBe(false);
    expect(new AllowedHosts([]).restrict(BEYOND)).toBe(false);
    expect(new AllowedHosts(['a']).restrict(BEYOND)).toBe(true);
  });

  test.each(['*' as const, ['*'], ['a', '*']])('are any by %p', (list) => {
    expect(new AllowedHosts(list).restrict(ON_LOOPBACK)).toBe(false);
    expect(new AllowedHosts(list).restrict(BEYOND)).toBe(false);
  });

  test('are those that are listed, in any case and with a dot or brackets', () => {
    const allowed = new AllowedHosts(['Kernel.Example.', '[FD00::0:1]', 'my_service'], 'own.example');
    for (const host of ['kernel.example', 'fd00::1', 'my_service', 'own.example', 'localhost', '127.0.0.2'])
      expect([host, allowed.has(host, BEYOND)]).toEqual([host, true]);
    for (const host of ['example', 'sub.kernel.example', 'evil.example', '10.0.0.8'])
      expect([host, allowed.has(host, BEYOND)]).toEqual([host, false]);
  });

  test('are the address by which the server was reached, and not that which stands for all', () => {
    const allowed = new AllowedHosts(['a'], '0.0.0.0');
    expect(allowed.has('10.0.0.7', BEYOND)).toBe(true);
    expect(allowed.has('0.0.0.0', BEYOND)).toBe(false);
    expect(new AllowedHosts(['a'], '::').has('::', BEYOND)).toBe(false);
  });
});
