import { diag } from '@opentelemetry/api';
import type { ObservabilityOptions } from '../../src/index.js';
import { startOtlpReceiver } from '../support/otlp-receiver.js';
import { exposed, family, observed } from './support.js';

// A kernel that was scraped and pushed its metrics as well counted everything double, and nothing said so.

const said: string[] = [];
beforeEach(() => {
  said.length = 0;
  const log = (message: string): void => void said.push(message);
  diag.setLogger({ error: log, warn: log, info: () => {}, debug: () => {}, verbose: () => {} });
});
afterEach(() => diag.disable());

const BOTH: ObservabilityOptions = { prometheus: { port: 0 }, metrics: { otlp: true } };

test.each<[string, ObservabilityOptions, boolean]>([
  ['both ways', BOTH, true],
  ['by the page alone', { prometheus: { port: 0 } }, false],
  ['by a push alone', { metrics: { otlp: true } }, false],
  ['as deltas, which the page has not', { ...BOTH, metrics: { otlp: true, temporality: 'delta' } }, false],
])('metrics that go %s', async (_, options, twice) => {
  const receiver = await startOtlpReceiver();
  const obs = observed({ otlp: { endpoint: receiver.url }, ...options });
  const [sample] = family(await exposed(obs), 'target_info')!.samples;
  expect(sample!.labels['agent_os_metrics_pushed']).toBe(twice ? 'true' : undefined);
  expect(said.filter((line) => line.includes('pushed by OTLP and served on the page as well'))).toHaveLength(
    twice ? 1 : 0,
  );
  obs.tracer.span('a', {}, () => {});
  await obs.forceFlush();
  expect(receiver.spans[0]!.resource).not.toHaveProperty(['agent_os.metrics.pushed']);
  await obs.shutdown();
  await receiver.close();
});
