import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { logsQueriesOf } from '../../tools/grafana/queries-of.js';
import { ROOT } from '../../tools/stack/native/programs.js';
import { dashboards } from '../contract/promql/sources.js';
import { eventually, eventuallyEqual } from './support/eventually.js';
import { DENIED } from './support/kernel-host.js';
import { observed } from './support/observed.js';
import { OCSF_VERSION, ocsfProblems, type OcsfEvent } from './support/ocsf.js';
import { sendEvents, type SentEvent } from './support/otlp-logs.js';
import { stackOfEachTest } from './support/test-stack.js';
import type { LogFields } from './support/victoria-logs-api.js';

const SERVICE = 'e2e-kernel';
const TRACE = '0af7651916cd43dd8448eb211c80319c';
const SPAN = 'b7ad6b7169203331';
const VIOLATION: SentEvent = {
  name: 'agent_os.violation',
  traceId: TRACE,
  spanId: SPAN,
  attributes: {
    'agent.id': 'support-1',
    'agent_os.action': 'export_customer_file',
    'agent_os.policy': 'service-desk',
    'agent_os.rule': 'no-exports',
    'agent_os.severity': 'critical',
    'agent_os.blocked': true,
    'agent_os.reason': 'sent Bearer abcdefghijklmnopqrstuvw away',
  },
};

const stackOf = stackOfEachTest();

/** What the panel of that title shows, to who has chosen these services. */
function shown(panel: string, service: string): Promise<readonly LogFields[]> {
  const chosen = { service, environment: 'e2e|prod' };
  const query = dashboards()
    .flatMap((dashboard) => logsQueriesOf(dashboard, { chosen }))
    .find((one) => one.panel === panel)!;
  return stackOf().victoriaLogs.query(query.expr, query.limit);
}

/** As the README says to make lines out of what the Collector wrote. */
function ocsfEvents(): OcsfEvent[] {
  const file = join(stackOf().settings.data, 'collector-files/ocsf.jsonl');
  if (!existsSync(file)) return [];
  const readme = readFileSync(join(ROOT, 'otel-collector/README.md'), 'utf8');
  const [, filter] = /^jq -r '([^']+)' ocsf\.jsonl$/m.exec(readme)!;
  const { status, stdout, stderr, error } = spawnSync('jq', ['-r', filter!, file], { encoding: 'utf8' });
  if (status !== 0) throw new Error(`jq: ${error?.message ?? stderr}`);
  return stdout
    .split('\n')
    .filter(Boolean)
    .map((line) => JSON.parse(line) as OcsfEvent);
}

const violation = (changes: SentEvent['attributes']): SentEvent => ({
  ...VIOLATION,
  attributes: { ...VIOLATION.attributes, ...changes },
});

describe('a violation', () => {
  it('is found by the query of its panel with its trace, in a file, and as one event of OCSF', async () => {
    const stack = stackOf();
    await stack.startVictoriaLogs();
    await stack.startCollector({
      files: ['base', 'backends/victoria-logs', 'backends/file', 'backends/ocsf'],
    });
    const sent = Date.now();
    await sendEvents(stack.otlpUrl, SERVICE, [VIOLATION]);
    const [found] = await eventually('the violation on its panel', async () => {
      const rows = await shown('Recent Violations', SERVICE);
      return rows.length > 0 ? rows : undefined;
    });
    const seconds = (Date.now() - sent) / 1000;
    expect(found).toMatchObject({
      _msg: 'agent_os.violation',
      trace_id: TRACE,
      'agent.id': 'support-1',
      'agent_os.policy': 'service-desk',
      'agent_os.severity': 'critical',
      'agent_os.blocked': 'true',
      'service.name': SERVICE,
    });
    expect(seconds).toBeLessThan(10);
    expect(await shown('Recent Violations', 'another')).toEqual([]);
    expect(await shown('Recent Violations', '.*')).toHaveLength(1);

    const file = readFileSync(join(stack.settings.data, 'collector-files/logs.jsonl'), 'utf8');
    expect(file.match(new RegExp(TRACE, 'g'))).toHaveLength(1);
    expect(file).toContain('sent **** away');

    const [event, ...more] = ocsfEvents();
    expect(more).toEqual([]);
    expect(event).toMatchObject({ class_uid: 2004, severity_id: 5, metadata: { correlation_uid: TRACE } });
    observed('events', 'a violation by OTLP', [
      `on the panel Recent Violations after ${seconds.toFixed(1)} s, with its trace; once as JSON line; one event of OCSF with the same trace id`,
    ]);
  });

  it('that a kernel records is there too, in the trace of its action', async () => {
    const stack = stackOf();
    await stack.startVictoriaLogs();
    await stack.startCollector({ files: ['base', 'backends/victoria-logs', 'backends/ocsf'] });
    const kernel = await stack.startHost();
    const [traceId] = await kernel.act('agent-1', DENIED);
    const sent = Date.now();
    await kernel.flush();
    const rows = await eventually('the violation on its panel', async () => {
      const found = await shown('Recent Violations', SERVICE);
      return found.length > 0 ? found : undefined;
    });
    const seconds = (Date.now() - sent) / 1000;
    expect(rows).toHaveLength(1);
    expect(rows[0]).toMatchObject({
      trace_id: traceId,
      'agent.id': 'agent-1',
      'agent_os.action': DENIED,
      'agent_os.severity': 'critical',
      'service.name': SERVICE,
    });
    const findings = ocsfEvents().filter(({ class_uid }) => class_uid === 2004);
    expect(findings).toHaveLength(1);
    expect(findings[0]).toMatchObject({ metadata: { correlation_uid: traceId }, severity_id: 5 });
    expect(ocsfProblems(findings[0]!)).toEqual([]);
    observed('events', 'a violation by the library', [
      `on its panel ${seconds.toFixed(1)} s after the flush, once, with the trace of the action; one OCSF finding with the same trace id`,
    ]);
  });

  it('that happens while VictoriaLogs is away arrives once, when it is back', async () => {
    const stack = stackOf();
    await stack.startCollector({ files: ['base', 'backends/victoria-logs'] });
    const ids = Array.from({ length: 100 }, (_, n) => `agent-${n}`);
    await sendEvents(
      stack.otlpUrl,
      SERVICE,
      ids.map((id) => violation({ 'agent.id': id })),
    );
    await stack.startVictoriaLogs();
    const arrived = async (): Promise<string[]> => {
      const rows = await stack.victoriaLogs.query('event_name:="agent_os.violation"', 1000);
      return rows.map((row) => row['agent.id']!).sort();
    };
    await eventuallyEqual('the agents of all violations', arrived, [...ids].sort());
    observed('events', 'VictoriaLogs starts after 100 violations', ['all arrive, each once']);
  });
});

describe('a claim', () => {
  it('with a high drift is on its panel, others are not', async () => {
    const stack = stackOf();
    await stack.startVictoriaLogs();
    await stack.startCollector({ files: ['base', 'backends/victoria-logs'] });
    const verification = (claim: string, drift: number): SentEvent => ({
      name: 'agent_os.verification',
      severity: 'INFO',
      traceId: TRACE,
      attributes: {
        'agent_os.claim.id': claim,
        'agent_os.verification.result': 'flagged',
        'agent_os.drift_score': drift,
      },
    });
    await sendEvents(stack.otlpUrl, SERVICE, [verification('low', 0.2), verification('high', 0.7)]);
    const rows = async () =>
      (await shown('Recent High-Drift Claims', SERVICE)).map((row) => [
        row['agent_os.claim.id'],
        row['agent_os.verification.result'],
        row['trace_id'],
      ]);
    await eventuallyEqual('claims on the panel', rows, [['high', 'flagged', TRACE]]);
  });
});

describe('OCSF', () => {
  const SEVERITY_IDS = { low: 2, medium: 3, high: 4, critical: 5, odd: 0 };

  it('is what the schema allows, for each event that has a class, and nothing for the others', async () => {
    const stack = stackOf();
    await stack.startCollector({ files: ['base', 'backends/ocsf'] });
    const agent = { 'agent.id': 'support-1', 'agent_os.reason': 'policy' };
    const decision = {
      ...agent,
      'agent_os.action': 'read',
      'agent_os.policy': 'p',
      'agent_os.decision': 'deny',
    };
    await sendEvents(stack.otlpUrl, SERVICE, [
      ...Object.keys(SEVERITY_IDS).map((severity) => violation({ 'agent_os.severity': severity })),
      violation({ 'agent_os.blocked': false }),
      { name: 'agent_os.violation', attributes: { 'agent.id': 'a' } },
      {
        name: 'agent_os.decision',
        severity: 'WARN',
        attributes: { ...decision, 'agent_os.enforced': 'denied' },
      },
      {
        name: 'agent_os.decision',
        severity: 'WARN',
        traceId: TRACE,
        attributes: { ...decision, 'agent_os.enforced': 'allowed', 'agent_os.provenance': 'timeout' },
      },
      { name: 'agent_os.decision', attributes: {} },
      { name: 'agent_os.kill', attributes: { ...agent, 'agent_os.kill.outcome': 'stopped' } },
      { name: 'agent_os.kill', attributes: { 'agent_os.kill.outcome': 'timed_out' } },
      { name: 'agent_os.approval', attributes: agent },
      { name: '', attributes: agent },
    ]);
    const events = await eventually('events of OCSF', async () => {
      const found = ocsfEvents();
      return found.length > 0 ? found : undefined;
    });
    expect(events.map(({ class_uid }) => class_uid)).toEqual([
      ...Array.from({ length: 7 }, () => 2004),
      ...Array.from({ length: 3 }, () => 6003),
      ...Array.from({ length: 2 }, () => 6002),
    ]);
    expect(
      events.map((event) => [event.class_uid, ocsfProblems(event)]).filter(([, p]) => `${p}` !== ''),
    ).toEqual([]);
    const finding = events[0]!;
    expect(ocsfProblems({ ...finding, severity_id: '5' })).not.toEqual([]);
    expect(ocsfProblems({ ...finding, trace_id: TRACE })).not.toEqual([]);

    expect(events.slice(0, 5).map((event) => event['severity_id'])).toEqual(Object.values(SEVERITY_IDS));
    expect(finding).toMatchObject({
      type_uid: 200401,
      action_id: 2,
      disposition_id: 2,
      policy: { name: 'service-desk' },
      finding_info: { analytic: { name: 'no-exports' } },
      evidences: [{ ai_agent: { uid: 'support-1' }, api: { operation: 'export_customer_file' } }],
      metadata: { version: '1.9.0-dev', product: { name: 'Agent OS' }, correlation_uid: TRACE },
    });
    expect(Math.abs(Date.now() - (finding['time'] as number))).toBeLessThan(60_000);
    expect(events[5]).toMatchObject({ action_id: 3, disposition_id: 15 });
    expect(events[6]).toMatchObject({ action_id: 0, severity_id: 0 });
    expect(events[7]).toMatchObject({ action_id: 2, ai_agent: { uid: 'support-1' }, severity_id: 2 });
    expect(events[8]).toMatchObject({ action_id: 1, metadata: { correlation_uid: TRACE } });
    expect(events[10]).toMatchObject({ status_id: 1, status_code: 'stopped', app: { uid: 'support-1' } });
    expect(events[11]).toMatchObject({ status_id: 2, status_code: 'timed_out' });
    const uids = events.slice(0, 7).map((event) => (event['finding_info'] as { uid: string }).uid);
    expect(new Set(uids).size).toBe(7);
    observed('events', 'OCSF', [
      `12 of 14 records became events, none against the schema ${OCSF_VERSION}; ai_agent, of 1.9.0-dev, is not in it`,
    ]);
  });
});
