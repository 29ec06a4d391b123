import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { definitionOf, METRICS, type MetricName } from '../../src/semconv/index.js';
import { createTestObservability, type TestObservability } from '../../src/testing/index.js';
import { fakeClock } from '../support/clock.js';
import { parseExposition, type Family } from '../../src/testing/parse-exposition.js';
import { promtoolCheck } from '../support/independent-parsers.js';
import { PIPELINES } from '../support/stores.js';
import { recordEverything } from './everything.js';

const GOLDEN = join(__dirname, 'golden', 'exposition.txt');
/** Filled by scrapes, which a collection by hand is not, and by what is too much. */
const NOT_FILLED: readonly string[] = [
  'agent_os_telemetry_overflowed_total',
  'agent_os_telemetry_scrape_duration_seconds',
];
const PROMETHEUS_TYPES = {
  counter: 'counter',
  upDownCounter: 'gauge',
  histogram: 'histogram',
  observableGauge: 'gauge',
} as const;

/** What a page says, whatever the order in which it says it. */
function inAnyOrder(page: string): unknown {
  return parseExposition(page)
    .map(({ samples, ...family }) => ({
      ...family,
      samples: samples
        .map((sample) => JSON.stringify({ ...sample, labels: Object.entries(sample.labels).sort() }))
        .sort(),
    }))
    .sort((a, b) => (a.name < b.name ? -1 : 1));
}

describe.each(PIPELINES)('the exposition of the %s store and the registry', (pipeline) => {
  let obs: TestObservability;
  let text: string;
  let families: Map<string, Family>;

  beforeAll(async () => {
    const clock = fakeClock(1_000_000);
    const wall = jest.spyOn(Date, 'now').mockReturnValue(1_800_000_000_000);
    obs = createTestObservability({ pipeline, clock: clock.now });
    recordEverything(obs);
    clock.advance(42_000);
    wall.mockReturnValue(1_800_000_042_000);
    text = await obs.export();
    wall.mockRestore();
    families = new Map(parseExposition(text).map((family) => [family.name, family]));
  });
  afterAll(() => obs.shutdown());

  it('shows every metric of the registry, by its exact name', () => {
    const missing = Object.keys(METRICS).filter((name) => !families.has(name) && !NOT_FILLED.includes(name));
    expect(missing).toEqual([]);
  });

  it('shows nothing beside the registry', () => {
    const unknown = [...families.keys()].filter(
      (name) => !Object.hasOwn(METRICS, name) && name !== 'target_info',
    );
    expect(unknown).toEqual([]);
  });

  it.each(Object.keys(METRICS).filter((name) => !NOT_FILLED.includes(name)) as MetricName[])(
    'gives %s its declared type, labels and buckets',
    (name) => {
      const definition = definitionOf(name);
      const family = families.get(name)!;
      expect(family.type).toBe(PROMETHEUS_TYPES[definition.kind]);
      expect(family.help).toBe(definition.description);
      const labels = new Set(family.samples.flatMap((sample) => Object.keys(sample.labels)));
      labels.delete('le');
      expect([...labels].sort()).toEqual(Object.keys(definition.labels).sort());
      if (definition.buckets) {
        const bounds = new Set(
          family.samples.map((sample) => sample.labels['le']).filter((le) => le !== undefined),
        );
        expect([...bounds]).toEqual([...definition.buckets.map(String), '+Inf']);
      }
    },
  );

  it('equals the golden exposition that a person has read', () => {
    const golden = readFileSync(GOLDEN, 'utf8');
    if (pipeline === 'native') expect(text).toBe(golden);
    expect(inAnyOrder(text)).toEqual(inAnyOrder(golden));
  });

  it('gives promtool nothing to say', () => {
    const check = promtoolCheck(text);
    if (check === undefined && process.env['CI'] !== 'true') {
      return console.warn('promtool is not installed: the exposition is checked by our own parser alone');
    }
    expect(check).toEqual({ status: 0, output: '' });
  });
});
