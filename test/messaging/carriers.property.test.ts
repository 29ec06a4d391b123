import { TraceFlags, trace, propagation, ROOT_CONTEXT } from '@opentelemetry/api';
import fc from 'fast-check';
import { DropLog } from '../../src/diagnostics/drop-log.js';
import { MessageContexts } from '../../src/messaging/message-contexts.js';
import { propagatorOf } from '../../src/pipeline/context/propagators.js';
import { rounds } from '../support/rounds.js';
import { NatsLikeHeaders, throughKafka } from './support.js';

/** A carrier, and what the other side gets of it. */
const FORMS: Readonly<Record<string, { make: () => object; arrives?: (carrier: never) => object }>> = {
  'a plain object': { make: () => ({}) },
  'an object without prototype': { make: () => Object.create(null) as object },
  'a Map': { make: () => new Map() },
  Headers: { make: () => new Headers() },
  'headers of NATS': { make: () => new NatsLikeHeaders() },
  'headers of Kafka': { make: () => ({}), arrives: throughKafka },
  'lists of bytes': {
    make: () => ({}),
    arrives: (carrier: object) =>
      Object.fromEntries(Object.entries(throughKafka(carrier)).map(([key, value]) => [key, [value]])),
  },
  'JSON on the wire': {
    make: () => ({}),
    arrives: (carrier) => JSON.parse(JSON.stringify(carrier)) as object,
  },
};

const hex = (length: number) =>
  fc
    .string({ unit: fc.constantFrom(...'0123456789abcdef'), minLength: length, maxLength: length })
    .filter((text) => /[1-9a-f]/.test(text));

const spanContext = fc.record({
  traceId: hex(32),
  spanId: hex(16),
  traceFlags: fc.constantFrom(TraceFlags.NONE, TraceFlags.SAMPLED),
});
const baggage = fc.dictionary(
  fc.stringMatching(/^[a-z]{1,12}$/),
  fc.string({ minLength: 1, maxLength: 20, unit: 'grapheme' }),
  { maxKeys: 4 },
);

test('what is put into a carrier is what comes out of it, in each of its forms', () => {
  const contexts = new MessageContexts(new DropLog(), () => propagatorOf(['tracecontext', 'baggage']));
  fc.assert(
    fc.property(fc.constantFrom(...Object.keys(FORMS)), spanContext, baggage, (form, given, entries) => {
      const { make, arrives = (carrier: object) => carrier } = FORMS[form]!;
      const values = Object.entries(entries).map(([key, value]) => [key, { value }] as const);
      const bag = propagation.createBaggage(Object.fromEntries(values));
      const sent = propagation.setBaggage(trace.setSpanContext(ROOT_CONTEXT, given), bag);

      const carrier = make();
      contexts.inject(sent, { carrier }, 'test');
      const got = contexts.extract(ROOT_CONTEXT, { carrier: arrives(carrier as never) }, 'test');

      expect(trace.getSpanContext(got)).toMatchObject({ ...given, isRemote: true });
      const held = propagation.getBaggage(got)?.getAllEntries() ?? [];
      expect(Object.fromEntries(held.map(([key, { value }]) => [key, value]))).toEqual(entries);
    }),
    { numRuns: rounds(300) },
  );
});
