import fc from 'fast-check';
import { fakeClock } from '../support/clock.js';
import { rounds } from '../support/rounds.js';
import { comparable, metricKey } from './support/comparable.js';
import { programs, seriesKey, type Instrument, type Program } from './support/program.js';
import {
  cumulative,
  delta,
  deltaOfMonotonic,
  nativeSubject,
  isObservable,
  officialSubject,
  takes,
  type Temporality,
} from './support/subjects.js';

fc.configureGlobal({ seed: 20_260_501 }); // the same programs in every run
const RUNS = rounds(250);
const TYPES = {
  counter: 'COUNTER',
  upDownCounter: 'UP_DOWN_COUNTER',
  histogram: 'HISTOGRAM',
  gauge: 'GAUGE',
  observableCounter: 'OBSERVABLE_COUNTER',
  observableUpDownCounter: 'OBSERVABLE_UP_DOWN_COUNTER',
  observableGauge: 'OBSERVABLE_GAUGE',
} as const;

/** Which series the callbacks report, by metric. */
class Reported {
  private readonly series = new Map<string, Set<string>>();

  constructor(instruments: readonly Instrument[]) {
    for (const one of instruments) if (isObservable(one.kind)) this.series.set(keyOf(one), new Set());
  }

  set(one: Instrument, seen: readonly { value: number; attributes: object | undefined }[]): void {
    const taken = seen.filter(({ value }) => takes(one, value));
    this.series.set(keyOf(one), new Set(taken.map(({ attributes }) => seriesKey(attributes as never))));
  }

  readonly has = (metric: string, series: string): boolean => this.series.get(metric)?.has(series) ?? true;
}

function keyOf({ scope, name, kind }: Instrument): string {
  return metricKey(scope, { descriptor: { name, type: TYPES[kind] } as { name: string } });
}

async function compare({ instruments, steps }: Program, temporalities: readonly Temporality[]) {
  const clock = fakeClock(1_700_000_000_000);
  jest.spyOn(Date, 'now').mockImplementation(clock.now);
  const start = () => ({
    native: nativeSubject(instruments, temporalities, clock.now),
    official: officialSubject(instruments, temporalities),
    reported: new Reported(instruments),
  });
  let { native, official, reported } = start();
  for (const step of steps) {
    switch (step.do) {
      case 'record':
        native.record(step.instrument, step);
        official.record(step.instrument, step);
        break;
      case 'report':
        native.report(step.instrument, step.seen);
        official.report(step.instrument, step.seen);
        reported.set(instruments[step.instrument]!, step.seen);
        break;
      case 'wait':
        clock.advance(step.millis);
        break;
      case 'collect': {
        const ours = comparable(await native.collect(step.reader));
        expect(ours).toEqual(comparable(await official.collect(step.reader), reported.has));
        break;
      }
      case 'restart':
        ({ native, official, reported } = start());
    }
  }
}

test.each<[string, readonly [Temporality, Temporality]]>([
  ['one of cumulative values and one of deltas', [cumulative, delta]],
  ['two of cumulative values', [cumulative, cumulative]],
  ['one of deltas, and one of deltas where values only grow', [delta, deltaOfMonotonic]],
])(
  'two readers (%s) of our store collect what they collect from the official SDK, whatever a host does',
  async (_, readers) => {
    await fc.assert(
      fc.asyncProperty(programs, (program) => compare(program, readers)),
      { numRuns: RUNS },
    );
  },
);
