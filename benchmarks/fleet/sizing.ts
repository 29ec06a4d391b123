// What a Prometheus of a larger fleet needs, by the line through what was measured: the table of docs/scaling.md.
import { count, markdownTable, number } from '../report/table.js';
import { shareOf, type FleetResult } from './measure.js';
import { SCRAPE_SECONDS } from './plan.js';

const FLEETS = [10, 50, 100, 200, 500];
/** As prometheus.yml keeps them. */
const RETENTION_DAYS = 40;
const DAY = 86_400;

export function fleetSizing(results: readonly FleetResult[]): string[] {
  const last = results.at(-1)!;
  const bytesPerSample = (last.blocksMiB * 2 ** 20) / last.written.recorded.samples;
  const raw = lineThrough(results, ({ written }) => written.raw.series);
  const recorded = lineThrough(results, ({ written }) => written.recorded.samples);
  const memory = lineThrough(results, (one) => one.memory.peak / 1024);
  const rules = lineThrough(results, ({ groups }) => groups.reduce((sum, one) => sum + shareOf(one), 0));
  const panel = lineThrough(results, ({ panels }) => panels[0]?.seconds ?? 0);
  const rows = FLEETS.map((kernels) => [
    count(kernels),
    count(raw(kernels)),
    count(raw(kernels) / SCRAPE_SECONDS),
    number((raw(kernels) / SCRAPE_SECONDS) * DAY * RETENTION_DAYS * bytesPerSample * 1e-9),
    number(recorded(kernels) * (RETENTION_DAYS / 30) * bytesPerSample * 1e-9),
    number(memory(kernels)),
    `${number(rules(kernels) * 100)} %`,
    number(panel(kernels)),
  ]);
  const head = [
    'kernels',
    'raw series',
    'samples/s',
    'raw, GB',
    'recorded, GB',
    'memory, GiB',
    'rules, share of their intervals on one core',
    'slowest panel over 30 days, s',
  ];
  const measured = results.map(({ kernels }) => kernels).join(', ');
  return [
    `Measured by \`npm run bench:fleet\` at ${measured} kernels, each with ${count(last.written.raw.series / last.kernels)} raw series; other rows are of the line through these. Disk is of ${RETENTION_DAYS} days at the ${number(bytesPerSample)} bytes that a sample of a recorded series takes; memory is the most that was resident while everything was asked.`,
    markdownTable(head, rows),
  ];
}

/** By least squares. */
function lineThrough(
  results: readonly FleetResult[],
  of: (one: FleetResult) => number,
): (kernels: number) => number {
  const points = results.map((one) => [one.kernels, of(one)] as const);
  const mean = (index: 0 | 1): number => points.reduce((sum, point) => sum + point[index], 0) / points.length;
  const [x, y] = [mean(0), mean(1)];
  const spread = points.reduce((sum, [kernels]) => sum + (kernels - x) ** 2, 0);
  const slope = spread === 0 ? y / x : points.reduce((sum, [k, v]) => sum + (k - x) * (v - y), 0) / spread;
  return (kernels) => Math.max(0, y + slope * (kernels - x));
}
