import type { PolicyDecisionResult, PolicyEngine } from '@microsoft/agent-governance-sdk';
import type { Observability } from '../../src/index.js';
import type { Severity, Status } from '../../src/semconv/index.js';
import { ruleOf, type DecisionCounts } from './decision-counts.js';
import type { DeskTopics } from './desk-topics.js';
import type { Agent, Fleet } from './fleet.js';
import type { Pace } from './pace.js';
import { Random } from './random.js';
import type { Screening } from './screening.js';
import type { Tally } from './tally.js';
import { kindOf, type ActionKind, type ToolCall } from './tool-call.js';
import type { VerifierPanel } from './verifier-panel.js';

/** The tool was allowed to run and failed. */
export class ToolError extends Error {
  override readonly name = 'ToolError';
}

export interface KernelParts {
  readonly obs: Observability;
  readonly engine: PolicyEngine;
  readonly fleet: Fleet;
  readonly screening: Screening;
  readonly panel: VerifierPanel;
  readonly topics: DeskTopics;
  readonly tally: Tally;
  readonly counts: DecisionCounts;
  readonly pace: Pace;
  readonly seed: number;
}

/** Denials within one task from which on an agent is killed. */
const DENIALS_TOLERATED = 2;
/** Seconds a simulated tool takes, by what it does. */
const TOOL_SECONDS: Readonly<Record<ActionKind, readonly [number, number]>> = {
  lookup: [0.008, 0.04],
  thought: [0.002, 0.008],
  change: [0.03, 0.12],
  handover: [0.02, 0.06],
};
const SEVERITIES: Readonly<Record<string, Severity>> = {
  'personal-data-stays-inside': 'critical',
  'cancellations-are-for-people': 'high',
};

interface Task {
  readonly startedAt: number;
  denials: number;
}

/** What a policy may look at: facts about the call, not its arguments. */
export function contextOf({ action, domain, argumentBytes }: ToolCall): Record<string, unknown> {
  return { action, domain, argument_bytes: argumentBytes };
}

/** Governs tool calls: asks the policy engine, runs what is allowed, and has the rest recorded and told. */
export class Kernel {
  private readonly tasks = new Map<string, Task>();
  private readonly background = new Set<Promise<void>>();

  constructor(private readonly parts: KernelParts) {}

  /**
   * Governs one call. The decision is made before this returns its promise, so that calls handed over in order are
   * decided in order, however long their tools take.
   */
  async handle(call: ToolCall, number: number): Promise<void> {
    const { obs, fleet, tally, counts, topics } = this.parts;
    const { action } = call;
    const agent = fleet.acting(call.agentId);
    const task = this.taskOf(call);
    let verdict: PolicyDecisionResult | undefined;
    let status: Status = 'error';
    const { model, tokens } = call;
    obs.agent.recordLlmCall({ agentId: agent.id, model });
    if (tokens) obs.agent.recordLlmUsage({ model, inputTokens: tokens.input, outputTokens: tokens.output });
    try {
      const classify = ({ allowed }: PolicyDecisionResult) => (allowed ? 'allowed' : 'denied');
      await obs.execute({ agentId: agent.id, action, classify }, async () => {
        verdict = this.decide(agent, call);
        if (verdict.allowed) await this.run(call, number);
        else await this.refuse(agent, call, task, number, verdict);
        return verdict;
      });
      status = verdict?.allowed ? 'success' : 'denied';
    } catch (error) {
      if (!(error instanceof ToolError)) throw error;
      obs.agent.recordError({ agentId: agent.id, errorType: error.name });
    }
    topics.publish({ topic: 'audit', priority: 'background', body: { call: number, status } });
    if (verdict !== undefined) {
      tally.add(action, verdict, status);
      counts.add(action, verdict, status);
    }
    if (call.lastOfTask) this.finish(call, task, status);
    if (call.lastOfAgent) fleet.leave(call.agentId);
  }

  /** Settles when all that the calls set off is done. */
  async settled(): Promise<void> {
    while (this.background.size > 0) await Promise.all(this.background);
  }

  private decide(agent: Agent, call: ToolCall): PolicyDecisionResult {
    const { obs, engine, screening, tally } = this.parts;
    const { action } = call;
    const started = performance.now();
    const verdict = engine.evaluatePolicy(agent.id, contextOf(call));
    if (verdict.evaluationMs !== undefined) tally.addCheck(action, verdict.evaluationMs / 1000);
    if (verdict.allowed && kindOf(action) === 'change') screening.ask();
    obs.kernel.recordKernelLatency({ durationSeconds: (performance.now() - started) / 1000 });
    return verdict;
  }

  private async run(call: ToolCall, number: number): Promise<void> {
    const { pace, panel, topics, seed } = this.parts;
    const kind = kindOf(call.action);
    await pace.wait(Random.of(seed, `tool ${number}`).between(...TOOL_SECONDS[kind]));
    if (call.outcome === 'error') throw new ToolError(`${call.action} failed`);
    if (kind === 'change') this.inBackground(panel.verify());
    if (kind === 'handover') topics.publish({ topic: 'handovers', priority: 'high', body: { call: number } });
  }

  private async refuse(
    agent: Agent,
    call: ToolCall,
    task: Task,
    number: number,
    verdict: PolicyDecisionResult,
  ): Promise<void> {
    const { obs, fleet, topics } = this.parts;
    const { action } = call;
    if (verdict.action !== 'deny') {
      // Whoever asks for approval does nothing wrong.
      topics.publish({ topic: 'approvals', priority: 'urgent', body: { call: number } });
      return;
    }
    const violation = {
      agentId: agent.id,
      action,
      policy: ruleOf(verdict),
      severity: verdict.rateLimited ? 'low' : (SEVERITIES[ruleOf(verdict)] ?? 'medium'),
      ...(verdict.reason !== undefined && { reason: verdict.reason }),
    } as const;
    obs.violation({ ...violation, blocked: true });
    if (verdict.rateLimited) return;
    const priority = violation.severity === 'critical' ? 'critical' : 'normal';
    topics.publish({ topic: 'alerts', priority, body: { call: number } });
    task.denials += 1;
    if (task.denials <= DENIALS_TOLERATED) return;
    task.denials = 0;
    await fleet.kill(call.agentId, 'repeated_denials', action);
  }

  private taskOf({ trajectory }: ToolCall): Task {
    const task = this.tasks.get(trajectory) ?? { startedAt: performance.now(), denials: 0 };
    this.tasks.set(trajectory, task);
    return task;
  }

  private finish({ trajectory }: ToolCall, { startedAt }: Task, status: Status): void {
    this.tasks.delete(trajectory);
    this.parts.obs.agent.recordExecution({ status, durationSeconds: (performance.now() - startedAt) / 1000 });
  }

  private inBackground(work: Promise<void>): void {
    const tracked = work.finally(() => this.background.delete(tracked));
    this.background.add(tracked);
  }
}
