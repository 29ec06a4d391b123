import { readFileSync, statSync, writeFileSync } from 'node:fs';
import { eventually, eventuallyEqual } from '../e2e/support/eventually.js';
import { JaegerApi } from '../e2e/support/jaeger-api.js';
import { ALLOWED, DENIED, KernelHost } from '../e2e/support/kernel-host.js';
import { observed } from '../e2e/support/observed.js';
import { PrometheusApi } from '../e2e/support/prometheus-api.js';
import { VictoriaLogsApi } from '../e2e/support/victoria-logs-api.js';
import { EngineApi, HOST_ADDRESS } from './support/engine.js';
import { makeImages } from './support/images.js';
import { Project } from './support/project.js';
import { session } from './support/session.js';

const SERVICE = 'compose-kernel';
/** Nothing here can make their images: Grafana's front end, and what an installation from a registry makes. */
const LEFT_OUT = ['demo', 'grafana'];
/** Of a denied action: kernel.execute, kernel.policy_check, kernel.violation. */
const SPANS = 3;
/** As shipped: scraped each 15 s, evaluated each 15 s, pending for a minute, grouped for 10 s. */
const ALERT_MILLIS = 180_000;

const { folder, socket, compose, sources } = session();
const engine = new EngineApi(socket);
const project = new Project({ folder: `${folder}/checkout`, compose, socket });
const prometheus = new PrometheusApi('http://127.0.0.1:9090');
const jaeger = new JaegerApi('http://127.0.0.1:16686');
const victoriaLogs = new VictoriaLogsApi('http://127.0.0.1:9428');

const REQUESTS = `agent_os_requests_total{service_name="${SERVICE}"}`;
const violations = async (): Promise<number> =>
  (await victoriaLogs.query(`_msg:="agent_os.violation" "service.name":="${SERVICE}"`, 1000)).length;
const traces = async (): Promise<string[]> => (await jaeger.traceIds(SERVICE)).sort();
const up = async (): Promise<number> => {
  const from = performance.now();
  await project.compose('up', '--detach');
  await project.healthy();
  return (performance.now() - from) / 1000;
};

/** As .env.example says of a kernel on Linux: it listens on the bridge, where the Collector's container reaches it. */
let kernel: KernelHost;
let violatedAt: number;
afterAll(() => kernel?.stop());

describe('docker-compose.yml', () => {
  it('starts with what stack:init makes, and not without', async () => {
    await expect(project.compose('config')).rejects.toThrow('npm run stack:init');
    const said = await project.npm('stack:init');
    expect(said).toContain('docker compose up -d');
    expect(statSync(project.path('.env')).mode & 0o777).toBe(0o600);
    const { leftOut, differs } = await makeImages(engine, sources, await project.services(), folder);
    expect([...leftOut].sort()).toEqual(LEFT_OUT);
    project.leaveOut(leftOut);
    observed('compose', 'what could not be made here, and what is another release', [
      `left out by an override: ${leftOut.join(', ')}`,
      ...differs,
    ]);
  });

  it('comes up with every service healthy', async () => {
    const seconds = await up();
    const states = await project.states();
    expect(states.map(({ Service }) => Service).sort()).toEqual([
      'alert-log',
      'alertmanager',
      'jaeger',
      'otel-collector',
      'prometheus',
      'queue-owner',
      'victoria-logs',
    ]);
    await eventually(
      'the Collector to answer',
      async () => (await fetch('http://127.0.0.1:13133')).ok || undefined,
    );
    observed('compose', '`docker compose up -d`', [
      `${states.length} services, each running and healthy, or done, after ${seconds.toFixed(0)} s`,
    ]);
  });

  it('runs nobody as root, with a capability, or with something to write but its volumes', async () => {
    const running = (await project.states()).filter(({ State }) => State === 'running');
    for (const { ID, Service } of running) {
      const { State, HostConfig } = await engine.inspect(ID);
      const status = readFileSync(`/proc/${State.Pid}/status`, 'utf8');
      const field = (name: string): string => new RegExp(`^${name}:\\s+(\\S+)`, 'm').exec(status)![1]!;
      const seen = {
        Service,
        readOnly: HostConfig.ReadonlyRootfs,
        gains: field('NoNewPrivs'),
        can: field('CapEff'),
      };
      expect(seen).toEqual({ Service, readOnly: true, gains: '1', can: '0000000000000000' });
      expect([Service, Number(field('Uid'))]).not.toEqual([Service, 0]);
      expect(() => writeFileSync(`/proc/${State.Pid}/root/new`, '')).toThrow('EROFS');
    }
    observed('compose', 'hardening, as the kernel of the machine sees it', [
      `${running.length} processes: none is root, none has a capability or may gain one, and no image can be written to`,
    ]);
  });

  it('has what a kernel on this machine records, as metrics, traces and events', async () => {
    kernel = await KernelHost.start({
      serviceName: SERVICE,
      environment: 'compose',
      prometheus: { host: HOST_ADDRESS, port: 9464 },
      otlp: { endpoint: 'http://127.0.0.1:4318', timeoutMillis: 1000 },
    });
    await kernel.act('agent-1', ALLOWED, 20);
    violatedAt = performance.now();
    const denied = await kernel.act('agent-1', DENIED, 50);
    await kernel.flush();
    await eventuallyEqual('requests in Prometheus', () => prometheus.sum(REQUESTS), 70);
    await eventuallyEqual('events in VictoriaLogs', violations, 50);
    await eventually('the denied traces in Jaeger', async () => {
      const there = new Set(await traces());
      return denied.every((id) => there.has(id)) || undefined;
    });
    const names = await prometheus.query(`count by (__name__) ({__name__=~".+", service_name="${SERVICE}"})`);
    observed('compose', 'a kernel on the machine, 20 actions allowed and 50 denied', [
      `70 requests and ${names.length} metrics in Prometheus, 50 violations in VictoriaLogs, the traces of all 50 in Jaeger`,
    ]);
  });

  it('loses nothing when backends are away and the Collector crashes meanwhile', async () => {
    await project.compose('stop', 'jaeger', 'victoria-logs');
    const denied = await kernel.act('agent-1', DENIED, 40);
    await kernel.flush();
    const waiting = (exporter: string) => () =>
      prometheus.sum(`otelcol_exporter_queue_size{exporter=~"${exporter}.*"}`);
    await eventuallyEqual('spans that wait for Jaeger', waiting('otlp_grpc/jaeger'), 40 * SPANS);

    const collector = await project.state('otel-collector');
    process.kill((await engine.inspect(collector.ID)).State.Pid, 'SIGKILL');
    await eventually('the Collector to be started again', async () => {
      const { RestartCount, State } = await engine.inspect(collector.ID);
      return (RestartCount === 1 && State.Running && (await fetch('http://127.0.0.1:13133')).ok) || undefined;
    });
    await project.compose('start', 'jaeger', 'victoria-logs');
    await eventuallyEqual('traces in Jaeger, whose own are gone', traces, [...denied].sort());
    await eventuallyEqual('events in VictoriaLogs', violations, 90);
    expect(await kernel.spansLost()).toBe(0);
    observed(
      'compose',
      'Jaeger and VictoriaLogs stopped, 40 actions denied, the Collector killed (-9), both started',
      ['the engine starts the Collector again; all 40 traces and events arrive, none lost at the SDK'],
    );
  });

  it('tells an alert at the webhook, at shipped intervals', async () => {
    const told = new RegExp(`\\S+ FIRING critical AgentOSHighViolationRate to soc-page.*"${SERVICE}"`);
    let log = '';
    await eventually(
      'the alert in the log',
      async () =>
        told.test((log = await project.compose('logs', '--no-log-prefix', 'alert-log'))) || undefined,
      () => log,
      ALERT_MILLIS,
    );
    const [at] = told.exec(log)![0].split(' ');
    const seconds = (new Date(at!).getTime() - (performance.timeOrigin + violatedAt)) / 1000;
    expect(log).not.toContain('NO WATCHDOG');
    observed('compose', 'an alert at the webhook, no interval shortened', [
      `AgentOSHighViolationRate is printed by alert-log ${seconds.toFixed(0)} s after the first of 50 violations`,
    ]);
  });

  it('keeps what it has over `down` and `up`', async () => {
    const before = Date.now() / 1000;
    await project.compose('down');
    const seconds = await up();
    await eventuallyEqual('events in VictoriaLogs', violations, 90);
    const earlier = (await prometheus.stored(REQUESTS)).filter(([time]) => time < before);
    expect(earlier.length).toBeGreaterThan(0);
    await kernel.act('agent-1', ALLOWED, 10);
    await eventuallyEqual('requests in Prometheus', () => prometheus.sum(REQUESTS), 120);
    observed('compose', '`docker compose down`, then up again', [
      `healthy after ${seconds.toFixed(0)} s; 90 events and ${earlier.length} samples of before are there, and what follows arrives`,
    ]);
    await kernel.stop();
    await project.compose('down', '--volumes');
  });
});
