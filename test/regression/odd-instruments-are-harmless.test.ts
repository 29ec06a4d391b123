import { diag, type Meter } from '@opentelemetry/api';
import { createTestObservability, type TestObservability } from '../../src/testing/index.js';
import { parseExposition } from '../../src/testing/parse-exposition.js';
import { sampleValue, seriesOf } from '../../src/testing/samples.js';
import { PIPELINES } from '../support/stores.js';

// What a host creates an instrument with went on unread: a description that was no text made every scrape a 503, ill
// buckets a page that Prometheus refuses, and a symbol for a name an exception in the host.

const CREATE = [
  'createCounter',
  'createUpDownCounter',
  'createHistogram',
  'createGauge',
  'createObservableCounter',
  'createObservableUpDownCounter',
  'createObservableGauge',
] as const;
type Odd = (name: unknown, options?: unknown) => unknown;
const no = (): never => {
  throw new Error('no');
};
const throwing = Object.defineProperties({}, { description: { get: no }, schemaUrl: { get: no } });

describe.each(PIPELINES)('in the %s store', (pipeline) => {
  let obs: TestObservability;
  let meter: Meter;
  let said: string[];
  beforeEach(() => {
    said = [];
    const log = (message: string): void => void said.push(message);
    diag.setLogger({ error: log, warn: log, info: () => {}, debug: () => {}, verbose: () => {} });
    obs = createTestObservability({ pipeline, cardinalityLimits: { id: 3 } });
    meter = obs.meterProvider.getMeter('host');
  });
  afterEach(async () => {
    await obs.shutdown();
    diag.disable();
  });

  const exposed = async () => parseExposition(await obs.export());
  describe.each(CREATE)('%s', (method) => {
    const create: Odd = (name, options) => (meter[method] as Odd)(name, options);
    /** Records or observes 1 by whatever was created. */
    const use = (instrument: unknown): void => {
      const { add, record, addCallback } = instrument as Record<
        string,
        ((...args: unknown[]) => void) | undefined
      >;
      (add ?? record)?.call(instrument, 1);
      addCallback?.call(instrument, (result: { observe(value: number): void }) => result.observe(1));
    };

    it.each([
      ['a description that is an object', { description: {} }],
      ['a description that is a number', { description: 5 }],
      ['a description that is a symbol', { description: Symbol('d') }],
      ['a unit that is a bigint', { unit: 1n }],
      ['a unit that is an object', { unit: {} }],
      ['a value type that is none', { valueType: 'int' }],
      ['an advice that is none', { advice: 7 }],
      ['text for options', 'text'],
      ['options that throw', throwing],
    ])('records with %s, and says so once', async (_, options) => {
      use(create('mine', options));
      use(create('mine', options));
      const shown = (await exposed()).filter(({ name }) => name.startsWith('mine'));
      expect(shown).toHaveLength(1);
      expect(shown[0]!.samples.length).toBeGreaterThan(0);
      expect(said).toEqual([expect.stringContaining('mine: created with')]);
    });

    it('records with null for options', async () => {
      use(create('mine', null));
      expect((await exposed()).filter(({ name }) => name.startsWith('mine'))).toHaveLength(1);
      expect(said).toEqual([]);
    });

    it.each([[undefined], [null], [5], [{}], [Symbol('name')], ['']])(
      'gives an instrument that does nothing for the name %p, and says so once',
      async (name) => {
        const before = (await exposed()).length;
        use(create(name));
        use(create(name));
        expect((await exposed()).length).toBe(before);
        expect(said).toEqual([expect.stringContaining('does nothing')]);
      },
    );
  });

  test.each<[unknown, number[]]>([
    [
      [1, 1, 2],
      [1, 2],
    ],
    [
      [5, 1, 2],
      [1, 2, 5],
    ],
    [[1, Infinity], [1]],
  ])('bucket boundaries %j become %j', async (explicitBucketBoundaries, bounds) => {
    meter.createHistogram('size', { advice: { explicitBucketBoundaries } as never }).record(1.5);
    const shown = seriesOf(await exposed(), 'size_bucket').map(({ labels }) => labels['le']);
    expect(shown).toEqual([...bounds.map(String), '+Inf']);
    expect(said).toEqual([expect.stringContaining('explicitBucketBoundaries')]);
  });

  test.each([[[NaN]], ['text'], [['1', '2']], [{}], [[1, undefined]], [[1n]]])(
    'bucket boundaries %p give way to the default ones',
    async (explicitBucketBoundaries) => {
      meter.createHistogram('size', { advice: { explicitBucketBoundaries } as never }).record(1.5);
      expect(seriesOf(await exposed(), 'size_bucket').length).toBeGreaterThan(10);
      expect(said).toEqual([expect.stringContaining('explicitBucketBoundaries')]);
    },
  );

  test('a histogram without buckets is a wish', async () => {
    meter.createHistogram('size', { advice: { explicitBucketBoundaries: [] } }).record(1.5);
    expect(seriesOf(await exposed(), 'size_bucket').map(({ labels }) => labels['le'])).toEqual(['+Inf']);
    expect(said).toEqual([]);
  });

  test.each<[string, unknown[]]>([
    ['null options', ['host', '1', null]],
    ['a symbol for a name', [Symbol('m')]],
    ['no name', []],
    ['a symbol for a version', ['host', Symbol('v')]],
    ['an object for a schema', ['host', '1', { schemaUrl: {} }]],
    ['options that throw', ['host', '1', throwing]],
  ])('a meter with %s counts', async (_, args) => {
    (obs.meterProvider.getMeter as (...args: unknown[]) => Meter)
      .apply(obs.meterProvider, args)
      .createCounter('mine_total')
      .add(1);
    expect(sampleValue(await exposed(), 'mine_total')).toBe(1);
  });

  test.each<[string, unknown[]]>([
    ['no observables', [() => {}]],
    ['null for observables', [() => {}, null]],
    ['observables of another meter', [() => {}, [{}]]],
    ['no callback', [undefined, []]],
    ['nothing at all', []],
  ])('a batch callback with %s throws neither on adding nor on removing', async (_, args) => {
    const { addBatchObservableCallback: add, removeBatchObservableCallback: remove } =
      meter as unknown as Record<string, (...args: unknown[]) => void>;
    expect(() => add!.apply(meter, args)).not.toThrow();
    expect(said).toEqual([expect.stringContaining('batch callback')]);
    expect(() => remove!.apply(meter, args)).not.toThrow();
    await exposed();
  });

  test('a callback that is none is not asked', async () => {
    const gauge = meter.createObservableGauge('depth');
    expect(() => gauge.addCallback(undefined as never)).not.toThrow();
    expect(() => gauge.removeCallback(undefined as never)).not.toThrow();
    await exposed();
  });

  test('a meter that takes our own name is bounded as any other, and takes no place on the page', async () => {
    const named = obs.meterProvider.getMeter('agent-os-observability', '0.1.0');
    named.createGauge('agent_os_requests_total').record(77);
    const counter = named.createCounter('mine_total');
    for (let i = 0; i < 50; i++) counter.add(1, { user: `u${i}` });
    obs.kernel.recordRequest({ action: 'x', status: 'success' });
    const families = await exposed();
    expect(seriesOf(families, 'mine_total')).toHaveLength(4);
    expect(sampleValue(families, 'agent_os_requests_total', { action: 'x' })).toBe(1);
  });
});
