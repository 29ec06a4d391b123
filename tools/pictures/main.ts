// npm run dashboards:pictures [-- --minutes N] [-- --again]
// Draws each dashboard into docs/pictures, with what a running stack and the demo measured in the last minutes.
// --again draws what was measured last, without a stack.
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { committedDashboards } from '../grafana/dashboard-files.js';
import { type Measured, measure } from './measure.js';
import { fromLiveStack } from './live-stack.js';
import { Prometheus } from './prometheus.js';
import { page } from './page.js';
import { png } from './svg/png.js';

const FOLDER = 'docs/pictures';
const MEASURED = 'temp/pictures/measured.json';
/** Before what is shown, so that rates have something to look back on. */
const LEAD_SECONDS = 30;

/** Of the demo's agents the one that is killed, and Jaeger searches in one service. */
const CHOSEN = { agent_id: 'claims-agent-1', service: 'agent-os-demo' };

// More than the five minutes after which steps are recorded.
const { values } = parseArgs({
  options: { minutes: { type: 'string', default: '6' }, again: { type: 'boolean', default: false } },
});
const seconds = Number(values.minutes) * 60;
if (!(seconds >= 60)) throw new Error(`--minutes must be a number from 1 on, not ${values.minutes}`);

const dashboards = committedDashboards();
if (!values.again) {
  console.log(`The demo runs in the stack for ${values.minutes} minutes.`);
  const measured = await fromLiveStack(seconds + LEAD_SECONDS, ({ settings, victoriaLogs, jaeger }) => {
    const prometheus = new Prometheus(`http://127.0.0.1:${settings.ports.prometheus}`);
    return measure({ prometheus, logs: victoriaLogs, traces: jaeger }, dashboards, seconds, CHOSEN);
  });
  mkdirSync(join(MEASURED, '..'), { recursive: true });
  writeFileSync(MEASURED, JSON.stringify(measured));
}

const measured = JSON.parse(readFileSync(MEASURED, 'utf8')) as Measured;
mkdirSync(FOLDER, { recursive: true });
for (const dashboard of dashboards) {
  const path = `${FOLDER}/${dashboard.uid}.png`;
  const picture = png(page(dashboard, measured));
  writeFileSync(path, picture);
  console.log(`wrote ${path}, ${Math.round(picture.length / 1000)} kB`);
}
