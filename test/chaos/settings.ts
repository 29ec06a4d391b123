import { parseArgs } from 'node:util';

/** What may be done to the host, each to be left out by `--without`. */
export const KINDS = {
  churn: 'agent ids, policies and actions that never come twice, and values that are none',
  names: 'names of host instruments that no page can show as they are, or that become one on it',
  callbacks: 'callbacks of observable instruments that throw, reject, hang, or observe nonsense',
  instruments: 'ever more instruments and meters',
  spans: 'spans with errors of 32 KiB, more at once than a queue holds, and odd attributes',
  scrapers: 'slow readers, garbage, half-open connections, odd methods, Accept and Host headers',
  sockets: '64 connections that stay open and ask /health',
  collector: 'a collector that is away, refuses, throttles, rejects a part, talks nonsense, drips, hangs',
  reload: 'shutdown() and initObservability() again in the same process',
  kill: 'the process, or one of the workers, killed with SIGKILL and started again',
} as const;

export type ChaosKind = keyof typeof KINDS;

export interface ChaosSettings {
  readonly minutes: number;
  readonly seed: number;
  readonly workers: number;
  /** Time between two scrapes of one job, and the longest time of one. */
  readonly scrapeMillis: number;
  readonly kinds: readonly ChaosKind[];
  /** Whether the page of docs/ is written. */
  readonly report: boolean;
}

export class UsageError extends Error {
  override readonly name = 'UsageError';
}

export const USAGE = `npm run chaos -- [--minutes 10] [--seed 1] [--workers 1] [--scrape-seconds 1] [--without KIND,…] [--only KIND,…] [--no-report]

Starts a host with the built package, Prometheus and a collector on loopback, does to them what follows, and judges.
The result is written to docs/chaos.md, or of several processes to docs/chaos-processes.md, unless --no-report. A machine that has other work to do fails scrapes by itself:
--scrape-seconds gives each more time.

${Object.entries(KINDS)
  .map(([kind, what]) => `  ${kind.padEnd(12)} ${what}`)
  .join('\n')}`;

/** @throws {UsageError} For what cannot be read. */
export function readSettings(args: readonly string[]): ChaosSettings {
  const { values } = parseArgs({
    args: [...args],
    options: {
      minutes: { type: 'string', default: '10' },
      seed: { type: 'string', default: '1' },
      workers: { type: 'string', default: '1' },
      'scrape-seconds': { type: 'string', default: '1' },
      without: { type: 'string', default: '' },
      only: { type: 'string', default: '' },
      'no-report': { type: 'boolean', default: false },
    },
  });
  const only = kindsNamed('--only', values.only);
  const without = kindsNamed('--without', values.without);
  const all = Object.keys(KINDS) as ChaosKind[];
  return {
    minutes: number('--minutes', values.minutes, 0.3, 24 * 60),
    seed: number('--seed', values.seed, 0, 2 ** 31),
    workers: Math.floor(number('--workers', values.workers, 1, 16)),
    scrapeMillis: number('--scrape-seconds', values['scrape-seconds'], 1, 60) * 1000,
    kinds: all.filter((kind) => (only.length === 0 || only.includes(kind)) && !without.includes(kind)),
    report: !values['no-report'],
  };
}

function kindsNamed(flag: string, text: string): ChaosKind[] {
  return text
    .split(',')
    .filter(Boolean)
    .map((kind) => {
      if (kind in KINDS) return kind as ChaosKind;
      throw new UsageError(`${flag} must name some of ${Object.keys(KINDS).join(', ')}, got ${kind}.`);
    });
}

function number(flag: string, text: string, least: number, most: number): number {
  const value = Number(text);
  if (text.trim() !== '' && value >= least && value <= most) return value;
  throw new UsageError(`${flag} must be a number from ${least} to ${most}, got ${text}.`);
}
