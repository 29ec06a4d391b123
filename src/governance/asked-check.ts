import { UNKNOWN } from '../semconv/values.js';
import type { PolicyCheckSpan } from '../tracing/index.js';
import { agentIdOf } from './agent-id.js';
import type { CheckKind } from './policy-verdict.js';

/** What a check was asked, read from its arguments only where somebody wants to know. */
export class AskedCheck implements PolicyCheckSpan {
  constructor(
    private readonly kind: CheckKind,
    private readonly args: unknown[],
    private readonly served: string | undefined,
  ) {}

  /** An agent that is not known is left out. */
  get agentId(): string {
    return (this.kind.takesAgent ? agentIdOf(this.args[0]) : this.served) as string;
  }

  /** The action asked for. The context is the host's object: reading it may throw. */
  get action(): string {
    const { kind, args } = this;
    if (!kind.takesAgent) return typeof args[0] === 'string' ? args[0] : UNKNOWN;
    try {
      const action = (args[1] as { action?: unknown } | undefined)?.action;
      return typeof action === 'string' ? action : UNKNOWN;
    } catch {
      return UNKNOWN;
    }
  }
}
