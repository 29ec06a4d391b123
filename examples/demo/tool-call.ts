/** One tool call of an agent: facts about it, never its arguments or results. */
export interface ToolCall {
  readonly agentId: string;
  /** The task an agent works through call by call. */
  readonly trajectory: string;
  /** Place in the trajectory, from 0. */
  readonly step: number;
  /** Whether the trajectory ends with this call. */
  readonly lastOfTask: boolean;
  /** Whether the agent has no call after this one. */
  readonly lastOfAgent: boolean;
  readonly domain: string;
  /** The language model that chose the call. */
  readonly model: string;
  /** Tokens of the choice, where they are known. */
  readonly tokens?: { readonly input: number; readonly output: number };
  readonly action: string;
  readonly argumentBytes: number;
  /** How the tool ends if it is allowed to run. */
  readonly outcome: 'ok' | 'error';
}

/** What an action does to the world: nothing, nothing outside the agent, something, or a hand-over to a person. */
export type ActionKind = 'lookup' | 'thought' | 'change' | 'handover';

const KINDS: readonly (readonly [RegExp, ActionKind])[] = [
  [/^(get|list|search|find|read|check|show)(_|$)/, 'lookup'],
  [/^(think|calculate|plan)(_|$)/, 'thought'],
  [/^(transfer_to|escalate|hand_over)(_|$)/, 'handover'],
];

/** Told by the name's verb, so that recordings of any domain can be replayed; an unknown verb counts as a change. */
export function kindOf(action: string): ActionKind {
  return KINDS.find(([verb]) => verb.test(action))?.[1] ?? 'change';
}
