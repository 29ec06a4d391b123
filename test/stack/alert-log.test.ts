import { join } from 'node:path';
import { runChild } from '../support/child.js';
import { ROOT } from './stack-files.js';

const WATCHDOG = { status: 'firing', labels: { alertname: 'Watchdog', severity: 'info' } };

async function alertLog(silenceSeconds: number) {
  const child = runChild(join(ROOT, 'tools/stack/alert-log.mjs'), {
    env: { ALERT_LOG_PORT: '0', ALERT_LOG_SILENCE_SECONDS: String(silenceSeconds) },
  });
  const [, url] = await child.waitForLine(/alerts are printed here, from (\S+)/);
  const post = (body: string) => fetch(url!, { method: 'POST', body });
  const send = (...alerts: object[]) => post(JSON.stringify({ receiver: 'sre-page', alerts }));
  return { child, post, send };
}

it('prints an alert on one line, with who would be told', async () => {
  const { child, send } = await alertLog(60);
  const labels = { alertname: 'AgentOSKernelDown', severity: 'critical', service_name: 'claims"desk' };
  await send({ status: 'firing', labels, annotations: { summary: 'it is\ngone' } });
  const [line] = await child.waitForLine(/FIRING.*/);
  expect(line).toBe(
    'FIRING critical AgentOSKernelDown to sre-page: it is gone {service_name="claims\\"desk"}',
  );
  child.kill();
  await child.exited;
});

it('keeps quiet about the Watchdog until it is silent, and says when it is back', async () => {
  const { child, send } = await alertLog(0.05);
  await send(WATCHDOG);
  await child.waitForLine(/NO WATCHDOG for 0.05 s/);
  await send(WATCHDOG);
  await child.waitForLine(/Watchdog is back/);
  expect(child.stdout).not.toContain('FIRING');
  child.kill();
  await child.exited;
});

it('refuses what is no notification, and lives on', async () => {
  const { child, post, send } = await alertLog(60);
  expect((await post('no JSON')).status).toBe(400);
  expect((await post('{}')).status).toBe(400);
  expect((await post(' '.repeat(5 * 1024 * 1024))).status).toBe(413);
  expect((await send(WATCHDOG)).status).toBe(200);
  child.kill();
  expect(await child.exited).toEqual({ code: 0, signal: null });
});
