import {
  baggageEntryMetadataFromString,
  createTraceState,
  defaultTextMapGetter,
  defaultTextMapSetter,
  propagation,
  ROOT_CONTEXT,
  trace,
  type Context,
  type TextMapPropagator,
} from '@opentelemetry/api';
import {
  CompositePropagator,
  suppressTracing as officiallySuppressed,
  TraceState,
  W3CBaggagePropagator,
  W3CTraceContextPropagator,
} from '@opentelemetry/core';
import fc from 'fast-check';
import { BaggagePropagator } from '../../src/pipeline/context/baggage-propagator.js';
import { propagatorOf } from '../../src/pipeline/context/propagators.js';
import { suppressTracing } from '../../src/pipeline/context/suppress-tracing.js';
import { TraceContextPropagator } from '../../src/pipeline/context/trace-context-propagator.js';
import { W3CTraceState } from '../../src/pipeline/context/trace-state.js';
import { divergencesOnPage, emptyRows, type ShownDivergence } from './support/divergences-page.js';

fc.configureGlobal({ seed: 20_261_128, numRuns: 1000 }); // the same headers in every run

const tracing = { ours: new TraceContextPropagator(), theirs: new W3CTraceContextPropagator() };
const baggages = { ours: new BaggagePropagator(), theirs: new W3CBaggagePropagator() };

/** What a context carries, as plain values in their order. */
function carried(context: Context): unknown {
  const span = trace.getSpanContext(context);
  const entries = propagation.getBaggage(context)?.getAllEntries();
  return {
    span: span && { ...span, traceState: span.traceState?.serialize() },
    baggage: entries?.map(([key, { value, metadata }]) => [key, value, metadata?.toString()]),
  };
}

/** What is read from a carrier, or that it cannot be read. */
function extracted(propagator: TextMapPropagator, carrier: unknown): unknown {
  return carried(propagator.extract(ROOT_CONTEXT, carrier, defaultTextMapGetter));
}

function injected(propagator: TextMapPropagator, context: Context): Record<string, string> {
  const carrier: Record<string, string> = {};
  propagator.inject(context, carrier, defaultTextMapSetter);
  return carrier;
}

const hex = (length: number): fc.Arbitrary<string> =>
  fc.oneof(
    {
      weight: 8,
      arbitrary: fc
        .array(fc.constantFrom(...'0123456789abcdef'), { minLength: length, maxLength: length })
        .map((digits) => digits.join('')),
    },
    { weight: 1, arbitrary: fc.constant('0'.repeat(length)) },
    { weight: 1, arbitrary: fc.constant('F'.repeat(length)) },
    { weight: 1, arbitrary: fc.string({ maxLength: length + 1 }) },
  );
const blank = fc.constantFrom('', '', '', ' ', '\t', '\n', '  ');
const traceparent = fc
  .tuple(
    blank,
    fc.oneof({ weight: 6, arbitrary: fc.constant('00') }, fc.constantFrom('01', 'fe', 'ff', '0', 'FF', '0g')),
    hex(32),
    hex(16),
    fc.oneof({ weight: 4, arbitrary: fc.constantFrom('00', '01', '02', '03') }, hex(2)),
    fc.constantFrom('', '', '', '-', '-more', '-a-b', 'x'),
    blank,
  )
  .map(([before, version, traceId, spanId, flags, more, after]) =>
    [before, [version, traceId, spanId, flags].join('-'), more, after].join(''),
  );
const stateKey = fc.oneof(
  { weight: 6, arbitrary: fc.stringMatching(/^[a-z][_0-9a-z\-*/]{0,12}$/) },
  { weight: 2, arbitrary: fc.stringMatching(/^[0-9a-z]{1,5}@[a-z]{1,14}$/) },
  { weight: 1, arbitrary: fc.integer({ min: 200, max: 260 }).map((length) => 'k'.repeat(length)) },
  { weight: 1, arbitrary: fc.string({ maxLength: 6 }) },
);
const stateValue = fc.oneof(
  { weight: 6, arbitrary: fc.stringMatching(/^[!-+\--<>-~]{1,20}$/) },
  { weight: 1, arbitrary: fc.integer({ min: 240, max: 260 }).map((length) => 'v'.repeat(length)) },
  { weight: 1, arbitrary: fc.string({ maxLength: 6 }) },
);
const tracestate = fc
  .array(
    fc.oneof(
      { weight: 9, arbitrary: fc.tuple(blank, stateKey, stateValue, blank) },
      { weight: 1, arbitrary: fc.constantFrom(['', 'a', '1', ''], ['', 'b', '2', '']) },
    ),
    { maxLength: 40 },
  )
  .map((members) => members.map(([before, key, value, after]) => `${before}${key}=${value}${after}`).join());
/** One header, several, or what no client sends. */
const values = (header: fc.Arbitrary<string>): fc.Arbitrary<unknown> =>
  fc.oneof(
    { weight: 8, arbitrary: header },
    { weight: 2, arbitrary: fc.array(header, { maxLength: 4 }) },
    { weight: 1, arbitrary: fc.constantFrom(undefined, '', 7, true, {}) },
  );

const word = fc.oneof(
  { weight: 5, arbitrary: fc.stringMatching(/^[a-z0-9]{1,8}$/) },
  { weight: 2, arbitrary: fc.string({ unit: 'grapheme', maxLength: 8 }).map(encodeURIComponent) },
  { weight: 1, arbitrary: fc.constantFrom('%', '%e0%a4', '%2C', '1', '2', ' ', '') },
  { weight: 1, arbitrary: fc.integer({ min: 1000, max: 4100 }).map((length) => 'x'.repeat(length)) },
);
const baggageHeader = fc
  .array(
    fc
      .tuple(
        blank,
        word,
        fc.constantFrom('=', '=', '=', ' = ', ''),
        word,
        fc.constantFrom('', '', ';', ';p=1;q', ' ; a'),
      )
      .map((parts) => parts.join('')),
    { maxLength: 12 },
  )
  .map((members) => members.join());

describe('the propagators read and write what the official ones do', () => {
  test('any traceparent and tracestate', () => {
    fc.assert(
      fc.property(values(traceparent), values(tracestate), (parent, state) => {
        const carrier = { traceparent: parent, tracestate: state };
        expect(extracted(tracing.ours, carrier)).toEqual(extracted(tracing.theirs, carrier));
      }),
    );
  });

  test('a trace state that members are set in and taken out of', () => {
    const step = fc.record({ key: stateKey, value: fc.option(stateValue, { nil: undefined }) });
    const header = fc
      .uniqueArray(fc.tuple(stateKey, stateValue), { maxLength: 12, selector: ([key]) => key })
      .map((members) => members.map((member) => member.join('=')).join());
    fc.assert(
      fc.property(header, fc.array(step, { maxLength: 12 }), (text, steps) => {
        let [ours, theirs]: [W3CTraceState, TraceState] = [W3CTraceState.parse(text), new TraceState(text)];
        for (const { key, value } of steps) {
          ours = value === undefined ? ours.unset(key) : ours.set(key, value);
          theirs = value === undefined ? theirs.unset(key) : theirs.set(key, value);
          expect(ours.get(key)).toBe(theirs.get(key));
        }
        expect(ours.serialize()).toBe(theirs.serialize());
      }),
    );
  });

  test('any baggage header, or several', () => {
    fc.assert(
      fc.property(values(baggageHeader), (header) => {
        const carrier = { baggage: header };
        expect(extracted(baggages.ours, carrier)).toEqual(extracted(baggages.theirs, carrier));
      }),
    );
  });

  test.each([179, 180, 181, 400])('baggage of %i members', (members) => {
    const header = Array.from({ length: members }, (_, i) => `k${i}=v`).join();
    for (const carrier of [{ baggage: header }, { baggage: [header, header, 'last=1'] }])
      expect(extracted(baggages.ours, carrier)).toEqual(extracted(baggages.theirs, carrier));
  });

  test('any span and baggage that are written', () => {
    const entry = fc.record({
      value: fc.oneof(fc.string({ unit: 'grapheme' }), word),
      metadata: fc.option(fc.stringMatching(/^[!-~]{0,20}$/).map(baggageEntryMetadataFromString), {
        nil: undefined,
      }),
    });
    const contexts = fc.record({
      traceId: hex(32),
      spanId: hex(16),
      traceFlags: fc.integer({ min: 0, max: 3 }),
      state: fc.option(tracestate, { nil: undefined }),
      baggage: fc.option(fc.array(fc.tuple(word, entry), { maxLength: 200 }), { nil: undefined }),
      suppressed: fc.constantFrom('no', 'by us', 'by the official function'),
    });
    fc.assert(
      fc.property(contexts, ({ state, baggage, suppressed, ...span }) => {
        const traceState = state === undefined ? {} : { traceState: createTraceState(state) };
        let context = trace.setSpanContext(ROOT_CONTEXT, { ...span, ...traceState });
        if (baggage !== undefined) {
          const entries = Object.fromEntries(
            baggage.map(([key, { value, metadata }]) => [key, metadata ? { value, metadata } : { value }]),
          );
          context = propagation.setBaggage(context, propagation.createBaggage(entries));
        }
        if (suppressed === 'by us') context = suppressTracing(context);
        if (suppressed === 'by the official function') context = officiallySuppressed(context);
        expect(injected(tracing.ours, context)).toEqual(injected(tracing.theirs, context));
        expect(injected(baggages.ours, context)).toEqual(injected(baggages.theirs, context));
      }),
      { numRuns: 300 },
    );
  });

  test('both in one, with carriers that throw or are none', () => {
    const ours = propagatorOf(['tracecontext', 'baggage']) as TextMapPropagator;
    const theirs = new CompositePropagator({ propagators: [tracing.theirs, baggages.theirs] });
    expect(ours.fields()).toEqual(theirs.fields());
    const throwing = new Proxy(
      {},
      {
        get: () => {
          throw new Error('no');
        },
      },
    );
    for (const carrier of [
      null,
      undefined,
      5,
      'text',
      throwing,
      { baggage: 'a=b' },
      { baggage: [null, 'a=b'] },
    ])
      expect(() => extracted(ours, carrier)).not.toThrow();
    for (const carrier of [null, undefined, 5, throwing, { baggage: 'a=b' }])
      expect(extracted(ours, carrier)).toEqual(extracted(theirs, carrier));
  });
});

interface Divergence extends ShownDivergence {
  readonly title: string;
  readonly shows: () => void;
}

const span = { traceId: '0af7651916cd43dd8448eb211c80319c', spanId: 'b7ad6b7169203331' };

/** What a specification decides otherwise than the official packages do. */
const DIVERGENCES: readonly Divergence[] = [
  {
    what: 'Flags that are not defined',
    title: 'flags that version 00 does not define are written as 0',
    section: 'https://www.w3.org/TR/trace-context-2/#other-flags',
    shows: () => {
      const context = trace.setSpanContext(ROOT_CONTEXT, { ...span, traceFlags: 0xff });
      expect(injected(tracing.ours, context)['traceparent']).toMatch(/-03$/);
      expect(injected(tracing.theirs, context)['traceparent']).toMatch(/-0ff$/);
    },
  },
  {
    what: 'A trace state that is full',
    title: 'a trace state never has more than 32 members',
    section: 'https://www.w3.org/TR/trace-context-2/#list',
    shows: () => {
      const header = Array.from({ length: 32 }, (_, i) => `k${i}=v`).join();
      const ours = W3CTraceState.parse(header).set('new', '1');
      expect(ours.serialize().split(',')).toHaveLength(32);
      expect(ours.get('new')).toBe('1');
      expect(ours.get('k31')).toBeUndefined();
      expect(new TraceState(header).set('new', '1').serialize().split(',')).toHaveLength(33);
    },
  },
  {
    what: 'Baggage that cannot be encoded',
    title: 'a member of a baggage that cannot be encoded costs no other',
    section: 'https://www.w3.org/TR/baggage/#definition',
    shows: () => {
      const baggage = propagation.createBaggage({ bad: { value: '\ud800' }, good: { value: '1' } });
      const context = propagation.setBaggage(ROOT_CONTEXT, baggage);
      expect(injected(baggages.ours, context)).toEqual({ baggage: 'good=1' });
      expect(() => injected(baggages.theirs, context)).toThrow(URIError);
    },
  },
  {
    what: 'Properties that no header can hold',
    title: 'properties that no header can hold are left out',
    section: 'https://www.rfc-editor.org/rfc/rfc9110#section-5.5',
    shows: () => {
      const metadata = baggageEntryMetadataFromString('a\r\nx-injected: 1');
      const context = propagation.setBaggage(
        ROOT_CONTEXT,
        propagation.createBaggage({ key: { value: '1', metadata } }),
      );
      expect(injected(baggages.ours, context)).toEqual({ baggage: 'key=1' });
      expect(injected(baggages.theirs, context)['baggage']).toContain('x-injected');
    },
  },
];

describe('they differ from the official propagators where the specification says so', () => {
  test.each(DIVERGENCES.map(({ title, shows }) => [title, shows] as const))('%s', (_, shows) => shows());

  test('and every difference is on the page of divergences, with its section of the specification', () => {
    const rows = divergencesOnPage('Propagators');
    const shown = DIVERGENCES.map(({ what, section }) => ({ what, section }));
    expect(rows.map(({ what, section }) => ({ what, section }))).toEqual(shown);
    expect(emptyRows(rows)).toEqual([]);
  });
});
