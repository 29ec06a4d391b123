import fc from 'fast-check';
import { CmvkMetrics, type Verification } from '../../src/instruments/index.js';
import { recording } from './support.js';

fc.configureGlobal({ seed: 9464 }); // the same examples in every run

function cmvkOn() {
  const recorded = recording();
  return { ...recorded, cmvk: new CmvkMetrics(recorded.instruments) };
}
const verification = (rest: Partial<Verification> = {}): Verification => ({
  result: 'verified',
  confidence: 0.95,
  driftScore: 0.08,
  durationSeconds: 2.3,
  ...rest,
});

test('recordVerification records result, drift, duration and confidence', async () => {
  const { cmvk, collect } = cmvkOn();
  cmvk.recordVerification(verification());
  cmvk.recordVerification(verification({ result: 'flagged', confidence: 0.5, modelCount: 5 }));
  const found = await collect();
  expect(found.find('agent_os_cmvk_verifications_total', { result: 'verified' })).toBe(1);
  expect(found.find('agent_os_cmvk_verifications_total', { result: 'flagged' })).toBe(1);
  expect(found.timed('agent_os_cmvk_drift_score')).toEqual({ count: 2, sum: 0.16 });
  const duration = 'agent_os_cmvk_verification_duration_seconds';
  expect(found.timed(duration, { model_count: '3' })).toEqual({ count: 1, sum: 2.3 });
  expect(found.timed(duration, { model_count: '5' })).toEqual({ count: 1, sum: 2.3 });
  expect(found.find('agent_os_cmvk_claims_by_confidence_total', { confidence: 'high' })).toBe(1);
  expect(found.find('agent_os_cmvk_claims_by_confidence_total', { confidence: 'low' })).toBe(1);
});

test.each([
  [1, 'high'],
  [0.9, 'high'],
  [0.8999999, 'medium'],
  [0.7, 'medium'],
  [0.6999999, 'low'],
  [0, 'low'],
])('a confidence of %d is %s', async (confidence, level) => {
  const { cmvk, collect } = cmvkOn();
  cmvk.recordVerification(verification({ confidence }));
  const found = await collect();
  expect(found.find('agent_os_cmvk_claims_by_confidence_total', { confidence: level })).toBe(1);
  expect(found.total('agent_os_cmvk_claims_by_confidence_total')).toBe(1);
});

test('a confidence that is no number makes no claim; the rest is recorded', async () => {
  const { cmvk, collect } = cmvkOn();
  cmvk.recordVerification(verification({ confidence: NaN }));
  const found = await collect();
  expect(found.total('agent_os_cmvk_claims_by_confidence_total')).toBe(0);
  expect(found.total('agent_os_cmvk_verifications_total')).toBe(1);
});

test('recordModelResponse, recordVerifierError and recordDisagreement record by model', async () => {
  const { cmvk, collect } = cmvkOn();
  cmvk.recordModelResponse({ model: 'a', latencySeconds: 0.7 });
  cmvk.recordVerifierError({ model: 'a', errorType: 'Timed out' });
  cmvk.recordDisagreement({ modelA: 'b', modelB: 'a' });
  const found = await collect();
  expect(found.timed('agent_os_cmvk_model_latency_seconds', { model: 'a' })).toEqual({ count: 1, sum: 0.7 });
  const failure = { model: 'a', error_type: 'timed_out' };
  expect(found.find('agent_os_cmvk_verifier_errors_total', failure)).toBe(1);
  expect(found.find('agent_os_cmvk_model_disagreements_total', { model_pair: 'a|b' })).toBe(1);
  expect(cmvk.consensusRatio()).toBeUndefined(); // a failure and a disagreement are no votes of theirs
});

describe('a model pair', () => {
  async function pairOf(modelA: unknown, modelB: unknown): Promise<string> {
    const { cmvk, collect } = cmvkOn();
    cmvk.recordDisagreement({ modelA, modelB } as never);
    return (await collect()).points('agent_os_cmvk_model_disagreements_total')[0]!.labels[
      'model_pair'
    ] as string;
  }

  test('is unknown where a model is not named', async () => {
    expect(await pairOf('a', undefined)).toBe('a|unknown');
    expect(await pairOf(Object.create(null), Symbol('s'))).toBe('unknown|unknown');
  });

  test('is the same in either order, and no other pair reads the same', async () => {
    // Words that a bar joins, cut in two at any of the bars: what a plain join could not tell apart.
    const words = fc.array(fc.constantFrom('a', 'b', '%', '7C', '%7C', '%25', '_', '\\'), {
      minLength: 3,
      maxLength: 5,
    });
    const cut = (at: number, all: string[]) => [all.slice(0, at).join('|'), all.slice(at).join('|')] as const;
    await fc.assert(
      fc.asyncProperty(words, fc.nat(), fc.nat(), async (all, one, other) => {
        const [a, b] = cut(1 + (one % (all.length - 1)), all);
        const [c, d] = cut(1 + (other % (all.length - 1)), all);
        expect(await pairOf(a, b)).toBe(await pairOf(b, a));
        const same = JSON.stringify([a, b].sort()) === JSON.stringify([c, d].sort());
        expect((await pairOf(a, b)) === (await pairOf(c, d))).toBe(same);
      }),
      { numRuns: 150 },
    );
  });
});

describe('consensus', () => {
  const name = 'agent_os_cmvk_consensus_ratio';

  test('is absent until the first verification', async () => {
    const { cmvk, collect } = cmvkOn();
    expect(cmvk.consensusRatio()).toBeUndefined();
    expect((await collect()).points(name)).toEqual([]);
    cmvk.recordVerification(verification({ result: 'rejected', modelCount: 4, agreeingCount: 1 }));
    expect((await collect()).find(name)).toBe(0.25);
  });

  test('is the share of votes, not of verifications: more voters weigh more', () => {
    const { cmvk } = cmvkOn();
    cmvk.recordVerification(verification({ modelCount: 9, agreeingCount: 9 }));
    cmvk.recordVerification(verification({ result: 'flagged', modelCount: 1, agreeingCount: 0 }));
    expect(cmvk.consensusRatio()).toBe(0.9);
  });

  test('takes all votes for agreeing where it was verified, none otherwise, unless said', () => {
    const { cmvk } = cmvkOn();
    cmvk.recordVerification(verification());
    expect(cmvk.consensusRatio()).toBe(1);
    cmvk.recordVerification(verification({ result: 'rejected' }));
    expect(cmvk.consensusRatio()).toBe(0.5);
  });

  test('covers 5 minutes, to the second', () => {
    const { cmvk, clock } = cmvkOn();
    cmvk.recordVerification(verification({ result: 'rejected' }));
    clock.advance(299_999);
    cmvk.recordVerification(verification());
    expect(cmvk.consensusRatio()).toBe(0.5);
    clock.advance(1);
    expect(cmvk.consensusRatio()).toBe(1);
    clock.advance(299_000);
    expect(cmvk.consensusRatio()).toBeUndefined();
  });

  test.each([
    ['no voters', 0, 0],
    ['more agreeing than voting', 2, 3],
    ['fewer than none agreeing', 2, -1],
    ['voters that are no number', NaN, NaN],
    ['endless voters', Infinity, 1],
  ])('counts no votes of %s', (_, modelCount, agreeingCount) => {
    const { cmvk } = cmvkOn();
    cmvk.recordVerification(verification({ modelCount, agreeingCount }));
    expect(cmvk.consensusRatio()).toBeUndefined();
  });

  test('is one for all CmvkMetrics on a provider', async () => {
    const { cmvk, meterProvider, collect } = cmvkOn();
    const second = new CmvkMetrics({ meterProvider });
    cmvk.recordVerification(verification());
    second.recordVerification(verification({ result: 'rejected' }));
    const found = await collect();
    expect(found.points(name)).toHaveLength(1);
    expect(found.find(name)).toBe(0.5);
    expect(cmvk.consensusRatio()).toBe(second.consensusRatio());
  });
});

test('results and confidences are there at 0 before any event', async () => {
  const found = await cmvkOn().collect();
  for (const result of ['verified', 'flagged', 'rejected']) {
    expect(found.find('agent_os_cmvk_verifications_total', { result })).toBe(0);
  }
  for (const confidence of ['high', 'medium', 'low']) {
    expect(found.find('agent_os_cmvk_claims_by_confidence_total', { confidence })).toBe(0);
  }
});
