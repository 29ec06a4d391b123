import type { PolicyRule } from '@microsoft/agent-governance-sdk';
import { BatchSpanProcessor } from '@opentelemetry/sdk-trace-base';
import type { Observability } from 'agent-os-observability';
import { GovernanceInstrumentation } from 'agent-os-observability/agent-governance';
import { swallow, timed, type TimedOperation } from '../harness/timed.js';
import type { Budget, Subject, SubjectDeclaration, Suite } from '../harness/subject.js';
import { startAgentOs } from '../peers/agent-os.js';
import { exposedTotals } from '../peers/exposed-totals.js';
import { NullExporter } from '../peers/spans.js';
import {
  AUDIT_LOG_LIMIT,
  DOCUMENT_RULES,
  emptyAuditLog,
  FLAT_RULES,
  governedCalls,
  governedClient,
  policyEngine,
  SIMPLE_RULES,
} from '../workloads/governance.js';
import { eachAwaited } from '../workloads/random.js';

/** Synchronous calls between two turns of the microtask queue, in which the span processor exports its batches. */
const CALLS_PER_TURN = 256;
/** Calls after which an audit log that was empty is still not full. */
const CALLS_BEFORE_FULL = Math.floor(AUDIT_LOG_LIMIT * 0.9);

export type Mode = 'bare' | 'metrics' | 'spans';
const MODES: Readonly<Record<Mode, string>> = {
  bare: 'bare',
  metrics: 'with metrics',
  spans: 'with metrics and spans',
};

/** What it costs to have the agent-governance SDK instrumented. */
export const agentGovernance: Suite = {
  name: 'agent-governance',
  title: 'Instrumented agent-governance SDK',
  about:
    'Calls of `@microsoft/agent-governance-sdk`, bare and instrumented by `GovernanceInstrumentation`. Spans go through ' +
    'the stock batch processor to an exporter that sends nothing. `evaluatePolicy` has one policy document, ' +
    `of one rule or of ${DOCUMENT_RULES.length}, \`executeWithGovernance\` ${FLAT_RULES.length} flat rules. The audit log of the SDK ` +
    `copies itself with each entry once it is full (${AUDIT_LOG_LIMIT} entries); a long-running kernel lives in that ` +
    'state. Its arrays are so large that the small garbage of a call hides in the room they leave on a page of the heap.',
  table: 'baseline',
  subjects: [
    ...inEachMode('evaluate-simple', '`evaluatePolicy`, one rule', (mode) =>
      evaluatePolicy(mode, SIMPLE_RULES),
    ),
    ...inEachMode('evaluate', `\`evaluatePolicy\`, ${DOCUMENT_RULES.length} rules`, (mode) =>
      evaluatePolicy(mode, DOCUMENT_RULES),
    ),
    ...inEachMode('execute', '`executeWithGovernance`', (mode) => execute(mode, { auditLogFull: false })),
    ...inEachMode('execute-full', '`executeWithGovernance`, log full', (mode) =>
      execute(mode, { auditLogFull: true }),
    ),
  ],
};

function inEachMode(
  id: string,
  label: string,
  operation: (mode: Mode) => TimedOperation,
): SubjectDeclaration[] {
  return Object.entries(MODES).map(([mode, how]) => ({
    id: `${id}-${mode}`,
    label: `${label}, ${how}`,
    ...(mode !== 'bare' && { comparedWith: [`${id}-bare`] }),
    open: (budget: Budget): Subject => timed(operation(mode as Mode), budget),
  }));
}

/** Policy checks of one engine. */
export function evaluatePolicy(mode: Mode, rules: readonly PolicyRule[]): TimedOperation {
  const engine = policyEngine(rules);
  const telemetry = new ModeTelemetry(mode);
  telemetry.instrumentation?.instrumentPolicyEngine(engine);
  const calls = governedCalls();
  return {
    async run(times) {
      for (let i = 0; i < times; i++) {
        const { did, context } = calls.next();
        swallow(engine.evaluatePolicy(did, context));
        if (i % CALLS_PER_TURN === 0) await Promise.resolve();
      }
    },
    verify: (times) => telemetry.verify('agent_os_policy_check_duration_seconds_count', times, 1),
  };
}

/** Governed requests of one client. */
export function execute(mode: Mode, state: { auditLogFull: boolean }): TimedOperation {
  const telemetry = new ModeTelemetry(mode);
  const client = governedClient(state);
  telemetry.instrumentation?.instrumentClient(client);
  const calls = governedCalls();
  return {
    run: eachAwaited(calls, ({ action, context }) => client.executeWithGovernance(action, context)),
    // A full log stays full; one that fills is emptied before it is.
    ...(!state.auditLogFull && { stretch: CALLS_BEFORE_FULL, prepare: () => emptyAuditLog(client) }),
    async verify(times) {
      if ((client.audit.length === AUDIT_LOG_LIMIT) !== state.auditLogFull)
        throw new Error('wrong audit log');
      await telemetry.verify('agent_os_requests_total', times, 2);
    },
  };
}

/** The telemetry of one mode. */
class ModeTelemetry {
  readonly instrumentation: GovernanceInstrumentation | undefined;
  private readonly obs: Observability | undefined;
  private readonly exporter = new NullExporter();

  constructor(private readonly mode: Mode) {
    if (mode === 'bare') return;
    const spanProcessors = mode === 'spans' ? [new BatchSpanProcessor(this.exporter)] : [];
    this.obs = startAgentOs({ traces: { spanProcessors } });
    const { kernel, agent, tracer } = this.obs;
    this.instrumentation = new GovernanceInstrumentation(
      mode === 'spans' ? { kernel, agent, tracer } : { kernel, agent },
    );
  }

  /** Throws unless each call was counted, and has left its spans where spans are wanted. */
  async verify(metric: string, calls: number, spansPerCall: number): Promise<void> {
    if (this.obs === undefined) return;
    const { total } = exposedTotals(await this.obs.export(), metric);
    if (total !== calls) throw new Error(`${calls} calls were made and ${total} counted by ${metric}`);
    await this.obs.forceFlush();
    const { exported } = this.exporter;
    const enough = this.mode === 'spans' ? exported >= calls * spansPerCall : exported === 0;
    if (!enough) throw new Error(`${calls} calls have left ${exported} spans`);
  }
}
