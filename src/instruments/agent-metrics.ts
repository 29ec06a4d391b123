import { errorType } from '../common/outcome.js';
import { type Status, UNKNOWN } from '../semconv/values.js';
import { AGENT_KEYS } from './call-keys.js';
import { dropCall, followedCall } from './host-calls.js';
import { Instruments, type InstrumentOptions } from './instruments.js';
import { executionStatus, StreamMetrics } from './stream-metrics.js';

/** Tokens of one call of a model. */
export interface TokenUsage {
  /** The model that was asked for. */
  readonly model: string;
  /** All that the model was given, from its cache too. */
  readonly inputTokens?: number;
  readonly outputTokens?: number;
  /** As `gen_ai.operation.name` has it. @defaultValue `chat` */
  readonly operation?: string;
  /** As `gen_ai.provider.name` has it. @defaultValue `unknown` */
  readonly provider?: string;
  /** The model that has answered. @defaultValue `unknown` */
  readonly responseModel?: string;
}

/**
 * Metrics of the agents themselves. API only; no method throws.
 *
 * @example
 * ```ts
 * const agent = new AgentMetrics();
 * agent.recordLlmCall({ agentId: 'support-1', model: 'gpt-4o' });
 * agent.recordLlmUsage({ model: 'gpt-4o', provider: 'openai', inputTokens: 812, outputTokens: 64 });
 * const answer = await agent.execution('support-1', () => run(task));
 * ```
 */
export class AgentMetrics {
  /** @internal */
  readonly registry: Instruments;
  private readonly streams: StreamMetrics;
  private readonly instruments;

  /** @throws TypeError for options that cannot be read, and for a `meterProvider` that is none */
  constructor(options: InstrumentOptions = {}) {
    const make = Instruments.of(options);
    this.registry = make;
    this.streams = new StreamMetrics(make);
    this.instruments = {
      llmCalls: make.counter('agent_os_agent_llm_calls_total'),
      errors: make.counter('agent_os_agent_errors_total'),
      duration: make.histogram('agent_os_agent_execution_duration_seconds'),
      tokens: make
        .histogram('gen_ai_client_token_usage')
        .by(
          'gen_ai_token_type',
          'gen_ai_operation_name',
          'gen_ai_provider_name',
          'gen_ai_request_model',
          'gen_ai_response_model',
        ),
    };
  }

  /** Counts one call of an agent to a language model. */
  recordLlmCall(call: { agentId: string; model: string }): void {
    try {
      const { agentId, model } = call;
      if (agentId === undefined || model === undefined) AGENT_KEYS.recordLlmCall.missed(this, call);
      this.instruments.llmCalls.add(1, { agent_id: agentId, model });
    } catch (error) {
      dropCall(this, 'AgentMetrics.recordLlmCall', error);
    }
  }

  /** Records the tokens of one call of a model, as `gen_ai.client.token.usage`. */
  recordLlmUsage(usage: TokenUsage): void {
    try {
      const { model, inputTokens: input, outputTokens: output } = usage;
      const { operation = 'chat', provider = UNKNOWN, responseModel = UNKNOWN } = usage;
      const given = model !== undefined && (input !== undefined || output !== undefined);
      if (!given) AGENT_KEYS.recordLlmUsage.missed(this, usage);
      const { tokens } = this.instruments;
      if (input !== undefined) tokens.record(input, 'input', operation, provider, model, responseModel);
      if (output !== undefined) tokens.record(output, 'output', operation, provider, model, responseModel);
    } catch (error) {
      dropCall(this, 'AgentMetrics.recordLlmUsage', error);
    }
  }

  /** Counts an error of an agent. */
  recordError(failure: { agentId: string; errorType: string }): void {
    try {
      const { agentId, errorType: type } = failure;
      if (agentId === undefined || type === undefined) AGENT_KEYS.recordError.missed(this, failure);
      this.instruments.errors.add(1, { agent_id: agentId, error_type: type });
    } catch (error) {
      dropCall(this, 'AgentMetrics.recordError', error);
    }
  }

  /** Records one execution of an agent, in seconds. */
  recordExecution(execution: { status: Status; durationSeconds: number }): void {
    try {
      const { status, durationSeconds } = execution;
      if (status === undefined || durationSeconds === undefined)
        AGENT_KEYS.recordExecution.missed(this, execution);
      this.instruments.duration.record(durationSeconds, { status });
    } catch (error) {
      dropCall(this, 'AgentMetrics.recordExecution', error);
    }
  }

  /** Runs an agent: timed to the end of what it returns, a stream too; what it throws is counted by type and rethrown. */
  execution<T>(agentId: string, run: () => T): T {
    return followedCall(this, 'AgentMetrics.execution', run, (end, durationSeconds) => {
      this.recordExecution({ status: executionStatus(end, undefined), durationSeconds });
      if (end.threw) this.recordError({ agentId, errorType: errorType(end.error) });
      this.streams.ended(UNKNOWN, end);
    });
  }
}
