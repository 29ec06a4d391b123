import { once } from 'node:events';
import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { nextTurn } from '../../src/common/timers.js';
import { ServerConnections } from '../../src/http/connections.js';
import { testLog } from '../http/endpoint.js';
import { connectTo } from '../http/http-client.js';

// A request that comes before the answer to the one before it waits, and node:http says nothing of its answer when the
// socket closes. Its deadline held it, and with it the whole of a handle that had ended, for a minute; and a drain waited
// for it as long as it may.

setFlagsFromString('--expose-gc');
const collectGarbage = runInNewContext('gc') as () => void;

const REQUESTS = 3;

/** A client has sent three requests at once, none of which is answered, and is gone. */
async function withClientGone() {
  const server = createServer();
  const connections = new ServerConnections(server, testLog().log);
  const answers: WeakRef<object>[] = [];
  const hang: RequestListener = (_, response) => void answers.push(new WeakRef(response));
  server.on('request', hang).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const accepted = once(server, 'connection') as Promise<[Socket]>;
  const client = await connectTo((server.address() as AddressInfo).port);
  client.write('GET / HTTP/1.1\r\nHost: localhost\r\n\r\n'.repeat(REQUESTS));
  const closed = accepted.then(([socket]) => once(socket, 'close')).then(() => {}); // the socket itself would hold them
  while (answers.length < REQUESTS) await nextTurn();
  return { connections, answers, closed, client };
}

test('an answer is let go with its socket', async () => {
  const { connections, answers, closed, client } = await withClientGone();
  client.destroy();
  await closed;
  for (let turn = 0; turn < 5; turn++) await nextTurn();
  collectGarbage();
  expect(answers.filter((answer) => answer.deref() !== undefined)).toHaveLength(0);
  await connections.drain(0);
});

test('a drain does not wait for it', async () => {
  const { connections, client } = await withClientGone();
  const drained = connections.drain(30);
  client.destroy();
  await drained;
});
