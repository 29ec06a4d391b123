import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { METRICS, SPANS } from '../../../src/semconv/index.js';
import { runChild } from '../../support/child.js';
import { parseExposition } from '../../../src/testing/parse-exposition.js';
import { startOtlpReceiver, type OtlpReceiver } from '../../support/otlp-receiver.js';
import { NOT_IN_THE_DEMO } from './not-in-the-demo.js';

/** A port that refuses: traces are then printed. */
const NO_COLLECTOR = 'http://127.0.0.1:9';

let directory: string;
beforeEach(() => (directory = mkdtempSync(join(tmpdir(), 'demo-'))));
afterEach(() => rmSync(directory, { recursive: true }));

const runDemo = (args: readonly string[], endpoint = NO_COLLECTOR) =>
  runChild('examples/demo/main.ts', {
    args: ['--port', '0', ...args],
    env: { OTEL_EXPORTER_OTLP_ENDPOINT: endpoint, OTEL_SDK_DISABLED: undefined, OTEL_LOG_LEVEL: undefined },
    timeoutMs: 25_000,
  });

describe('npm run demo', () => {
  it('serves what was decided, prints traces and a table, and ends at Ctrl-C with exit code 0', async () => {
    const counts = join(directory, 'counts.json');
    const demo = runDemo(['--once', '--rate', '0', '--counts', counts, '--linger', '60']);
    const [, url = ''] = await demo.waitForLine(/curl -s (http:\S+)$/);
    await demo.waitForLine(/Look further while it runs/);
    await fetch(url);
    const page = await (await fetch(url)).text();
    demo.kill('SIGINT');
    expect(await demo.exited).toEqual({ code: 0, signal: null });
    expect(demo.stderr).toBe('');

    const samples = parseExposition(page).flatMap((family) => family.samples);
    const names = new Set(samples.map(({ name }) => name.replace(/_(bucket|sum|count)$/, '')));
    names.add('agent_os_telemetry_overflowed_total'); // nothing has more values than it may
    expect(Object.keys(METRICS).filter((name) => !names.has(name))).toEqual(NOT_IN_THE_DEMO);

    const report = JSON.parse(readFileSync(counts, 'utf8')) as {
      same: boolean;
      governed: { requests: Record<string, Record<string, number>> };
    };
    expect(report.same).toBe(true);
    const requests: Record<string, Record<string, number>> = {};
    for (const { name, labels, value } of samples) {
      const { action = '', status = '' } = labels;
      if (name === 'agent_os_requests_total') (requests[action] ??= {})[status] = value;
    }
    expect(requests).toEqual(report.governed.requests);

    expect(demo.stdout).toMatch(/nothing accepts a connection on http:\/\/127\.0\.0\.1:9,/);
    expect(demo.stdout).toMatch(
      /^ {2}kernel\.execute {2}claims-agent-\d {2}\w+ {2}[\d.]+ ms\n {2}└─ kernel\.policy_check {2}allow/m,
    );
    expect(demo.stdout).toMatch(/└─ kernel\.violation {2}personal-data-stays-inside {2}critical/);
    expect(demo.stdout).toMatch(/[├└]─ kernel\.signal {2}SIGKILL/);
    expect(demo.stdout).toMatch(/^all +600 /m);
  });

  it('exports all spans where a collector listens', async () => {
    const receiver: OtlpReceiver = await startOtlpReceiver();
    try {
      const demo = runDemo(['--once', '--rate', '0'], receiver.url);
      expect(await demo.exited).toEqual({ code: 0, signal: null });
      expect(demo.stdout).not.toContain('kernel.execute');
      expect(new Set(receiver.spans.map(({ name }) => name))).toEqual(
        new Set(Object.keys(SPANS).filter((name) => name !== 'kernel.verification')),
      );
      expect(receiver.spans.filter(({ name }) => name === 'kernel.execute')).toHaveLength(600);
    } finally {
      await receiver.close();
    }
  });

  it('says at once what it cannot use', async () => {
    const bad = join(directory, 'bad.jsonl');
    writeFileSync(bad, '{"agent_id": "a", "action": "get_room", "outcome": "fine"}\n');
    const refused = await Promise.all(
      [
        ['--turbo', '--agents', 'many'],
        ['--replay', bad],
        ['--once', '--counts', join(directory, 'absent', 'counts.json')],
      ].map(async (args) => {
        const demo = runDemo(args);
        return { ...(await demo.exited), stdout: demo.stdout, stderr: demo.stderr };
      }),
    );
    expect(refused.map(({ code, stdout }) => [code, stdout])).toEqual([
      [2, ''],
      [2, ''],
      [2, ''],
    ]);
    expect(refused[0]!.stderr).toMatch(/--turbo is not a flag\n--agents must be .*, not "many"\n/);
    expect(refused[1]!.stderr).toContain('bad.jsonl:1: "outcome" must be "ok" or "error", found "fine"');
    expect(refused[2]!.stderr).toMatch(/no such file or directory, open '.*counts\.json'/);
  });

  it('says what to do about a port that is taken', async () => {
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    try {
      const { port } = server.address() as AddressInfo;
      const demo = runDemo(['--once', '--port', String(port)]);
      expect((await demo.exited).code).toBe(1);
      expect(demo.stderr).toContain('the port is taken');
      expect(demo.stderr).toContain(`Free port ${port}, or take any free one: npm run demo -- --port 0`);
    } finally {
      server.close();
    }
  });
});
