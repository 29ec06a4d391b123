import { createTraceState, diag, type Attributes } from '@opentelemetry/api';
import fc from 'fast-check';
import { rounds } from '../support/rounds.js';
import { limits, runSpans, sameWorld, samplers, spanPrograms, type World } from './support/span-program.js';
import { officialSpans, ourSpans } from './support/span-subjects.js';

fc.configureGlobal({ seed: 20_261_128 }); // the same programs in every run
const RUNS = rounds(400);

/** Both clocks of the official SDK, which takes them from the runtime. */
function officialClock({ time }: World): void {
  jest.spyOn(Date, 'now').mockImplementation(() => time.now);
  jest.spyOn(performance, 'now').mockImplementation(() => time.monotonic);
}

beforeEach(() => diag.disable());

test('any program of spans sends the same by our recorder as by the official SDK', () => {
  fc.assert(
    fc.property(spanPrograms, limits, fc.option(samplers, { nil: undefined }), (steps, limit, sampler) => {
      const [ourWorld, theirWorld] = [sameWorld(), sameWorld()];
      const ours = ourSpans(ourWorld, limit, sampler);
      runSpans(steps, ours.provider, ourWorld);
      officialClock(theirWorld);
      const theirs = officialSpans(theirWorld, limit, sampler);
      runSpans(steps, theirs.provider, theirWorld);
      jest.restoreAllMocks();
      expect(ours.sent()).toEqual(theirs.sent());
      expect(ours.read()).toEqual(theirs.read());
    }),
    { numRuns: RUNS },
  );
});

test('a sampler of the host is asked the same, and its answer means the same', () => {
  const answers = fc.array(
    fc.record(
      {
        decision: fc.constantFrom(0, 1, 2),
        attributes: fc.constantFrom<Attributes>({ sampled: true }, { a: 'changed' }, {}),
        traceState: fc.constant(createTraceState('sampler=1')),
      },
      { requiredKeys: ['decision'] },
    ),
    { minLength: 1, maxLength: 4 },
  );
  fc.assert(
    fc.property(spanPrograms, answers, (steps, script) => {
      const limit = {
        attributes: 9,
        attributeLength: 99,
        events: 9,
        links: 9,
        attributesPerEvent: 9,
        attributesPerLink: 9,
      };
      const scripted = () => {
        const asked: unknown[] = [];
        const shouldSample = (_: unknown, ...question: unknown[]) => {
          asked.push(structuredClone(question.slice(0, 4)));
          return script[asked.length % script.length];
        };
        return { asked, sampler: { shouldSample, toString: () => 'scripted' } };
      };
      const [our, their] = [scripted(), scripted()];
      const [ourWorld, theirWorld] = [sameWorld(), sameWorld()];
      const ours = ourSpans(ourWorld, limit, undefined, our.sampler);
      runSpans(steps, ours.provider, ourWorld);
      officialClock(theirWorld);
      const theirs = officialSpans(theirWorld, limit, undefined, their.sampler);
      runSpans(steps, theirs.provider, theirWorld);
      jest.restoreAllMocks();
      expect(our.asked).toEqual(their.asked);
      expect(ours.sent()).toEqual(theirs.sent());
      expect(ours.read()).toEqual(theirs.read());
    }),
    { numRuns: RUNS },
  );
});
