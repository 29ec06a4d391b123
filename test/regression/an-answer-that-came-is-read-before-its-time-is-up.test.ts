import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import { closeAll, senderTo } from '../pipeline/otlp/collectors.js';

/** Answers in a thread of its own, and counts its answers where a thread that stands still can see them. */
const RECEIVER = `
  const { createServer } = require('node:http');
  const { parentPort, workerData } = require('node:worker_threads');
  createServer((request, response) => {
    request.resume().on('end', () =>
      response.end(() => { Atomics.add(workerData, 0, 1); Atomics.notify(workerData, 0); }));
  }).listen(0, '127.0.0.1', function () { parentPort.postMessage(this.address().port); });
`;
const TIMEOUT_MILLIS = 1500;

let receiver: Worker;
afterEach(async () => {
  closeAll();
  await receiver.terminate();
});

test('an answer that came while the host blocked its event loop is no lost export', async () => {
  const answered = new Int32Array(new SharedArrayBuffer(8));
  receiver = new Worker(RECEIVER, { eval: true, workerData: answered });
  const [port] = (await once(receiver, 'message')) as [number];
  const sender = senderTo(`http://127.0.0.1:${port}`, { timeoutMillis: TIMEOUT_MILLIS });
  const message = Buffer.from('a message');
  expect(await sender.send(message)).toMatchObject({ outcome: 'delivered' });

  const begun = performance.now();
  const sent = sender.send(message);
  while (Atomics.load(answered, 0) < 2) {
    await new Promise((resolve) => setImmediate(resolve));
    // Waits in short turns, so that the request goes out and its answer is not read before the deadline.
    if (Atomics.wait(answered, 0, 1, 20) !== 'timed-out') break;
  }
  Atomics.wait(answered, 1, 0, TIMEOUT_MILLIS + 50 - (performance.now() - begun));
  expect(await sent).toMatchObject({ outcome: 'delivered' });
});
