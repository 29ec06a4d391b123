import type { Observability } from '../../src/index.js';
import { Random } from './random.js';

const POLICY = 'sanctions-screening';
/** Share of questions the backend does not answer, and the first one, so that a short run sees it too. */
const OUTAGES = 0.03;
const FIRST_OUTAGE = 1;

class BackendUnavailable extends Error {
  override readonly name = 'BackendUnavailable';
}

/**
 * A second opinion on changes, from a backend that now and then throws. It advises only: what the policy engine decided
 * stands, so that decisions can be compared with those of a bare engine.
 */
export class Screening {
  private asked = 0;

  constructor(
    private readonly obs: Observability,
    private readonly seed: number,
  ) {}

  /** Whether the backend has anything against it; undefined where it does not answer. */
  ask(): boolean | undefined {
    const { kernel } = this.obs;
    const number = this.asked++;
    try {
      const check = (): boolean => {
        const random = Random.of(this.seed, `screening ${number}`);
        if (random.chance(OUTAGES) || number === FIRST_OUTAGE) throw new BackendUnavailable('no answer');
        return true;
      };
      return kernel.policyCheck(POLICY, check, { onError: 'allowed' }); // the change goes ahead all the same
    } catch (error) {
      if (error instanceof BackendUnavailable) return undefined;
      throw error;
    }
  }
}
