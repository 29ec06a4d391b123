import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { InMemorySpanExporter, SimpleSpanProcessor } from '@opentelemetry/sdk-trace-base';
import { initObservability, type Observability } from '../../../src/index.js';
import { METRICS, SPANS } from '../../../src/semconv/index.js';
import { claimsWorkload } from '../../../examples/demo/claims-workload.js';
import { Demo } from '../../../examples/demo/demo.js';
import { parseFlags } from '../../../examples/demo/flags.js';
import { parseRecording } from '../../../examples/demo/recording.js';
import { Screen } from '../../../examples/demo/screen.js';
import type { ToolCall } from '../../../examples/demo/tool-call.js';
import { workloadOf, type Workload } from '../../../examples/demo/workload.js';
import { parseExposition } from '../../../src/testing/parse-exposition.js';
import type { Sample } from '../../../src/testing/samples.js';
import { NOT_IN_THE_DEMO } from './not-in-the-demo.js';

const never = new AbortController().signal;
const silent = () => new Screen({ write: () => true, isTTY: false, columns: 80 });

let directory: string;
let spans: InMemorySpanExporter;
let obs: Observability;

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'demo-'));
  spans = new InMemorySpanExporter();
  obs = initObservability({
    serviceName: 'demo-test',
    prometheus: false,
    otlp: false,
    traces: { spanProcessors: [new SimpleSpanProcessor(spans)] },
    signalHandlers: false,
  });
});
afterEach(async () => {
  await obs.shutdown();
  rmSync(directory, { recursive: true });
});

/** Runs the demo unpaced; gives its samples on the metrics page and its report on what was decided. */
async function outcome(args: readonly string[], workload?: Workload, stop = never) {
  const counts = join(directory, 'counts.json');
  const flags = parseFlags(['--rate', '0', '--counts', counts, ...args]);
  const demo = new Demo(obs, flags, silent());
  const work = workload ?? workloadOf(flags);
  await demo.run(work, stop);
  const same = demo.writeCounts(work);
  const samples = parseExposition(await obs.export()).flatMap((family) => family.samples);
  await demo.close();
  const report = JSON.parse(readFileSync(counts, 'utf8')) as Report;
  return { same, samples, report, summary: demo.summary() };
}
interface Report {
  readonly calls: number;
  readonly governed: Decided;
  readonly bare: Decided;
}
interface Decided {
  readonly requests: Record<string, Record<string, number>>;
  readonly decisions: Record<string, Record<string, number>>;
  readonly violations: Record<string, Record<string, number>>;
  readonly rateLimited: Record<string, number>;
}

/** A counter's values, added up over all labels but these. */
function totals(samples: readonly Sample[], name: string, ...labels: string[]): Record<string, number> {
  const sums: Record<string, number> = {};
  for (const sample of samples) {
    if (sample.name !== name || sample.value === 0) continue;
    const key = labels.map((label) => sample.labels[label]).join(' ');
    sums[key] = (sums[key] ?? 0) + sample.value;
  }
  return sums;
}
const flat = (counts: Record<string, Record<string, number>>) =>
  Object.fromEntries(
    Object.entries(counts).flatMap(([action, by]) =>
      Object.entries(by).map(([key, value]) => [`${action} ${key}`, value]),
    ),
  );
function added(counts: Record<string, Record<string, number>>): Record<string, number> {
  const sums: Record<string, number> = {};
  for (const by of Object.values(counts)) {
    for (const [key, value] of Object.entries(by)) sums[key] = (sums[key] ?? 0) + value;
  }
  return sums;
}

/** So many calls of the claims desk. */
function first(count: number, after = () => {}): Workload {
  function* calls() {
    const desk = claimsWorkload({ seed: 3, agents: 6 });
    for (let taken = 0; taken < count; taken += 1) yield desk.next().value as ToolCall;
    after();
  }
  return { calls: calls(), description: 'some calls' };
}

/** A made-up bank: enough of everything that the policy names. */
function bankRecording(): Workload {
  const line = (agent: number, action: string, outcome = 'ok') =>
    JSON.stringify({ trajectory: agent, agent_id: `bank-${agent}`, action, outcome, argument_bytes: 20 });
  const lines = Array.from({ length: 12 }, (_, agent) => [
    line(agent, 'get_account'),
    line(agent, 'update_booking', agent % 3 === 0 ? 'error' : 'ok'),
    line(agent, 'update_booking'),
    line(agent, 'refund_payment'),
    ...(agent % 4 === 0 ? Array.from({ length: 4 }, () => line(agent, 'close_account')) : []),
    line(agent, 'change_address', agent === 5 ? 'error' : 'ok'),
  ]).flat();
  return { calls: parseRecording(lines.join('\n'), 'bank.jsonl'), description: 'a bank' };
}

describe('the demo, replaying a recording', () => {
  it('decides as a bare engine does, and shows exactly that on /metrics', async () => {
    const { same, samples, report } = await outcome(['--agents', '4'], bankRecording());
    expect(report.calls).toBe(72);
    expect(report.bare).toEqual({
      requests: {
        change_address: { error: 1, success: 11 },
        close_account: { denied: 12 },
        get_account: { success: 12 },
        refund_payment: { denied: 12 },
        update_booking: { denied: 9, error: 3, success: 12 },
      },
      decisions: {
        change_address: { allow: 12 },
        close_account: { deny: 12 },
        get_account: { allow: 12 },
        refund_payment: { require_approval: 12 },
        update_booking: { allow: 15, deny: 9 },
      },
      violations: {
        close_account: { 'cancellations-are-for-people': 12 },
        update_booking: { 'amounts-change-slowly': 9 },
      },
      rateLimited: { update_booking: 9 },
    });
    expect(report.governed).toEqual(report.bare);
    expect(same).toBe(true);
    expect(totals(samples, 'agent_os_requests_total', 'action', 'status')).toEqual(
      flat(report.bare.requests),
    );
    expect(totals(samples, 'agent_os_policy_decisions_total', 'decision')).toEqual(
      added(report.bare.decisions),
    );
    expect(totals(samples, 'agent_os_violations_total', 'action', 'policy')).toEqual(
      flat(report.bare.violations),
    );
    // Three agents asked four times for what is forbidden, and one was stopped in a drill.
    expect(totals(samples, 'agent_os_sigkill_total', 'reason')).toEqual({
      operator_drill: 1,
      repeated_denials: 3,
    });
  });
});

describe('the demo, with its own workload', () => {
  it('has every metric of the contract on the page, and all spans', async () => {
    const { samples, report, summary } = await outcome(['--once']);
    const names = new Set(samples.map(({ name }) => name.replace(/_(bucket|sum|count)$/, '')));
    // Its first value is that of the first scrape, which only a later one shows; and nobody scrapes here.
    names.add('agent_os_telemetry_scrape_duration_seconds');
    names.add('agent_os_telemetry_overflowed_total'); // nothing has more values than it may
    expect(Object.keys(METRICS).filter((name) => !names.has(name))).toEqual(NOT_IN_THE_DEMO);

    const born = new Set(['agent_os_kernel_crashes_total', 'agent_os_telemetry_dropped_total']);
    const counters = Object.entries(METRICS).filter(
      ([, { kind }]) => kind === 'counter' || kind === 'histogram',
    );
    const still = counters
      .map(
        ([name, { kind }]) => [name, totals(samples, kind === 'histogram' ? `${name}_count` : name)] as const,
      )
      .filter(([name, sums]) => Object.keys(sums).length === 0 && !born.has(name))
      .map(([name]) => name);
    expect(still.filter((name) => !NOT_IN_THE_DEMO.includes(name))).toEqual([
      'agent_os_approved_action_changed_total',
      'agent_os_telemetry_overflowed_total',
      'agent_os_telemetry_scrape_duration_seconds',
      'agent_os_telemetry_endpoint_refused_total',
      'agent_os_telemetry_endpoint_evicted_total',
    ]);
    for (const name of born) expect(totals(samples, name)).toEqual({});

    expect(new Set(spans.getFinishedSpans().map(({ name }) => name))).toEqual(
      new Set(Object.keys(SPANS).filter((name) => name !== 'kernel.verification')),
    );
    expect(report.calls).toBe(600);
    expect(summary).toMatch(/^all +600 /m);
  });

  it('nests the spans of a request under its execution', async () => {
    await outcome(['--once']);
    const finished = spans.getFinishedSpans();
    const byId = new Map(finished.map((span) => [span.spanContext().spanId, span]));
    const parentsOf = (name: string) =>
      new Set(
        finished
          .filter((span) => span.name === name)
          .map((span) => byId.get(span.parentSpanContext?.spanId ?? '')?.name),
      );
    expect(parentsOf('kernel.policy_check')).toEqual(new Set(['kernel.execute']));
    expect(parentsOf('kernel.violation')).toEqual(new Set(['kernel.execute']));
    // Those of a drill, of suspensions and of returns come from outside any request.
    expect(parentsOf('kernel.signal')).toEqual(new Set(['kernel.execute', undefined]));
  });

  it('decides the same for the same seed', async () => {
    const unpaced = await outcome(['--once', '--seed', '11']);
    const again = await outcome(['--once', '--seed', '11']);
    const other = await outcome(['--once', '--seed', '12']);
    expect(again.report.governed).toEqual(unpaced.report.governed);
    expect(other.report.governed).not.toEqual(unpaced.report.governed);
    expect([unpaced.same, again.same, other.same]).toEqual([true, true, true]);
  });

  it('decides the same at any rate', async () => {
    const unpaced = await outcome([], first(150));
    const stop = new AbortController();
    // What is still waited for after the last call decides nothing any more.
    const paced = await outcome(
      ['--rate', '5000'],
      first(150, () => stop.abort()),
      stop.signal,
    );
    expect(paced.report.calls).toBe(150);
    expect(paced.report.governed).toEqual(unpaced.report.governed);
  });
});
