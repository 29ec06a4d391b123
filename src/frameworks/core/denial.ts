import type { Decision } from '../../semconv/values.js';

/** Why a tool did not run. */
export interface Denial {
  readonly agentId: string;
  readonly action: string;
  /** What the policy said; `unknown` where that was not understood, or the policy failed. */
  readonly decision: Decision;
  /** `needs_approval` where somebody has to approve first, and the framework had nobody to ask. */
  readonly reason: 'denied' | 'needs_approval' | 'not_approved' | 'undecided' | 'policy_failed';
}

/** What a framework is told of a tool call that no policy allows. Its message is meant for the model. */
export class ToolDeniedError extends Error {
  override readonly name = 'ToolDeniedError';

  constructor(
    message: string,
    readonly denial: Denial,
  ) {
    super(message);
  }
}

const WHY = {
  denied: 'a policy denies it.',
  needs_approval: 'it needs an approval.',
  not_approved: 'it was not approved.',
  undecided: 'no policy decision allows it.',
  policy_failed: 'its policy could not be asked.',
} as const;

/** Names the tool and the kind of refusal, and nothing that the policy knows. */
export function messageOf({ action, reason }: Denial): string {
  return `The tool ${action} was not run: ${WHY[reason]}`;
}
