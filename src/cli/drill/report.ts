import { shown, table } from '../terminal.js';
import type { Outcome } from './kinds.js';

export interface Report extends Outcome {
  readonly drill: string;
  readonly startedAt: string;
  readonly instance: string;
  readonly held: boolean;
}

export function reportLines({ drill, held, passed, failed, measured }: Report): string[] {
  return [
    `drill ${drill}: ${held ? 'every hop held' : 'FAILED'}`,
    ...table(
      ['hop', 'after'],
      [
        ...passed.map(({ name, seconds }) => [name, `${seconds} s`]),
        ...(failed ? [[failed.name, 'FAILED']] : []),
      ],
    ),
    ...Object.entries(measured).map(([what, value]) => `${what}: ${value}`),
    ...(failed ? [`${failed.name}: ${shown(failed.why)}`, `  Fix: ${failed.fix}`] : []),
  ];
}

export function reportPage(report: Report): string {
  const { drill, startedAt, instance, held, passed, failed, measured } = report;
  const cell = (text: string): string => shown(text).replaceAll('|', '\\|');
  const rows = passed.map(({ name, seconds }) => `| ${cell(name)} | ${seconds} s |`);
  return [
    `# Drill: ${drill}`,
    '',
    `${startedAt}, instance ${instance}: ${held ? 'every hop held' : 'failed'}.`,
    '',
    '| Hop | After |',
    '| --- | --- |',
    ...rows,
    ...(failed ? [`| ${cell(failed.name)} | failed: ${cell(failed.why)} |`] : []),
    '',
    ...Object.entries(measured).map(([what, value]) => `- ${what}: ${value}`),
    ...(failed ? ['', `**What to do.** ${cell(failed.fix)}`] : []),
    '',
  ].join('\n');
}
