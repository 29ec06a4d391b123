import { readFileSync, writeFileSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import { PolicyEngine } from '@microsoft/agent-governance-sdk';
import { GovernanceInstrumentation } from '../../src/governance/agt/index.js';
import type { Observability } from '../../src/index.js';
import { DecisionCounts } from './decision-counts.js';
import { DeskTopics } from './desk-topics.js';
import { dispatch } from './dispatcher.js';
import type { Flags } from './flags.js';
import { Fleet } from './fleet.js';
import { Incidents } from './incidents.js';
import { Kernel } from './kernel.js';
import { MessageBus } from './message-bus.js';
import { Pace } from './pace.js';
import { ReferenceEngine } from './reference-engine.js';
import type { Screen } from './screen.js';
import { Screening } from './screening.js';
import { progressText, summaryText, type SideCounts } from './summary.js';
import { Tally } from './tally.js';
import { VerifierPanel } from './verifier-panel.js';
import type { Workload } from './workload.js';
import { WriteAheadLog } from './write-ahead-log.js';

const POLICY_SET = 'service-desk';
/** Seconds between two progress lines: on a terminal, where one takes the other's place, and elsewhere. */
const PROGRESS_SECONDS = { interactive: 0.25, plain: 5 };

/** The governed agents, the machinery around them, and the numbers they leave. */
export class Demo {
  private readonly pace: Pace;
  private readonly tally = new Tally();
  private readonly counts = new DecisionCounts();
  private readonly reference: ReferenceEngine | undefined;
  private readonly governance: GovernanceInstrumentation;
  private readonly wal = new WriteAheadLog();
  private readonly bus: MessageBus;
  private readonly panel: VerifierPanel;
  private readonly fleet: Fleet;
  private readonly kernel: Kernel;
  private readonly incidents: Incidents;

  constructor(
    obs: Observability,
    private readonly flags: Flags,
    private readonly screen: Screen,
  ) {
    const { seed, rate, counts } = flags;
    const policyYaml = readFileSync(new URL('./policy.yaml', import.meta.url), 'utf8');
    const engine = new PolicyEngine();
    engine.loadYaml(policyYaml);
    this.governance = new GovernanceInstrumentation(obs);
    // Requests and violations are counted by the demo itself, with the rule that decided.
    this.governance.instrumentPolicyEngine(engine, { policySet: POLICY_SET, denialsAreViolations: false });
    this.reference = counts === undefined ? undefined : new ReferenceEngine(policyYaml);
    this.pace = new Pace(rate);
    this.bus = new MessageBus(obs.amb, this.wal);
    this.panel = new VerifierPanel(obs.cmvk, seed, this.pace);
    this.fleet = new Fleet(obs, this.governance, seed, this.pace);
    const topics = new DeskTopics(this.bus, seed, this.pace);
    this.kernel = new Kernel({
      obs,
      engine,
      fleet: this.fleet,
      screening: new Screening(obs, seed),
      panel: this.panel,
      topics,
      tally: this.tally,
      counts: this.counts,
      pace: this.pace,
      seed,
    });
    this.incidents = new Incidents(obs, this.fleet, topics);
  }

  /** Runs the calls to their end, or until `stop` is aborted; then waits for all they set off. */
  async run({ calls }: Workload, stop: AbortSignal): Promise<void> {
    const { pace, screen } = this;
    stop.addEventListener('abort', () => pace.hurry());
    const seconds = screen.interactive ? PROGRESS_SECONDS.interactive : PROGRESS_SECONDS.plain;
    const progress = setInterval(
      () => screen.update(progressText(this.tally, this.sideCounts())),
      seconds * 1000,
    );
    try {
      await dispatch(calls, {
        pace,
        stop,
        most: this.flags.agents,
        before: (call, number) => {
          this.reference?.ask(call);
          return this.incidents.before(call, number);
        },
        handle: (call, number) => this.kernel.handle(call, number),
      });
      await this.kernel.settled();
      await this.fleet.settled();
      await this.bus.idle();
    } finally {
      clearInterval(progress);
      screen.settle();
    }
  }

  summary(): string {
    return summaryText(this.tally, this.sideCounts());
  }

  /** Writes what both engines decided; false where they differ, undefined where it was not asked for. */
  writeCounts(workload: Workload): boolean | undefined {
    const { flags, reference } = this;
    if (flags.counts === undefined || reference === undefined) return undefined;
    const governed = this.counts.report();
    const bare = reference.counts.report();
    const same = JSON.stringify(governed) === JSON.stringify(bare);
    const report = { workload: workload.description, calls: this.tally.total.calls, same, governed, bare };
    writeFileSync(flags.counts, `${JSON.stringify(report, undefined, 2)}\n`);
    return same;
  }

  /** Keeps /metrics up for a while, unless `stop` is aborted. */
  async linger(stop: AbortSignal): Promise<void> {
    if (this.flags.linger === 0 || stop.aborted) return;
    await delay(this.flags.linger * 1000, undefined, { signal: stop }).catch(() => undefined);
  }

  async close(): Promise<void> {
    this.governance.unwrap();
    await this.wal.close();
  }

  private sideCounts(): SideCounts {
    const { fleet, panel, bus } = this;
    return {
      agents: { active: fleet.size, ...fleet.totals },
      verifications: panel.totals,
      bus: bus.totals,
    };
  }
}
