import { table } from '../../tools/docs/markdown.js';
import { INSTALL_HOSTS } from '../../tools/package/install-hosts.js';
import { CHECKS, checksOf, type Check } from './outcome.js';
import { releaseOf, ROWS, type Row } from './rows.js';

export const PAGE = 'docs/compatibility.md';
const MARK = '<!-- Written by npm run matrix; do not edit. -->';
const CORE = 'core tests';
const UNKNOWN = 'not run';

/** What was found of one row, by the heading of its column. */
export type Found = Readonly<Partial<Record<Check | typeof CORE, string>>>;

const isNode = (row: Row): boolean => row.packages[0]?.startsWith('node@') === true;

/** The page, of what was found by the name of the row. */
export function compatibilityPage(found: ReadonlyMap<string, Found>): string {
  const rows = ROWS.map((row) => {
    const of = found.get(row.name);
    const checks = CHECKS.map((check) => (checksOf(row).includes(check) ? (of?.[check] ?? UNKNOWN) : '–'));
    const core = isNode(row) ? (of?.[CORE] ?? UNKNOWN) : '–';
    return [row.name, releaseOf(row), ...checks, core];
  });
  return `${[
    MARK,
    '# What it runs with',
    'The packed package is installed into an empty project of each row, in exactly this release, and one program is run there. It serves the metrics page (page), sends a span by OTLP (span), shuts down (shutdown), does all of that again on the same port (second start), and must then end by itself (end). A bundle is run where no package is installed. Next.js starts us in `instrumentation.ts`, and ends on SIGTERM, with `NEXT_MANUAL_SIG_HANDLE=true`: the span that waits has to arrive. By default Next.js handles SIGTERM and ends the process at once; what waits then is lost and counted, or with `traces.spoolFolder` sent by the next start.',
    table(['What', 'Release', ...CHECKS, CORE], rows),
    '`npm run matrix` runs all of it and writes this page; `npm run matrix -- bun webpack` runs the rows whose names begin so; `npm run matrix -- --core` runs the core tests under each Node.js too, some minutes each.',
    '## Beside which OpenTelemetry',
    `\`npm run check:install\` installs the package beside each of these, by npm, pnpm and yarn: ${INSTALL_HOSTS.map(({ name }) => name).join('; ')}. \`npm run test:foreign\` runs hosts with SDK 2, with SDK 3 and with Langfuse.`,
  ].join('\n\n')}\n`;
}

/** What a page says was found, of the rows whose release is still the one of the table. */
export function foundIn(page: string): Map<string, Found> {
  const found = new Map<string, Found>();
  let head: string[] = [];
  for (const line of page.split('\n').filter((text) => text.startsWith('| '))) {
    const cells = line
      .slice(1, -1)
      .split('|')
      .map((cell) => cell.trim());
    if (cells[0] === 'What') head = cells;
    const row = ROWS.find(({ name }) => name === cells[0]);
    if (row === undefined || releaseOf(row) !== cells[1]) continue;
    const kept = head
      .map((heading, index) => [heading, cells[index] ?? ''] as const)
      .filter(
        ([heading, cell]) =>
          [...CHECKS, CORE].some((check) => check === heading) && cell !== UNKNOWN && cell !== '–',
      );
    found.set(row.name, Object.fromEntries(kept));
  }
  return found;
}
