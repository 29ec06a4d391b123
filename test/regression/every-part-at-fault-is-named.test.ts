// An error that names one fault at a time costs a start for each.
import { join } from 'node:path';
import { optionProblems } from '../../src/options/validation.js';

const fixture = (name: string) => join(__dirname, '../support/fixtures/tls', name);
const PAIR = { certFile: fixture('receiver.pem'), keyFile: fixture('receiver.key') };
const SECRET = 'hunter2\n';

const problemsOf = (options: object) => optionProblems({ serviceName: 'k', ...options }, new Map() as never);
const receivedOf = (prometheus: object) => problemsOf({ prometheus })[0]?.received.split('; ');

test('all faults of auth are named, those of files too', () => {
  const received = receivedOf({
    auth: {
      bearer: { tokenFile: '/no/token' },
      basic: [
        { username: 'a:b', password: SECRET },
        { username: 'c', passwordFile: '/no/password' },
        { username: 'd', passwordFile: '' },
      ],
      digest: 1,
    },
  });
  expect(received).toEqual([
    'the unknown option digest',
    'bearer.tokenFile /no/token, which cannot be read (ENOENT)',
    'basic.username, which is no text without ":" (not shown)',
    'basic.password, which is empty or not what a client can send (not shown)',
    'basic.passwordFile /no/password, which cannot be read (ENOENT)',
    'basic.passwordFile, which is no path',
  ]);
});

test.each([
  [{ certFile: '/no/cert' }, ['no keyFile', 'certFile /no/cert, which cannot be read (ENOENT)']],
  [
    { ...PAIR, keyFile: 1, clientCaFile: '/no/ca', passphrase: 1 },
    [
      'keyFile, which is no path',
      'clientCaFile /no/ca, which cannot be read (ENOENT)',
      'passphrase, which is no string',
    ],
  ],
  [
    { ...PAIR, keyFile: fixture('client.key'), other: 1 },
    ['the unknown option other', expect.stringContaining('which do not work (')],
  ],
])('all faults of tls are named: %#', (tls, faults) => {
  expect(receivedOf({ tls })).toEqual(faults);
});

test.each<[string, object, [path: string, received: string][]]>([
  [
    'processors',
    { traces: { spanProcessors: [1, { onEnd() {} }, null] } },
    [
      ['traces.spanProcessors[0]', '1'],
      ['traces.spanProcessors[2]', 'null'],
    ],
  ],
  ['readers', { metrics: { readers: ['x'] } }, [['metrics.readers[0]', '"x"']]],
  ['views', { pipeline: 'otel-sdk', metrics: { views: [[]] } }, [['metrics.views[0]', 'an array']]],
  ['propagators', { propagators: [() => {}] }, [['propagators[0]', 'a function']]],
  [
    'hosts',
    { prometheus: { allowedHosts: ['a:80', 'b', 'http://me:s3cret@c'] } },
    [
      ['prometheus.allowedHosts[0]', '"a:80"'],
      ['prometheus.allowedHosts[2]', '"http://c/…"'],
    ],
  ],
  ['what is no list', { traces: { spanProcessors: {} } }, [['traces.spanProcessors', 'an object']]],
  ['attributes', { resource: { a: null, b: 1, c: {} } }, [['resource', 'null as "a", an object as "c"']]],
  [
    'rules of gauges',
    { workers: { gauges: { a: 'mean', b: 'sum' } } },
    [['workers.gauges', '"mean" as "a"']],
  ],
])('the entries at fault are named: %s', (_, options, expected) => {
  const problems = problemsOf(options);
  expect(problems.map(({ path, received }) => [path, received])).toEqual(expected);
});
