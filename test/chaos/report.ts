import { KINDS, type ChaosKind, type ChaosSettings } from './settings.js';
import type { Verdict } from './verdicts.js';

export interface ChaosResult {
  readonly settings: ChaosSettings;
  readonly verdicts: readonly Verdict[];
  readonly done: Readonly<Record<string, number>>;
  readonly delayP99Millis: number;
}

/** The page of docs/: what was done and how it ended, without what depends on the day or the machine alone. */
export function reportPage({ settings, verdicts, done, delayP99Millis }: ChaosResult): string {
  const { minutes, seed, workers, kinds, scrapeMillis } = settings;
  const left = (Object.keys(KINDS) as ChaosKind[]).filter((kind) => !kinds.includes(kind));
  return `<!-- Written by \`npm run chaos\`. Do not edit. -->

# Under chaos

A host with the built package${workers > 1 ? `, in ${workers} processes that share a page,` : ''} is done to what a host, its network and its neighbours do on their worst day, while the real Prometheus scrapes it in OpenMetrics and as text, and a collector takes its spans and pushed metrics. \`npm run chaos${workers > 1 ? ` -- --workers ${workers}` : ''}${scrapeMillis > 1000 ? `${workers > 1 ? '' : ' --'} --scrape-seconds ${scrapeMillis / 1000}` : ''}\` does it again and writes this page; the same seed makes the same choices.

| Setting | Value |
| --- | --- |
| Minutes | ${minutes} |
| Processes | ${workers} |
| Seed | ${seed} |
| Seconds between scrapes | ${scrapeMillis / 1000} |
| Left out | ${left.join(', ') || 'nothing'} |

## How it ended

| What must hold | | Seen |
| --- | --- | --- |
${verdicts.map(({ what, holds, seen }) => `| ${what} | ${holds ? 'yes' : '**no**'} | ${cell(seen)} |`).join('\n')}

A scrape that was under way when the process was killed or the package shut down on purpose, or began before it was up again, is not counted. Spans and pushed values are compared for each start of the package by itself; those of a process that was killed are not, since nobody is left to count them.${workers > 1 ? ' The processes share the load of one.' : ''} 99 % of the delays of the event loop, with what the load itself takes, were below ${roundedUp(delayP99Millis)} ms.

## What was done

${kinds.map((kind) => `- **${kind}**: ${KINDS[kind]}`).join('\n')}

| What | Times |
| --- | --- |
${Object.entries(done)
  .sort(([a], [b]) => a.localeCompare(b))
  .map(([what, times]) => `| ${cell(what)} | ${times} |`)
  .join('\n')}
`;
}

export function reportText({ verdicts, delayP99Millis }: ChaosResult): string {
  const lines = verdicts.map(({ what, holds, seen }) => `${holds ? 'holds ' : 'FAILS '} ${what}: ${seen}`);
  return [...lines, `       event loop: 99 % of delays below ${delayP99Millis.toFixed(1)} ms`].join('\n');
}

const cell = (text: string): string => text.replaceAll('|', '\\|').replaceAll('\n', ' ');

/** A figure that another machine is likely to keep. */
function roundedUp(millis: number): number {
  return [20, 50, 100, 200, 500, 1000, 2000, 5000].find((bound) => millis < bound) ?? Infinity;
}
