import type { Enforcement, Provenance } from '../semconv/values.js';
import type { Instruments } from './instruments.js';

/** Counts the verdicts that no evaluation gave. One that was evaluated costs a comparison. */
export class UnevaluatedVerdicts {
  private readonly counter;

  constructor(make: Instruments) {
    this.counter = make.counter('agent_os_policy_unevaluated_total').by('provenance', 'enforced', 'policy');
  }

  /** Where there is no verdict that is understood, there is none to count. Never throws. */
  count(policy: string, enforced: Enforcement, provenance: Provenance | undefined): void {
    if (provenance === undefined || provenance === 'evaluated' || provenance === 'unknown') return;
    this.counter.add(1, provenance, enforced, policy);
  }
}
