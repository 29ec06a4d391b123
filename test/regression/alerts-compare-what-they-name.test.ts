import { rules, cases } from '../prometheus/support.js';
import { METRICS, type MetricDefinition } from '../../src/semconv/index.js';
import { THRESHOLDS, type Threshold } from '../../prometheus/src/thresholds.js';

// Alerts compared a rate per 1000 with a ratio, a quantile with what no bucket could show, an event per second with one per
// hour, and fired on a consensus that nobody had voted on.

const exprOf = (alert: string): string => rules.find((rule) => rule.alert === alert)!.expr;
const definition = (name: string) => (METRICS as Readonly<Record<string, MetricDefinition>>)[name];

test('the violation rate is a ratio of violations and requests, never the gauge per 1000', () => {
  expect(exprOf('AgentOSHighViolationRate')).toMatch(/^\(agent_os:violations_per_request:ratio5m > 0\.01\)/);
  for (const { expr } of rules) expect(expr).not.toContain('agent_os_violation_rate');
});

test.each(
  rules.flatMap(({ alert, expr }) => {
    const [, metric] = /histogram_quantile\(.*?(\w+)_bucket/.exec(expr) ?? [];
    return alert === undefined || metric === undefined ? [] : [[alert, metric]];
  }),
)('%s begins at a bound of %s, with a bucket above it', (alert, metric) => {
  const { seconds, score }: Threshold = THRESHOLDS[alert as keyof typeof THRESHOLDS];
  const limit = (seconds ?? score) as number;
  const buckets = definition(metric)!.buckets!;
  expect(buckets).toContain(limit);
  expect(Math.max(...buckets)).toBeGreaterThan(limit);
});

test('disagreements within an hour are counted over an hour', () => {
  expect(exprOf('CMVKHighDisagreementRate')).toContain('[1h]');
  expect(exprOf('CMVKHighDisagreementRate')).not.toContain('rate(');
});

test('without a consensus there is nothing to compare, and a case says so', () => {
  expect(exprOf('CMVKLowConsensus')).not.toMatch(/\bor\b|absent|vector/);
  const quiet = cases.filter(({ alert, quiet: why }) => alert === 'CMVKLowConsensus' && why !== undefined);
  expect(quiet.some(({ series }) => !Object.keys(series).join().includes('consensus'))).toBe(true);
});
