/** A process of its own that serves metrics, holds an idle connection to itself, and has nothing else to do. */
import { once } from 'node:events';
import { connect } from 'node:net';
import { createMetricsHandler } from '../../src/http/metrics-handler.js';
import { startMetricsServer } from '../../src/http/metrics-server.js';

const handler = createMetricsHandler({
  export: () => Promise.resolve('up 1\n'),
  contentType: () => 'text/plain',
});
const server = startMetricsServer({ host: '127.0.0.1', port: 0, path: '/metrics', handler });
const { host, port } = await server.ready;

const client = connect(port, host);
client.write('GET /metrics HTTP/1.1\r\n\r\n');
await once(client, 'data');
client.unref();
console.log('nothing left to do');
