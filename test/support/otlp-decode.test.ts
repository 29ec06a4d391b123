import { metricsRequest, traceRequest } from './fixtures/otlp-requests.js';
import { decodeMetricsRequest, decodeTraceRequest, OtlpViolation } from './otlp-decode.js';

// Bytes written by hand, so that each fault is one that no encoder makes.
const field = (number: number, ...payload: number[]) => [(number << 3) | 2, payload.length, ...payload];
const varint = (number: number, value: number) => [number << 3, value];
const fixed64 = (number: number, value: number) => [(number << 3) | 1, value, 0, 0, 0, 0, 0, 0, 0];
const text = (value: string) => [...Buffer.from(value)];
const traceId = field(1, ...Array<number>(16).fill(1));
const spanId = field(2, ...Array<number>(8).fill(2));
const spanRequest = (...span: number[]) => Uint8Array.from(field(1, ...field(2, ...field(2, ...span))));
const metricRequest = (...metric: number[]) => Uint8Array.from(field(1, ...field(2, ...field(2, ...metric))));

describe('decodeTraceRequest', () => {
  test('reads every field that another implementation wrote', () => {
    const [span, bare, ...others] = decodeTraceRequest(traceRequest);
    expect(others).toEqual([]);
    expect(span).toEqual({
      traceId: '0102030405060708090a0b0c0d0e0f10',
      spanId: '1112131415161718',
      parentSpanId: '2122232425262728',
      traceState: 'vendor=1',
      flags: 257,
      name: 'verify é',
      kind: 'consumer',
      startNanos: 1_700_000_000_000_000_001n,
      endNanos: 1_700_000_000_000_000_009n,
      attributes: {
        text: 'a\nb',
        yes: true,
        no: false,
        int: -42,
        big: 9_223_372_036_854_775_807n,
        double: 0.1,
        list: ['x', 0, []],
        map: Object.fromEntries([['__proto__', 'own']]),
        bytes: Buffer.from([0, 255]),
        empty: undefined,
        none: undefined,
      },
      droppedAttributesCount: 3,
      events: [
        {
          name: 'exception',
          timeNanos: 1_700_000_000_000_000_005n,
          attributes: { 'exception.type': 'E' },
        },
      ],
      droppedEventsCount: 4,
      links: [
        {
          traceId: 'ff02030405060708090a0b0c0d0e0f10',
          spanId: 'ff12131415161718',
          traceState: 'l=2',
          attributes: { why: 'batch' },
        },
      ],
      droppedLinksCount: 5,
      status: { code: 'error', message: 'denied' },
      resource: { 'service.name': 'kernel' },
      scope: { name: 'lib', version: '1.2.3', attributes: { scoped: true } },
    });
    expect(Object.keys(span!.attributes)).toContain('none');
    expect(bare).toEqual({
      traceId: '0102030405060708090a0b0c0d0e0f10',
      spanId: '0112131415161718',
      parentSpanId: undefined,
      traceState: '',
      flags: 0,
      name: 'bare',
      kind: 'unspecified',
      startNanos: 0n,
      endNanos: 0n,
      attributes: {},
      droppedAttributesCount: 0,
      events: [],
      droppedEventsCount: 0,
      links: [],
      droppedLinksCount: 0,
      status: { code: 'unset', message: '' },
      resource: {},
      scope: { name: '', version: '', attributes: {} },
    });
  });

  test('reads an empty request as no spans', () => {
    expect(decodeTraceRequest(new Uint8Array())).toEqual([]);
  });

  test('accepts the smallest lawful span', () => {
    expect(decodeTraceRequest(spanRequest(...traceId, ...spanId))).toHaveLength(1);
  });

  test.each([
    ['no trace id', spanId, /trace_id must have 16 bytes, not 0/],
    ['a short span id', [...traceId, ...field(2, 1, 2)], /span_id must have 8 bytes, not 2 \("0102"\)/],
    ['a span id of zeros', [...traceId, ...field(2, 0, 0, 0, 0, 0, 0, 0, 0)], /span_id is all zero/],
    [
      'a parent id as text',
      [...traceId, ...spanId, ...field(4, ...text('0011223344556677'))],
      /parent_span_id/,
    ],
    ['an unknown kind', [...traceId, ...spanId, ...varint(6, 9)], /SPAN_KIND_\* has no value 9/],
    ['an unknown status', [...traceId, ...spanId, ...field(15, ...varint(3, 7))], /STATUS_CODE_\* has no/],
    ['an end before the start', [...traceId, ...spanId, ...fixed64(7, 2), ...fixed64(8, 1)], /ends before/],
    [
      'an attribute twice',
      [...traceId, ...spanId, ...field(9, ...field(1, ...text('k'))), ...field(9, ...field(1, ...text('k')))],
      /attribute "k" comes twice/,
    ],
  ])('refuses %s', (_, span, message) => {
    expect(() => decodeTraceRequest(spanRequest(...span))).toThrow(OtlpViolation);
    expect(() => decodeTraceRequest(spanRequest(...span))).toThrow(message);
  });

  test('refuses a request cut short anywhere but between its parts', () => {
    const wholeResources = new Set([0, traceRequest.length]);
    for (let end = 0; end < traceRequest.length;) {
      // The outer message is a row of parts: a tag of one byte, a length of one or two, and so many bytes.
      const [low = 0, high = 0] = traceRequest.subarray(end + 1);
      end += low < 128 ? 2 + low : 3 + (low & 127) + high * 128;
      wholeResources.add(end);
    }
    const readable = [...traceRequest.keys(), traceRequest.length].filter((length) => {
      try {
        decodeTraceRequest(traceRequest.subarray(0, length));
        return true;
      } catch {
        return false;
      }
    });
    expect(new Set(readable)).toEqual(wholeResources);
  });
});

describe('decodeMetricsRequest', () => {
  test('reads every kind of metric that another implementation wrote', () => {
    const resource = { 'service.name': 'kernel' };
    const scope = { name: 'lib', version: '1.2.3', attributes: {} };
    const point = { attributes: {}, startNanos: 0n, timeNanos: 7n, flags: 0, exemplars: [] };
    const exemplar = { timeNanos: 6n, traceId: undefined, spanId: undefined, filteredAttributes: {} };
    expect(decodeMetricsRequest(metricsRequest)).toEqual([
      {
        name: 'g',
        description: 'a gauge',
        unit: 's',
        kind: 'gauge',
        temporality: undefined,
        monotonic: undefined,
        points: [
          { ...point, value: -0.5, attributes: { k: 'v' } },
          { ...point, value: undefined, flags: 1 },
        ],
        resource,
        scope,
      },
      {
        name: 's',
        description: '',
        unit: '1',
        kind: 'sum',
        temporality: 'delta',
        monotonic: true,
        points: [
          {
            ...point,
            startNanos: 5n,
            value: -3,
            exemplars: [
              {
                value: 2,
                timeNanos: 6n,
                traceId: '0102030405060708090a0b0c0d0e0f10',
                spanId: '1112131415161718',
                filteredAttributes: { user: 'u' },
              },
              { ...exemplar, value: 1.5 },
            ],
          },
        ],
        resource,
        scope,
      },
      {
        name: 'h',
        description: '',
        unit: 'ms',
        kind: 'histogram',
        temporality: 'cumulative',
        monotonic: undefined,
        points: [
          {
            ...point,
            startNanos: 5n,
            attributes: { k: 'v' },
            count: 6,
            sum: 12.5,
            min: 0,
            max: 9,
            bounds: [1, 2.5],
            bucketCounts: [1, 2, 3],
            exemplars: [{ ...exemplar, value: 9 }],
          },
          {
            ...point,
            count: 6,
            sum: undefined,
            min: undefined,
            max: undefined,
            bounds: [],
            bucketCounts: [],
          },
        ],
        resource,
        scope,
      },
      {
        name: 'e',
        description: '',
        unit: '',
        kind: 'exponentialHistogram',
        temporality: 'cumulative',
        monotonic: undefined,
        points: [
          {
            ...point,
            count: 10,
            sum: 3,
            min: -1,
            max: 2,
            scale: -2,
            zeroCount: 4,
            zeroThreshold: 0.25,
            positive: { offset: -3, bucketCounts: [1, 0, 2] },
            negative: { offset: 8, bucketCounts: [3] },
            exemplars: [{ ...exemplar, timeNanos: 0n, value: 2 }],
          },
        ],
        resource,
        scope,
      },
      {
        name: 'q',
        description: '',
        unit: '',
        kind: 'summary',
        temporality: undefined,
        monotonic: undefined,
        points: [
          {
            ...point,
            count: 2,
            sum: 3.5,
            quantiles: [
              { quantile: 0.5, value: 1 },
              { quantile: 1, value: 2.5 },
            ],
          },
        ],
        resource,
        scope,
      },
    ]);
  });

  const name = field(1, ...text('m'));
  const histogram = (...point: number[]) => [...name, ...field(9, ...field(1, ...point))];
  const bounds = (...values: number[]) => field(7, ...Buffer.from(new Float64Array(values).buffer));
  const counts = (...values: bigint[]) => field(6, ...Buffer.from(new BigUint64Array(values).buffer));

  test('accepts a lawful histogram', () => {
    const body = metricRequest(...histogram(...fixed64(4, 3), ...bounds(1), ...counts(1n, 2n)));
    expect(decodeMetricsRequest(body)[0]?.points[0]).toMatchObject({ bounds: [1], bucketCounts: [1, 2] });
  });

  test.each([
    ['a metric without a name', field(5), /has no name/],
    ['a metric without data', name, /metric "m" has no data/],
    ['an unknown temporality', [...name, ...field(7, ...varint(2, 5))], /AGGREGATION_TEMPORALITY_\* has no/],
    [
      'buckets that do not fit the bounds',
      histogram(...bounds(1), ...counts(0n)),
      /1 buckets do not fit 1 bounds/,
    ],
    ['bounds that fall', histogram(...bounds(2, 1), ...counts(0n, 0n, 0n)), /bounds do not rise: 2, 1/],
    [
      'a count the buckets do not hold',
      histogram(...fixed64(4, 4), ...bounds(1), ...counts(1n, 2n)),
      /hold 3/,
    ],
    [
      'an exponential histogram whose count the buckets do not hold',
      [...name, ...field(10, ...field(1, ...fixed64(4, 4), ...fixed64(7, 1)))],
      /count is 4, but its buckets hold 1/,
    ],
  ])('refuses %s', (_, metric, message) => {
    expect(() => decodeMetricsRequest(metricRequest(...metric))).toThrow(OtlpViolation);
    expect(() => decodeMetricsRequest(metricRequest(...metric))).toThrow(message);
  });
});
