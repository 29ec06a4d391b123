import type { CmvkMetrics } from '../../src/index.js';
import type { Pace } from './pace.js';
import { Random } from './random.js';

interface Verifier {
  readonly model: string;
  /** Typical time of an answer, in seconds. */
  readonly latencySeconds: number;
  /** Out of 30 verifications in a row, the first and the number of those it is down for. */
  readonly down?: readonly [first: number, count: number];
}
interface Answer {
  readonly model: string;
  /** How far the verifier supports the claim: 0 not at all, 1 fully. */
  readonly support: number;
  readonly latencySeconds: number;
}

const VERIFIERS: readonly Verifier[] = [
  { model: 'sim-verifier-a', latencySeconds: 0.4 },
  { model: 'sim-verifier-b', latencySeconds: 0.7 },
  { model: 'sim-verifier-c', latencySeconds: 1.1, down: [1, 2] },
];
const DOWN_PERIOD = 30;
/** Share of claims one verifier disputes, and share that all see differently. */
const DISPUTED = 0.2;
const MUDDLED = 0.06;

/** Three simulated models that check what an agent claims to have done: seeded answers, one now and then down. */
export class VerifierPanel {
  readonly totals = { verified: 0, flagged: 0, rejected: 0, verifierErrors: 0 };
  private asked = 0;

  constructor(
    private readonly cmvk: CmvkMetrics,
    private readonly seed: number,
    private readonly pace: Pace,
  ) {}

  get count(): number {
    return this.totals.verified + this.totals.flagged + this.totals.rejected;
  }

  /** Verifies one claim. The answers are settled at once, in the order of the calls; time passes afterwards. */
  async verify(): Promise<void> {
    const answers = this.answers(this.asked++);
    await Promise.all(
      answers.map(async ({ model, latencySeconds }) => {
        await this.pace.wait(latencySeconds);
        this.cmvk.recordModelResponse({ model, latencySeconds });
      }),
    );
    if (answers.length === 0) return;
    const supporting = answers.filter(supports).length;
    const result =
      supporting === answers.length ? 'verified' : supporting > answers.length / 2 ? 'flagged' : 'rejected';
    const support = answers.map((answer) => answer.support);
    this.totals[result] += 1;
    this.cmvk.recordVerification({
      result,
      confidence: support.reduce((sum, value) => sum + value, 0) / support.length,
      driftScore: Math.max(...support) - Math.min(...support),
      durationSeconds: Math.max(...answers.map(({ latencySeconds }) => latencySeconds)),
      modelCount: answers.length,
      agreeingCount: Math.max(supporting, answers.length - supporting),
    });
    for (const [a, b] of pairs(answers)) {
      if (supports(a) !== supports(b)) this.cmvk.recordDisagreement({ modelA: a.model, modelB: b.model });
    }
  }

  private answers(number: number): Answer[] {
    const random = Random.of(this.seed, `verification ${number}`);
    const muddled = random.chance(MUDDLED);
    const dissenter = random.chance(DISPUTED) ? random.integer(0, VERIFIERS.length - 1) : -1;
    return VERIFIERS.flatMap(({ model, latencySeconds, down: [from, count] = [0, 0] }, index) => {
      const phase = number % DOWN_PERIOD;
      const support = muddled
        ? random.between(0.1, 0.9)
        : index === dissenter
          ? random.between(0.2, 0.5)
          : random.between(0.86, 0.99);
      const latency = latencySeconds * random.between(0.6, 1.8);
      if (phase < from || phase >= from + count) return { model, support, latencySeconds: latency };
      this.totals.verifierErrors += 1;
      this.cmvk.recordVerifierError({ model, errorType: 'unavailable' });
      return [];
    });
  }
}

const supports = ({ support }: Answer): boolean => support >= 0.5;

function pairs(answers: readonly Answer[]): (readonly [Answer, Answer])[] {
  return answers.flatMap((a, index) => answers.slice(index + 1).map((b) => [a, b] as const));
}
