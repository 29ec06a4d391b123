// node tools/stack/alert-log.mjs
// Where alerts go on a machine of one's own: prints what Alertmanager sends, a line for each alert. It is the dead man's
// switch too: it says when the Watchdog, which always fires, falls silent. Plain JavaScript, since it runs in a bare Node.
//
// ALERT_LOG_HOST, ALERT_LOG_PORT: where it listens (127.0.0.1, 9095)
// ALERT_LOG_SILENCE_SECONDS: how long without a Watchdog is silence (300)
import { createServer } from 'node:http';
import { clearTimeout } from 'node:timers';

const MAX_BYTES = 4 * 1024 * 1024;
const host = process.env.ALERT_LOG_HOST || '127.0.0.1';
const port = Number(process.env.ALERT_LOG_PORT || 9095);
const silenceSeconds = Number(process.env.ALERT_LOG_SILENCE_SECONDS || 300);

const print = (line) => console.log(`${new Date().toISOString()} ${line}`);

let alarm;
let silent = false;
function watchdogHeard() {
  if (silent) print('Watchdog is back');
  silent = false;
  clearTimeout(alarm);
  alarm = setTimeout(() => {
    silent = true;
    print(`NO WATCHDOG for ${silenceSeconds} s: Prometheus or Alertmanager does not do its work`);
  }, silenceSeconds * 1000);
}

/** FIRING critical AgentOSKernelDown to sre-page: the kernel is gone {service_name="claims-desk"} */
function lineOf({ status, labels = {}, annotations = {} }, receiver) {
  const { alertname, severity = 'no severity', ...others } = labels;
  const rest = Object.entries(others).map(([name, value]) => `${name}=${JSON.stringify(value)}`);
  // One line, whatever is in the texts.
  const summary = (annotations.summary ?? '').replace(/\s+/g, ' ').trim();
  return [
    String(status).toUpperCase(),
    severity,
    alertname,
    `to ${receiver}${summary && `: ${summary}`}`,
    `{${rest.join(', ')}}`,
  ].join(' ');
}

function receive(text) {
  const { alerts, receiver } = JSON.parse(text);
  for (const alert of alerts) {
    if (alert.labels?.alertname === 'Watchdog') watchdogHeard();
    else print(lineOf(alert, receiver));
  }
}

const server = createServer((request, response) => {
  const answer = (status, text = '') => response.writeHead(status).end(text);
  if (request.method === 'GET') return answer(200, 'POST alerts here, as the webhook of Alertmanager does\n');
  if (request.method !== 'POST') return answer(405);
  const chunks = [];
  let bytes = 0;
  request.on('data', (chunk) => {
    bytes += chunk.length;
    if (bytes <= MAX_BYTES) chunks.push(chunk);
  });
  request.on('end', () => {
    if (bytes > MAX_BYTES) return answer(413);
    try {
      receive(Buffer.concat(chunks).toString('utf8'));
      answer(200);
    } catch (error) {
      answer(400, `${error.message}\n`);
    }
  });
});

server.on('error', (error) => {
  console.error(`alert-log cannot listen on ${host}:${port}: ${error.message}`);
  process.exit(1);
});
server.listen(port, host, () => {
  print(`alerts are printed here, from http://${host}:${server.address().port}/`);
  watchdogHeard();
});
for (const signal of ['SIGINT', 'SIGTERM']) process.once(signal, () => process.exit(0));
