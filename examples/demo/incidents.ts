import type { Observability } from '../../src/index.js';
import type { DeskTopics } from './desk-topics.js';
import type { Agent, Fleet } from './fleet.js';
import type { ToolCall } from './tool-call.js';

/** After so many calls all incidents come again. */
const PERIOD = 900;
/** Within a period, before which call each incident happens. */
const AT = { ungoverned: 10, suspension: 16, crash: 24, busTrouble: 32, drill: 48 };
/**
 * Calls a suspended agent makes before somebody resumes it. The policy engine does not look at an agent's state: it
 * goes on allowing them, and the demo leaves its verdicts as they are. What it shows is that somebody notices.
 */
const CALLS_WHILE_SUSPENDED = 3;

/**
 * What goes wrong beside the calls. Incidents add no call, take none away and change no verdict: the counts of requests
 * and decisions are the same with and without them.
 */
export class Incidents {
  private suspended: { agent: Agent; callsLeft: number } | undefined;

  constructor(
    private readonly obs: Observability,
    private readonly fleet: Fleet,
    private readonly topics: DeskTopics,
  ) {}

  /** What happens before this call, the first being number 0. */
  async before(call: ToolCall, number: number): Promise<void> {
    const agent = this.fleet.acting(call.agentId);
    this.endSuspension(agent);
    switch (number % PERIOD) {
      case AT.ungoverned:
        // The agent went to the tool without asking.
        this.obs.kernel.recordUngovernedAction({ agentId: agent.id, action: 'read_shared_mailbox' });
        break;
      case AT.suspension:
        this.fleet.suspend(agent, 'budget spent');
        this.suspended = { agent, callsLeft: CALLS_WHILE_SUSPENDED };
        break;
      case AT.crash:
        this.fleet.crash(agent, 'out_of_memory');
        break;
      case AT.busTrouble:
        this.topics.disturb(number);
        break;
      case AT.drill:
        await this.fleet.kill(call.agentId, 'operator_drill');
        break;
    }
  }

  private endSuspension(agent: Agent): void {
    if (this.suspended?.agent !== agent) return;
    this.suspended.callsLeft -= 1;
    if (this.suspended.callsLeft > 0) return;
    this.fleet.resume(agent);
    this.suspended = undefined;
  }
}
