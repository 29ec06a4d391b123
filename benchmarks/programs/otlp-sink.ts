import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

/*
 * A collector that takes everything: it answers each OTLP request over HTTP with 200 and an empty message, and `GET /` with
 * how many spans it was sent. A process of its own, so that its work is nobody's whose work is measured.
 */

let spans = 0;

const server = createServer((request, response) => {
  if (request.method === 'GET') return void response.end(String(spans));
  const chunks: Buffer[] = [];
  request.on('data', (chunk: Buffer) => chunks.push(chunk));
  request.on('end', () => {
    spans += nested(Buffer.concat(chunks), [1, 2, 2]);
    response.writeHead(200, { 'content-type': 'application/x-protobuf' }).end();
  });
});
server.keepAliveTimeout = 600_000;
server.listen(0, '127.0.0.1', () => {
  process.stdout.write(`${(server.address() as AddressInfo).port}\n`);
});
process.stdin.on('end', () => process.exit()).resume();

/** How many messages there are at the end of a path of field numbers: resource spans, scope spans, spans. */
function nested(message: Buffer, [field, ...deeper]: readonly number[]): number {
  if (field === undefined) return 1;
  let found = 0;
  let at = 0;
  const varint = (): number => {
    let value = 0;
    for (let scale = 1; ; scale *= 128) {
      const byte = message[at++] as number;
      value += (byte & 127) * scale;
      if (byte < 128) return value;
    }
  };
  while (at < message.length) {
    const tag = varint();
    if ((tag & 7) !== 2) {
      if ((tag & 7) === 0) varint();
      else at += (tag & 7) === 1 ? 8 : 4;
      continue;
    }
    const length = varint();
    if (tag >>> 3 === field) found += nested(message.subarray(at, at + length), deeper);
    at += length;
  }
  return found;
}
