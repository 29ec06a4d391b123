import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { runChild } from '../support/child.js';
import { ROOT } from './documents.js';
import { SnippetFolder } from './snippet-modules.js';

const REQUESTS = [
  'agent_os_requests_total{status="success",action="read_file"} 1',
  'agent_os_requests_total{status="denied",action="delete_file"} 1',
];
/** What each example prints, among other lines. */
const PRINTS: Readonly<Record<string, readonly string[]>> = {
  'quickstart.ts': [
    ...REQUESTS,
    'agent_os_violations_total{severity="high",policy="data-access",action="delete_file",agent_id="support-1"} 1',
  ],
  'own-meter.ts': [
    'tickets_closed_total{queue="claims"} 1',
    'tickets_waiting{queue="claims"} 7',
    'answer_time_seconds_bucket{queue="claims",le="60"} 1',
  ],
  'own-providers.ts': ['metrics: agent_os_requests_total', 'spans: kernel.policy_check, kernel.execute'],
  'express.ts': REQUESTS,
  'fastify.ts': REQUESTS,
  'hono.ts': REQUESTS,
  'node-http.ts': ['did read_file', REQUESTS[0]!],
  'agent-governance.ts': [
    'delete.file: deny',
    'agent_os_policy_decisions_total{decision="deny",enforced="denied",policy="flat_rules"} 1',
    'agent_os_signals_total{signal="SIGSTOP",reason="looked_at_by_a_person"} 1',
  ],
};
const folder = new SnippetFolder();
afterAll(() => folder.remove());

it('are all checked', () => {
  const files = readdirSync(join(ROOT, 'examples')).filter((name) => name.endsWith('.ts'));
  expect(files.sort()).toEqual(Object.keys(PRINTS).sort());
});

it.each(Object.entries(PRINTS))(
  'examples/%s ends by itself and prints what it measured',
  async (name, lines) => {
    const child = runChild(join(ROOT, 'examples', name), { env: { TSX_TSCONFIG_PATH: folder.tsconfig } });
    expect(await child.exited).toEqual({ code: 0, signal: null });
    expect(child.stderr).toBe('');
    expect(child.stdout.split('\n')).toEqual(expect.arrayContaining([...lines]));
  },
);
