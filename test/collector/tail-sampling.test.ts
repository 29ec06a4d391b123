import { EVENT_VIOLATION, SPANS } from '../../src/semconv/spans.js';
import { ATTR_DECISION, ATTR_ENFORCED, ATTR_SIGNAL } from '../../src/semconv/attributes.js';
import { merged } from './collector-files.js';

interface Policy {
  readonly name: string;
  readonly type: string;
  readonly ottl_condition?: object;
  readonly string_attribute?: object;
  readonly status_code?: object;
  readonly latency?: object;
  readonly probabilistic?: object;
}

const sampling = merged('base').processors.tail_sampling;
const policies = sampling.policies as Policy[];
const policy = (name: string) => policies.find((each) => each.name === name)!;

describe('tail sampling keeps', () => {
  it('every violation, as span and as event', () => {
    expect(Object.keys(SPANS)).toContain('kernel.violation');
    expect(policy('violations').ottl_condition).toMatchObject({
      span: ['span.name == "kernel.violation"'],
      spanevent: [`spanevent.name == "${EVENT_VIOLATION}"`],
    });
  });

  it('every denial, whether the policy or the kernel said so', () => {
    expect(policy('denials-by-decision').string_attribute).toEqual({
      key: ATTR_DECISION,
      values: ['deny', 'require_approval', 'review'],
    });
    expect(policy('denials-by-enforcement').string_attribute).toEqual({
      key: ATTR_ENFORCED,
      values: ['denied'],
    });
  });

  it('every kill and every error', () => {
    expect(policy('kills').string_attribute).toEqual({ key: ATTR_SIGNAL, values: ['SIGKILL'] });
    expect(policy('errors').status_code).toEqual({ status_codes: ['ERROR'] });
  });

  it('what is slow, and a share of the rest, as the environment says', () => {
    expect(policy('slow').latency).toEqual({ threshold_ms: '${env:COLLECTOR_SLOW_MS:-1000}' });
    expect(policy('baseline').probabilistic).toEqual({
      sampling_percentage: '${env:COLLECTOR_BASELINE_PERCENT:-10}',
    });
  });

  it('whatever any of these says: none drops, inverts or limits', () => {
    expect(policies.map(({ type }) => type)).toEqual([
      'ottl_condition',
      'string_attribute',
      'string_attribute',
      'string_attribute',
      'status_code',
      'latency',
      'probabilistic',
    ]);
    expect(JSON.stringify(policies)).not.toContain('invert_match');
  });

  it('a violation that comes after its trace was not kept, and all under pressure', () => {
    expect(sampling.decision_cache.non_sampled_cache_size).toBe(1);
    expect(sampling.decision_cache.sampled_cache_size).toBeGreaterThan(10_000);
    expect(sampling.block_on_overflow).toBe(true);
  });
});
