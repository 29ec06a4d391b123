import { mkdirSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { bundled } from '../support/bundle.js';
import { runChild } from '../support/child.js';
import { freePort } from '../support/free-port.js';
import { startOtlpReceiver, type OtlpReceiver } from '../support/otlp-receiver.js';

const CACHE = join(__dirname, '../../.cache');
let folder: string;
let host: string;
beforeAll(async () => {
  mkdirSync(CACHE, { recursive: true });
  folder = mkdtempSync(join(CACHE, 'host-'));
  [host = ''] = await bundled([join(__dirname, 'children', 'host.ts')], folder);
});
afterAll(() => rmSync(folder, { recursive: true }));

/** The deadline, in milliseconds, where the collector answers: even of a busy machine. */
const AMPLE = '15000';

const closedPort = async (): Promise<string> => `http://127.0.0.1:${await freePort()}`;

describe('a process that ends', () => {
  let receiver: OtlpReceiver;
  beforeEach(async () => (receiver = await startOtlpReceiver()));
  afterEach(() => receiver.close());

  it.each(['SIGTERM', 'SIGINT', 'SIGHUP', 'SIGQUIT', 'SIGUSR2'] as const)(
    'by %s delivers 1000 queued spans and dies of that signal',
    async (signal) => {
      const child = runChild(host, { args: ['signal', receiver.url, AMPLE] });
      await child.waitForLine(/queued/);
      child.kill(signal);
      expect(await child.exited).toEqual({ code: null, signal });
      expect(receiver.spans).toHaveLength(1000);
      expect(child.stderr).toBe('');
    },
  );

  it('by returning delivers them and keeps its exit code', async () => {
    const child = runChild(host, { args: ['return', receiver.url, AMPLE] });
    expect(await child.exited).toEqual({ code: 3, signal: null });
    expect(receiver.spans).toHaveLength(1000);
  });

  it('by returning does not wait for a collector where nobody listens, and says so', async () => {
    const child = runChild(host, { args: ['return', await closedPort(), AMPLE] });
    expect(await child.exited).toEqual({ code: 3, signal: null });
    expect(child.stderr.trim().split('\n')).toEqual([
      expect.stringMatching(/1000 spans .*connection refused/),
    ]);
  });

  it.each(['own-handler-before', 'own-handler-once', 'own-handler-after'])(
    'delivers them where the host handles the signal itself (%s), and that handler decides the end',
    async (ending) => {
      const child = runChild(host, { args: [ending, receiver.url, AMPLE] });
      await child.waitForLine(/queued/);
      child.kill('SIGTERM');
      expect(await receiver.waitForSpans(1000)).toHaveLength(1000);
      child.kill('SIGCONT');
      expect(await child.exited).toEqual({ code: 7, signal: null });
    },
  );

  it('ends by a second signal where the handler of the host took the first one only', async () => {
    const child = runChild(host, { args: ['own-handler-once', receiver.url, AMPLE] });
    await child.waitForLine(/queued/);
    child.kill('SIGTERM');
    await receiver.waitForSpans(1000);
    child.kill('SIGTERM');
    expect(await child.exited).toEqual({ code: null, signal: 'SIGTERM' });
  });

  it('ends where other listeners wait to be the only ones, and runs them', async () => {
    const child = runChild(host, { args: ['signal-exit', receiver.url, AMPLE] });
    await child.waitForLine(/queued/);
    child.kill('SIGTERM');
    expect(await child.exited).toEqual({ code: null, signal: 'SIGTERM' });
    expect(receiver.spans).toHaveLength(1000);
    expect(child.stdout).toContain('exit hook');
  });

  describe('and pushes metrics', () => {
    const env = { OTEL_METRICS_EXPORTER: 'prometheus,otlp' };
    const uptimes = (): number[] =>
      receiver.metrics
        .filter(({ name }) => name === 'agent_os_kernel_uptime_seconds')
        .flatMap(({ points }) => points.map(({ flags }) => flags));

    it('by a signal ends its series, after their last values', async () => {
      const child = runChild(host, { args: ['signal', receiver.url, AMPLE], env });
      await child.waitForLine(/queued/);
      child.kill('SIGTERM');
      await child.exited;
      const flags = uptimes();
      expect(flags.length).toBeGreaterThan(1);
      expect(flags).toEqual([...flags.slice(1).map(() => 0), 1]);
    });

    it('by a signal that the host handles only flushes: the process may go on', async () => {
      const child = runChild(host, { args: ['own-handler-before', receiver.url, AMPLE], env });
      await child.waitForLine(/queued/);
      child.kill('SIGTERM');
      await receiver.waitForMetric('agent_os_kernel_uptime_seconds');
      await receiver.waitForSpans(1000);
      child.kill('SIGCONT');
      await child.exited;
      expect(new Set(uptimes())).toEqual(new Set([0]));
    });

    it('by returning only flushes as well', async () => {
      const child = runChild(host, { args: ['return', receiver.url, AMPLE], env });
      await child.exited;
      expect(new Set(uptimes())).toEqual(new Set([0]));
    });
  });

  describe('says goodbye', () => {
    const stopping = (): (number | undefined)[] =>
      receiver.metrics
        .filter(({ name }) => name === 'agent_os_kernel_stopping')
        .flatMap(({ points }) => points.filter(({ flags }) => flags === 0).map(({ value }) => value));

    it.each([
      ['that is scraped', {}],
      ['that pushes', { OTEL_METRICS_EXPORTER: 'prometheus,otlp' }],
    ])('as a kernel %s, by a signal', async (_, env) => {
      const child = runChild(host, { args: ['signal', receiver.url, AMPLE], env });
      await child.waitForLine(/queued/);
      child.kill('SIGTERM');
      await child.exited;
      expect(stopping().at(-1)).toBe(1);
      const { resource } = receiver.metrics.find(({ name }) => name === 'agent_os_kernel_stopping')!;
      expect(resource).toMatchObject({ 'service.name': 'child', 'agent_os.kernel.id': expect.any(String) });
    });

    it.each(['own-handler-before', 'return'])(
      'once, where its host ends it otherwise (%s)',
      async (ending) => {
        const child = runChild(host, { args: [ending, receiver.url, AMPLE] });
        if (ending !== 'return') {
          await child.waitForLine(/queued/);
          child.kill('SIGTERM');
          await receiver.waitForMetric('agent_os_kernel_stopping');
          child.kill('SIGCONT');
        }
        await child.exited;
        expect(stopping()).toEqual([1]);
      },
    );

    it('of nothing where it crashes', async () => {
      await runChild(host, { args: ['crash', receiver.url] }).exited;
      expect(stopping()).toEqual([]);
    });
  });

  it.each([
    ['exit', 4, 'the process ended with 1000 spans queued'],
    ['crash', 1, 'the process ended with 1000 spans queued'],
  ])('by %s keeps its exit code and says what it lost', async (ending, code, said) => {
    const child = runChild(host, { args: [ending, receiver.url] });
    expect(await child.exited).toEqual({ code, signal: null });
    expect(child.stderr).toContain(said);
    if (ending === 'crash') expect(child.stderr).toContain('Error: the host crashed');
  });

  describe('with no collector', () => {
    it('dies of the signal within the deadline, and says what it lost', async () => {
      // The deadline is 1.5 s; the stock exporter would hold the process for 8 s.
      const child = runChild(host, { args: ['signal', await closedPort()] });
      await child.waitForLine(/queued/);
      const signalled = Date.now();
      child.kill('SIGTERM');
      expect(await child.exited).toEqual({ code: null, signal: 'SIGTERM' });
      expect(Date.now() - signalled).toBeLessThan(7000);
      expect(child.stderr).toContain('1000 spans were not delivered');
    });

    it('ends at once by a second signal', async () => {
      const child = runChild(host, { args: ['signal', await closedPort()], env: { NODE_NO_WARNINGS: '1' } });
      await child.waitForLine(/queued/);
      child.kill('SIGINT');
      child.kill('SIGTERM');
      const { code, signal } = await child.exited;
      expect(code).toBeNull();
      expect(['SIGINT', 'SIGTERM']).toContain(signal);
    });

    it('keeps its exit code when it returns', async () => {
      const child = runChild(host, { args: ['return', await closedPort()] });
      expect(await child.exited).toEqual({ code: 3, signal: null });
      expect(child.stderr).toMatch(/1000 spans|the spans of a failed batch are lost/);
    });

    it('counts the loss on the last page when the host shuts down itself', async () => {
      const child = runChild(host, { args: ['shutdown', await closedPort()] });
      expect(await child.exited).toEqual({ code: 0, signal: null });
      expect(child.stderr).toMatch(/1000 spans were not delivered to http:\S+: connection refused/);
    });
  });

  it.each([
    ['by exit', 'exit'],
    ['by a crash', 'crash'],
    ['by returning, with no collector', 'return'],
    ['by its own shutdown, with no collector', 'shutdown'],
  ])('%s keeps its spans in the folder for them, and the next one sends them', async (_, ending) => {
    const spool = join(folder, `spool-${ending}`);
    const env = { SPOOL: spool };
    const first = runChild(host, { args: [ending, await closedPort(), AMPLE], env });
    await first.exited;
    expect(first.stderr).toMatch(
      /1000 spans were not delivered to http:\S+ yet, and kept for the next start/,
    );
    expect(first.stdout).not.toMatch(/dropped_total/); // kept is not lost
    const second = runChild(host, { args: ['shutdown', receiver.url, AMPLE], env });
    await second.exited;
    expect(new Set(receiver.spans.map(({ spanId }) => spanId)).size).toBe(2000);
    expect(readdirSync(spool)).toEqual([]);
  });
});
