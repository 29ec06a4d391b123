import type { IncomingMessage } from 'node:http';
import type { Socket } from 'node:net';
import { gunzipSync } from 'node:zlib';
import type { Delivery } from '../../../src/pipeline/otlp/otlp-sender.js';
import type { OtlpSettings } from '../../../src/pipeline/otlp/otlp-target.js';
import { encodeReply } from '../../support/otlp-decode.js';
import { closeAll, collector, patient, rawCollector, senderTo } from './collectors.js';

const MESSAGE = Buffer.from('a message');
const PROTOBUF = { 'content-type': 'application/x-protobuf' };
const JSON_TYPE = { 'content-type': 'application/json' };

/** ExportTraceServiceResponse with a partial success. */
function partial(rejected: number[], message: string): Buffer {
  const text = Buffer.from(message);
  const inner = Buffer.concat([Buffer.from([8, ...rejected, 18, text.length]), text]);
  return Buffer.concat([Buffer.from([10, inner.length]), inner]);
}

function status(message: string): Uint8Array {
  return encodeReply('/v1/traces', { code: 3, message });
}

describe('a request', () => {
  async function requestOf(settings: OtlpSettings): Promise<{ request: IncomingMessage; body: Buffer }> {
    let got: { request: IncomingMessage; body: Buffer } | undefined;
    const url = await collector((request, response, body) => {
      got = { request, body };
      response.end();
    });
    expect(await senderTo(url, settings).send(MESSAGE)).toEqual({ outcome: 'delivered', rejected: 0 });
    return got!;
  }

  test('is a POST of the message in protobuf', async () => {
    const { request, body } = await requestOf({ headers: { 'X-Key': 'k' } });
    expect([request.method, request.url, body]).toEqual(['POST', '/v1/traces', MESSAGE]);
    expect(request.headers).toMatchObject({
      'content-type': 'application/x-protobuf',
      'content-length': '9',
      'user-agent': expect.stringMatching(
        /^OTel-OTLP-Exporter-JavaScript\/[\d.]+ \(agent-os-observability\)$/,
      ),
      'x-key': 'k',
    });
    expect(request.headers).not.toHaveProperty('content-encoding');
  });

  test('says that it is JSON', async () => {
    const { request } = await requestOf({ protocol: 'http/json' });
    expect(request.headers['content-type']).toBe('application/json');
  });

  test('is compressed', async () => {
    const { request, body } = await requestOf({ compression: 'gzip' });
    expect(request.headers['content-encoding']).toBe('gzip');
    expect(gunzipSync(body)).toEqual(MESSAGE);
  });

  test('goes over the connection of the one before', async () => {
    const ports = new Set<number | undefined>();
    const url = await collector((request, response) => {
      ports.add(request.socket.remotePort);
      response.end();
    });
    const sender = senderTo(url);
    for (let sent = 0; sent < 3; sent++) await sender.send(MESSAGE);
    expect(ports.size).toBe(1);
  });
});

interface Case {
  readonly status: number;
  readonly headers?: Record<string, string>;
  readonly body?: Uint8Array | string;
  readonly settled: Delivery;
  readonly attempts?: number;
}

const failed = (reason: string): Delivery => ({ outcome: 'failed', reason });
const UNREADABLE = 'the answer could not be read (9 bytes); the data counts as delivered';

describe('an answer', () => {
  test.each<[string, Case]>([
    ['200, empty', { status: 200, headers: PROTOBUF, settled: { outcome: 'delivered', rejected: 0 } }],
    [
      '200, empty JSON',
      { status: 200, headers: JSON_TYPE, body: '{}', settled: { outcome: 'delivered', rejected: 0 } },
    ],
    ['202', { status: 202, settled: { outcome: 'delivered', rejected: 0 } }],
    [
      '200, partial success in protobuf',
      {
        status: 200,
        headers: PROTOBUF,
        body: partial([172, 2], 'too old'),
        settled: { outcome: 'delivered', rejected: 300, reason: 'too old' },
      },
    ],
    [
      '200, partial success without a reason',
      {
        status: 200,
        headers: PROTOBUF,
        body: partial([1], ''),
        settled: { outcome: 'delivered', rejected: 1, reason: 'the receiver gave no reason' },
      },
    ],
    [
      '200, a warning alone',
      {
        status: 200,
        headers: PROTOBUF,
        body: partial([0], 'slow down'),
        settled: { outcome: 'delivered', rejected: 0, reason: 'slow down' },
      },
    ],
    ...(['rejectedSpans', 'rejectedDataPoints', 'rejectedLogRecords'] as const).map((key): [string, Case] => [
      `200, ${key} in JSON`,
      {
        status: 200,
        headers: JSON_TYPE,
        body: JSON.stringify({ partialSuccess: { [key]: '7', errorMessage: 'bad\nids' } }),
        settled: { outcome: 'delivered', rejected: 7, reason: 'bad' },
      },
    ]),
    [
      '200, a negative number of rejected',
      {
        status: 200,
        headers: JSON_TYPE,
        body: '{"partialSuccess":{"rejectedSpans":-4}}',
        settled: { outcome: 'delivered', rejected: 0 },
      },
    ],
    [
      '200, garbage',
      {
        status: 200,
        headers: PROTOBUF,
        body: 'not proto',
        settled: { outcome: 'delivered', rejected: 0, reason: UNREADABLE },
      },
    ],
    [
      '200, half of a JSON',
      {
        status: 200,
        headers: JSON_TYPE,
        body: '{"partial',
        settled: { outcome: 'delivered', rejected: 0, reason: UNREADABLE },
      },
    ],
    [
      '200, JSON that is no object',
      {
        status: 200,
        headers: JSON_TYPE,
        body: '"nothing"',
        settled: { outcome: 'delivered', rejected: 0, reason: UNREADABLE },
      },
    ],
    [
      '200, a mebibyte',
      {
        status: 200,
        headers: PROTOBUF,
        body: Buffer.alloc(2 ** 20, 255),
        settled: {
          outcome: 'delivered',
          rejected: 0,
          reason: 'the answer could not be read (65536 bytes); the data counts as delivered',
        },
      },
    ],
    ['413', { status: 413, settled: { outcome: 'too_large' } }],
    [
      '400',
      {
        status: 400,
        headers: PROTOBUF,
        body: status('no trace id'),
        settled: failed('HTTP 400: no trace id'),
      },
    ],
    [
      '400, JSON',
      {
        status: 400,
        headers: JSON_TYPE,
        body: '{"code":3,"message":"odd"}',
        settled: failed('HTTP 400: odd'),
      },
    ],
    [
      '401, text',
      {
        status: 401,
        headers: { 'content-type': 'text/plain' },
        body: 'no\nway',
        settled: failed('HTTP 401: no'),
      },
    ],
    [
      '403, HTML',
      {
        status: 403,
        headers: { 'content-type': 'text/html' },
        body: '<b>no</b>',
        settled: failed('HTTP 403'),
      },
    ],
    ['404', { status: 404, settled: failed('HTTP 404') }],
    ['405', { status: 405, settled: failed('HTTP 405') }],
    ['408', { status: 408, settled: failed('HTTP 408') }],
    ['415', { status: 415, settled: failed('HTTP 415') }],
    ['500', { status: 500, headers: PROTOBUF, body: 'garbage', settled: failed('HTTP 500') }],
    ['501', { status: 501, settled: failed('HTTP 501') }],
    [
      'one that echoes a credential',
      {
        status: 401,
        headers: { 'content-type': 'text/plain' },
        body: 'who is tok3n-of-mine, password=x?',
        settled: failed('HTTP 401: who is ***, password=***'),
      },
    ],
    [
      '301',
      {
        status: 301,
        headers: { location: 'https://user:pw@other/x?key=1' },
        settled: failed(
          'HTTP 301 redirects to https://other; redirects are not followed: set the endpoint that answers itself',
        ),
      },
    ],
    [
      '307 without location',
      {
        status: 307,
        settled: failed(
          'HTTP 307 redirects to another place; redirects are not followed: set the endpoint that answers itself',
        ),
      },
    ],
    ...[429, 502, 503, 504].map((code): [string, Case] => [
      `${code} to the end`,
      { status: code, settled: failed(`HTTP ${code}, at attempt 5`), attempts: 5 },
    ]),
  ])('%s', async (_, { status: code, headers = {}, body = '', settled, attempts = 1 }) => {
    let requests = 0;
    const url = await collector((__, response) => {
      requests++;
      response.writeHead(code, headers).end(body);
    });
    const sender = senderTo(url, { headers: { authorization: 'Bearer tok3n-of-mine' } });
    expect(await sender.send(MESSAGE)).toEqual(settled);
    expect(requests).toBe(attempts);
  });

  test('that breaks off after its status counts by the status', async () => {
    const url = await rawCollector((socket) =>
      socket.once('data', () => {
        socket.write('HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\n12345');
        setImmediate(() => socket.destroy());
      }),
    );
    expect(await senderTo(url).send(MESSAGE)).toMatchObject({ outcome: 'delivered', rejected: 0 });
  });

  test.each([
    ['garbage', 'SSH-2.0-OpenSSH_9.2\r\n', /^the answer is not HTTP \(HPE_INVALID_CONSTANT\)/],
    [
      'endless headers',
      `HTTP/1.1 200 OK\r\nx: ${'y'.repeat(200_000)}`,
      /^the answer is not HTTP \(HPE_HEADER_OVERFLOW\)/,
    ],
  ])('of %s fails at once', async (_, bytes, reason) => {
    let connections = 0;
    const url = await rawCollector((socket) => {
      connections++;
      socket.once('data', () => socket.write(bytes));
    });
    expect(await senderTo(url).send(MESSAGE)).toEqual(failed(expect.stringMatching(reason) as string));
    expect(connections).toBe(1);
  });

  test.each<[string, (socket: Socket) => void]>([
    ['closed', (socket) => socket.end()],
    ['reset', (socket) => socket.resetAndDestroy()],
    [
      'switched to another protocol',
      (socket) => socket.end('HTTP/1.1 101 Switching Protocols\r\nupgrade: x\r\nconnection: upgrade\r\n\r\n'),
    ],
  ])('that never comes, for the connection is %s, is asked for again', async (_, act) => {
    let connections = 0;
    const url = await rawCollector((socket) => {
      connections++;
      socket.once('data', () =>
        connections < 3 ? act(socket) : socket.end('HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n'),
      );
    });
    expect(await senderTo(url).send(MESSAGE)).toEqual({ outcome: 'delivered', rejected: 0 });
    expect(connections).toBe(3);
  });
});

describe('a receiver that is overloaded', () => {
  const refusing = (answers: Record<string, string>[]) =>
    collector((_, response) => {
      const headers = answers.shift();
      response.writeHead(headers ? 503 : 200, headers).end();
    });

  test('is asked again after 1, 1.5, 2.25 … seconds', async () => {
    const options = patient();
    expect(await senderTo(await refusing([{}, {}, {}]), {}, options).send(MESSAGE)).toMatchObject({
      outcome: 'delivered',
    });
    expect(options.waited()).toBe(1000 + 1500 + 2250);
  });

  test('is asked again when it says', async () => {
    const options = patient(() => 0);
    const url = await refusing([{ 'retry-after': '3' }, { 'retry-after': '0' }, { 'retry-after': 'soon' }]);
    expect(await senderTo(url, {}, options).send(MESSAGE)).toMatchObject({ outcome: 'delivered' });
    expect(options.waited()).toBe(3000 + 0 + 1800);
  });

  test('is not asked again past the deadline', async () => {
    const options = patient();
    const url = await refusing([{ 'retry-after': '3600' }]);
    expect(await senderTo(url, {}, options).send(MESSAGE)).toEqual(failed('HTTP 503, at attempt 1'));
    expect(options.waited()).toBe(0);
  });
});

describe('nobody there', () => {
  async function freePort(): Promise<string> {
    const url = await rawCollector(() => {});
    closeAll();
    return url;
  }

  test('is tried until the deadline', async () => {
    const url = await freePort();
    const options = patient();
    expect(await senderTo(url, {}, options).send(MESSAGE)).toEqual(
      failed('connection refused: nothing listens there (ECONNREFUSED), at attempt 5'),
    );
    expect(options.waited()).toBe(8125);
  });

  test('is final when the process ends', async () => {
    const url = await freePort();
    const options = patient();
    expect(await senderTo(url, {}, options).send(MESSAGE, { ending: () => true })).toEqual(
      failed('connection refused: nothing listens there (ECONNREFUSED)'),
    );
    expect(options.waited()).toBe(0);
  });

  test('is tried once more when the process ends while it waits', async () => {
    const url = await freePort();
    const options = patient();
    const ending = () => options.waited() >= 200;
    expect(await senderTo(url, {}, options).send(MESSAGE, { ending })).toEqual(
      failed('connection refused: nothing listens there (ECONNREFUSED)'),
    );
    expect(options.waited()).toBe(200);
  });

  test('by that name is told', async () => {
    const sender = senderTo('http://no-such-host.invalid');
    expect(await sender.send(MESSAGE, { ending: () => true })).toEqual(
      failed(expect.stringMatching(/^the host name .*\((ENOTFOUND|EAI_AGAIN)\)$/) as string),
    );
  });
});

describe('the deadline', () => {
  const drip = (head: string, byte: string) => (socket: Socket) =>
    socket.once('data', () => {
      socket.write(head);
      const timer = setInterval(() => socket.write(byte), 20);
      socket.once('close', () => clearInterval(timer));
    });

  test.each<[string, (socket: Socket) => void]>([
    ['says nothing', () => {}],
    ['drips headers', drip('HTTP/1.1 200 OK\r\nx-drip: ', 'x')],
    ['drips the body of a refusal', drip('HTTP/1.1 500 OK\r\ncontent-length: 100000\r\n\r\n', 'x')],
    ['says 100 Continue for ever', drip('', 'HTTP/1.1 100 Continue\r\n\r\n')],
    ['says 102 for ever', drip('', 'HTTP/1.1 102 Processing\r\n\r\n')],
  ])('holds for a receiver that %s', async (_, connected) => {
    const url = await rawCollector(connected);
    const began = performance.now();
    const delivery = await senderTo(url, { timeoutMillis: 150 }, {}).send(MESSAGE);
    expect(delivery).toEqual(failed('no answer within 150 ms'));
    expect(performance.now() - began).toBeLessThan(1500);
  });

  test('cuts the body off an answer that said yes', async () => {
    const url = await rawCollector(drip('HTTP/1.1 200 OK\r\ncontent-length: 100000\r\n\r\n', 'x'));
    expect(await senderTo(url, { timeoutMillis: 150 }, {}).send(MESSAGE)).toMatchObject({
      outcome: 'delivered',
      reason: expect.stringContaining('could not be read'),
    });
  });

  test('passes though a host has put fake timers in place', async () => {
    const url = await rawCollector(() => {});
    const sender = senderTo(url, { timeoutMillis: 100 }, {});
    jest.useFakeTimers();
    try {
      expect(await sender.send(MESSAGE)).toEqual(failed('no answer within 100 ms'));
    } finally {
      jest.useRealTimers();
    }
  });

  test('tells what came before', async () => {
    let requests = 0;
    const url = await collector((_, response) => {
      if (requests++ === 0) response.writeHead(503, { 'retry-after': '0' }).end();
    });
    expect(await senderTo(url, { timeoutMillis: 200 }, { random: () => 0 }).send(MESSAGE)).toEqual(
      failed('no answer within 200 ms; before: HTTP 503'),
    );
  });

  test.each(['signal', 'close'])('need not be waited for: %s', async (by) => {
    const aborted = new AbortController();
    const giveUp = () => (by === 'signal' ? aborted.abort() : sender.close());
    const url = await collector(giveUp);
    const sender = senderTo(url);
    expect(await sender.send(MESSAGE, { signal: aborted.signal })).toEqual(
      failed(by === 'signal' ? 'given up' : 'the sender was closed'),
    );
    if (by === 'close') expect(await sender.send(MESSAGE)).toEqual(failed('the sender is closed'));
    else expect(await sender.send(MESSAGE, { signal: aborted.signal })).toEqual(failed('given up'));
  });
});

test('a message that the receiver closed the kept connection on is sent again at once', async () => {
  let requests = 0;
  const url = await rawCollector((socket) => {
    socket.on('data', () => {
      // The second request finds its connection dead; whoever connects anew is served.
      if (++requests === 2) socket.resetAndDestroy();
      else socket.write('HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n');
    });
  });
  const options = patient();
  const sender = senderTo(url, {}, options);
  await sender.send(MESSAGE);
  expect(await sender.send(MESSAGE)).toEqual({ outcome: 'delivered', rejected: 0 });
  expect([requests, options.waited()]).toEqual([3, 0]);
});
