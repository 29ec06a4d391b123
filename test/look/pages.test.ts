import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { committedDashboards } from '../../tools/grafana/dashboard-files.js';
import { served, type Said, type Served } from './served.js';

const RUNBOOKS = readdirSync(join(__dirname, '../../prometheus/runbooks')).filter((name) =>
  name.endsWith('.md'),
);

const unblocked = (service: string) => ({
  labels: {
    alertname: 'AgentOSUnblockedViolation',
    severity: 'critical',
    service_name: service,
    agent_id: '<b>',
    policy: 'p',
  },
  annotations: {
    summary: 'Nobody stopped it',
    dashboard_url: `https://grafana.example.org/d/agent-os-overview?var-service=${service}`,
  },
  state: 'firing',
  activeAt: '2026-11-28T11:59:00Z',
});
const watchdog = {
  labels: { alertname: 'Watchdog' },
  annotations: {},
  state: 'firing',
  activeAt: '2026-11-28T11:00:00Z',
};

let page: Served | undefined;
afterEach(() => page?.close());
const serve = async (said: Said = {}): Promise<Served> => (page = await served(said));

describe('the first page', () => {
  it('says what fires, since when, and leads to its runbook and dashboard', async () => {
    const { get } = await serve({ alerts: [watchdog, unblocked('claims-desk')] });
    const { status, text } = await get('/');
    expect(status).toBe(200);
    expect(text).toContain('1 firing');
    expect(text).toContain('Nobody stopped it');
    expect(text).toContain('60 s');
    expect(text).toMatch(/href="\/runbooks\/AgentOSUnblockedViolation\.md\?[^"]*service_name=claims-desk/);
    expect(text).toContain('href="/d/agent-os-overview?var-service=claims-desk"');
    expect(text).not.toContain('<b>"');
  });

  it('says so when the Watchdog is silent, and nothing of it when it fires', async () => {
    expect((await (await serve()).get('/')).text).toContain('The Watchdog does not fire');
    await page?.close();
    const { text } = await (await serve({ alerts: [watchdog] })).get('/');
    expect(text).not.toContain('Watchdog');
    expect(text).toContain('No alert fires.');
  });
});

describe('a dashboard', () => {
  it.each(committedDashboards().map(({ uid = '', title = '' }) => [uid, title]))(
    '%s is drawn',
    async (uid, title) => {
      const { get } = await serve();
      const { status, text, headers } = await get(`/d/${uid}`);
      expect([status, headers.refresh]).toEqual([200, '15']);
      expect(text).toContain(title);
      expect(text).toContain('<svg');
      expect(text).not.toMatch(/class="problem"|NaN|undefined|\$\{/);
    },
  );

  it('asks for what its address chooses, to the letter', async () => {
    const { get, asked } = await serve();
    const { text } = await get('/d/agent-os-overview?var-service=under.writing&from=now-5m&refresh=off');
    expect(asked.join('\n')).toContain('service_name=~"under[.]writing"');
    expect(text).toMatch(/<option selected(="")?>\s*under\.writing/);
  });

  it('leads from its rows to the pages about them', async () => {
    const labels = {
      alertname: 'AgentOSFailOpen',
      service_name: 'claims-desk',
      agent_id: 'a 1',
      severity: 'critical',
    };
    const { get } = await serve({ rows: { ALERTS: [[labels, 1]] } });
    const { text } = await get('/d/agent-os-overview');
    expect(text).toContain('href="/runbooks/AgentOSFailOpen.md"');
    expect(text).toMatch(/href="\/d\/agent-os-agent\?var-agent_id=a%201&amp;var-service=claims-desk/);
    expect(text).toContain('href="/d/agent-os-fleet?');
  });

  it('shows the panels that can be asked beside those that cannot', async () => {
    const { get } = await serve({ refused: 'ALERTS' });
    const { status, text } = await get('/d/agent-os-overview');
    expect(status).toBe(200);
    expect(text).toContain('Firing Alerts: Prometheus at');
    expect(text).toContain('<svg');
  });
});

describe('a runbook', () => {
  it.each(RUNBOOKS)('%s has a link that runs each of its queries', async (name) => {
    const { get } = await serve();
    const { status, text } = await get(`/runbooks/${name}`);
    expect(status).toBe(200);
    const links = [...text.matchAll(/href="\/query\?query=([^"]+)"/g)].map(([, query]) =>
      decodeURIComponent(query!),
    );
    expect(links.length).toBeGreaterThan(0);
    expect(links.filter((query) => /\$[a-z_]/.test(query))).toEqual([]);
  });

  it('has the labels of the alert that fires, and asks for all where several do', async () => {
    const one = await (
      await serve({ alerts: [unblocked('claims-desk')] })
    ).get('/runbooks/AgentOSUnblockedViolation.md');
    expect(decodeURIComponent(one.text)).toContain('service_name=%22claims-desk%22'.replace(/%22/g, '"'));
    await page?.close();
    const two = await (
      await serve({ alerts: [unblocked('claims-desk'), unblocked('other')] })
    ).get('/runbooks/AgentOSUnblockedViolation.md');
    expect(two.text.match(/It fires/g)).toHaveLength(2);
    expect(decodeURIComponent(two.text)).toContain('service_name=~".*"');
  });

  it('leads to Prometheus where that has pages, and to other runbooks and dashboards', async () => {
    const { get } = await serve({ hasPages: true });
    const { text } = await get('/runbooks/AgentOSKernelDown.md');
    expect(text).toMatch(/href="http:\/\/127\.0\.0\.1:\d+\/query\?g0\.expr=/);
    expect(text).toContain('href="/runbooks/AgentOSKernelCrashLoop.md"');
    expect(text).toContain('href="/d/agent-os-overview"');
  });

  it.each(['/runbooks/Nothing.md', '/runbooks/..%2f..%2fpackage.json', '/d/nothing', '/nowhere'])(
    'is not at %s',
    async (path) => {
      expect((await (await serve()).get(path)).status).toBe(404);
    },
  );
});

describe('a query', () => {
  it('shows its rows with their labels, as text', async () => {
    const { get } = await serve({ rows: { up: [[{ job: '<script>' }, 1]] } });
    const { text } = await get('/graph?g0.expr=up&g0.tab=1');
    expect(text).toContain('1 row');
    expect(text).toContain('&#60;script&#62;');
    expect(text).not.toContain('<script>');
  });

  it('shows what Prometheus says is wrong with it', async () => {
    const { get } = await serve({ refused: 'up{' });
    expect((await get('/query?query=up%7B')).text).toContain('parse error: unexpected end of input');
  });
});

describe('links of other pages', () => {
  it.each([
    [{ queries: [{ query: 'abc1' }] }, '/trace/abc1'],
    [{ queries: [{ service: 's', tags: 'agent.id="a"' }] }, '/search?service=s&tags=agent.id%3D%22a%22'],
  ])('%j of the explorer lead to the same here', async (pane, location) => {
    const { get } = await serve();
    const { status, headers } = await get(
      `/explore?panes=${encodeURIComponent(JSON.stringify({ traces: pane }))}`,
    );
    expect([status, headers.location]).toEqual([302, location]);
  });
});
