import { PolicyEngine } from '@microsoft/agent-governance-sdk';
import { DecisionCounts, statusOf } from './decision-counts.js';
import { contextOf } from './kernel.js';
import type { ToolCall } from './tool-call.js';

/** A bare policy engine that is asked about the same calls in the same order: what instrumentation must not change. */
export class ReferenceEngine {
  readonly counts = new DecisionCounts();
  private readonly engine = new PolicyEngine();

  constructor(policyYaml: string) {
    this.engine.loadYaml(policyYaml);
  }

  ask(call: ToolCall): void {
    const verdict = this.engine.evaluatePolicy(call.agentId, contextOf(call));
    this.counts.add(call.action, verdict, statusOf(verdict, call.outcome));
  }
}
