import { secondsSince, type Clock } from '../common/clock.js';
import { errorType, observeOutcome } from '../common/outcome.js';
import type { Status } from '../semconv/values.js';
import type { DropLog } from '../diagnostics/drop-log.js';
import { Instruments, type InstrumentOptions } from './instruments.js';
import { neverThrowing } from './never-throwing.js';

/**
 * Metrics of the agents themselves. API only; no method throws.
 *
 * @example
 * ```ts
 * const agent = new AgentMetrics();
 * agent.recordLlmCall({ agentId: 'support-1', model: 'gpt-4o' });
 * const answer = await agent.execution('support-1', () => run(task));
 * ```
 */
export class AgentMetrics {
  /** @internal */
  readonly drops: DropLog;
  private readonly clock: Clock;
  private readonly instruments;

  constructor(options: InstrumentOptions | Instruments = {}) {
    const make = Instruments.of(options);
    this.drops = make.drops;
    this.clock = make.clock;
    this.instruments = {
      llmCalls: make.counter('agent_os_agent_llm_calls_total'),
      errors: make.counter('agent_os_agent_errors_total'),
      duration: make.histogram('agent_os_agent_execution_duration_seconds'),
    };
  }

  /** Counts one call of an agent to a language model. */
  recordLlmCall(call: { agentId: string; model: string }): void {
    this.instruments.llmCalls.add(1, { agent_id: call.agentId, model: call.model });
  }

  /** Counts an error of an agent. */
  recordError(error: { agentId: string; errorType: string }): void {
    this.instruments.errors.add(1, { agent_id: error.agentId, error_type: error.errorType });
  }

  /** Records one execution of an agent, in seconds. */
  recordExecution(execution: { status: Status; durationSeconds: number }): void {
    this.instruments.duration.record(execution.durationSeconds, { status: execution.status });
  }

  /** Runs an agent: timed; what it throws is counted by type and rethrown. */
  execution<T>(agentId: string, run: () => T): T {
    const start = this.clock();
    return observeOutcome(run, (outcome) => {
      const durationSeconds = secondsSince(this.clock, start);
      this.recordExecution({ status: outcome.threw ? 'error' : 'success', durationSeconds });
      if (outcome.threw) this.recordError({ agentId, errorType: errorType(outcome.error) });
    });
  }
}
neverThrowing(AgentMetrics);
