// Who is in the fleet and when: what storage/ writes the storage of a Prometheus from.
import { Random } from '../../examples/demo/random.js';
import type { TemplateSeries } from './traffic.js';

export const SCRAPE_SECONDS = 15;
const SCRAPES_AN_HOUR = 3600 / SCRAPE_SECONDS;
/** Kernels of the fleet are up to an hour older than the raw series that are written. */
const HEAD_START = SCRAPES_AN_HOUR;
/** Kernels that show the same numbers at different times have one template. */
export const TEMPLATES = 3;
/** One kernel in so many restarts within the raw hours, and is away for so many scrapes. */
const RESTARTS_EACH = 10;
const AWAY = 3;
const TWO_HOURS = 7_200_000;
const THIRTY_DAYS = 30 * 86_400_000;

/** How many scrapes of a kernel's life a template must have. */
export const templateScrapes = (rawHours: number): number => HEAD_START + rawHours * SCRAPES_AN_HOUR;

/** A series that a rule records, with the name of a kernel in its labels left open where it is of one. */
export interface RecordedSeries {
  readonly labels: Readonly<Record<string, string>>;
  readonly intervalMillis: number;
  readonly mean: number;
  /** In how many of the times that its rule is evaluated it is there. */
  readonly share: number;
  readonly whole: boolean;
}

export interface FleetSpec {
  readonly kernels: number;
  readonly rawHours: number;
  readonly templates: readonly (readonly TemplateSeries[])[];
  readonly recorded: readonly RecordedSeries[];
}

interface Member {
  readonly kernel: string;
  readonly instance: string;
  readonly template: number;
  readonly firstStep: number;
  readonly lastStep: number;
  readonly pageStep: number;
}

/** The last two hours begin where a block would: then a head is what a running Prometheus has. */
export const endOfData = (now = Date.now()): number => Math.floor(now / TWO_HOURS) * TWO_HOURS;

export const kernelName = (index: number): string => `k${String(index).padStart(3, '0')}`;

export function planOf({ kernels, rawHours, templates, recorded }: FleetSpec, folder: string, end: number) {
  return {
    folder,
    end,
    rawMillis: rawHours * 3_600_000,
    scrapeMillis: SCRAPE_SECONDS * 1000,
    historyMillis: THIRTY_DAYS,
    kernels: Array.from({ length: kernels }, (_, index) => kernelName(index)),
    templates: templates.map((series) =>
      series.map(({ labels, values, counter }) => ({
        labels,
        values: Buffer.from(values.buffer, values.byteOffset, values.byteLength).toString('base64'),
        counter,
      })),
    ),
    members: Array.from({ length: kernels }, (_, index) =>
      membersOf(index, rawHours, templates.length),
    ).flat(),
    recorded,
  };
}

function membersOf(index: number, rawHours: number, templates: number): Member[] {
  const random = Random.of(index, 'member');
  const kernel = kernelName(index);
  const end = rawHours * SCRAPES_AN_HOUR;
  const of = (process: number) => ({ kernel, instance: `${kernel}-${process}`, template: index % templates });
  const pageStep = random.integer(0, HEAD_START - 1);
  const first = { ...of(1), firstStep: 0, pageStep };
  if (index % RESTARTS_EACH !== RESTARTS_EACH - 1) return [{ ...first, lastStep: end }];
  const restart = random.integer(Math.floor(end / 4), Math.floor((3 * end) / 4));
  return [
    { ...first, lastStep: restart },
    { ...of(2), firstStep: restart + AWAY, lastStep: end, pageStep: 0 },
  ];
}
