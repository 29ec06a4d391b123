import type { ActionTally, Tally } from './tally.js';
import { textTable, type Column } from './text-table.js';

/** What happened beside the calls themselves. */
export interface SideCounts {
  readonly agents: {
    readonly active: number;
    readonly killed: number;
    readonly recovered: number;
    readonly crashed: number;
  };
  readonly verifications: {
    readonly verified: number;
    readonly flagged: number;
    readonly rejected: number;
    readonly verifierErrors: number;
  };
  readonly bus: { readonly published: number; readonly delivered: number; readonly deadLetters: number };
}

const right = 'right' as const;
const COLUMNS: readonly Column[] = [
  { title: 'action' },
  { title: 'calls', align: right },
  { title: 'allowed', align: right },
  { title: 'denied', align: right },
  { title: 'asked', align: right },
  { title: 'rate-limited', align: right },
  { title: 'errors', align: right },
  { title: 'check p50', align: right },
  { title: 'check p95', align: right },
];

/** The table of what was governed, and what else went on. */
export function summaryText(tally: Tally, { agents, verifications, bus }: SideCounts): string {
  const row = (title: string, counts: ActionTally, action?: string) => [
    title,
    ...[counts.calls, counts.allowed, counts.denied, counts.asked, counts.rateLimited, counts.errors].map(
      String,
    ),
    durationText(tally.checkQuantile(0.5, action)),
    durationText(tally.checkQuantile(0.95, action)),
  ];
  const rows = tally.actions().map(([action, counts]) => row(action, counts, action));
  const { verified, flagged, rejected, verifierErrors } = verifications;
  return [
    textTable(COLUMNS, [...rows, row('all', tally.total)]),
    '',
    `agents         ${agents.killed} killed, ${agents.recovered} recovered, ${agents.crashed} crashed`,
    `verifications  ${verified} verified, ${flagged} flagged, ${rejected} rejected; ${verifierErrors} verifier errors`,
    `bus messages   ${bus.published} published, ${bus.delivered} delivered, ${bus.deadLetters} dead letters`,
  ].join('\n');
}

/** One line on how things stand. */
export function progressText(tally: Tally, { agents, verifications, bus }: SideCounts): string {
  const { calls, allowed, denied, asked, rateLimited, errors } = tally.total;
  const verified = verifications.verified + verifications.flagged + verifications.rejected;
  return [
    `${calls} calls: ${allowed} allowed, ${denied} denied, ${asked} asked, ${rateLimited} limited, ${errors} errors`,
    `check p95 ${durationText(tally.checkQuantile(0.95))}`,
    `agents ${agents.active} active, ${agents.killed} killed`,
    `${verified} verified`,
    `${bus.published} messages`,
  ].join(' · ');
}

/** Seconds as people read them. */
export function durationText(seconds: number | undefined): string {
  if (seconds === undefined) return '–';
  if (seconds < 1e-3) return `${Math.round(seconds * 1e6)} µs`;
  return seconds < 1 ? `${(seconds * 1e3).toFixed(1)} ms` : `${seconds.toFixed(1)} s`;
}
