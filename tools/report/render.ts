import { formatted } from '../pictures/units.js';
import type { Answered, AnsweredFigure, Findings } from './collect.js';
import { lengthOf, type Interval } from './intervals.js';
import { escaped, htmlPage, paragraph, part, section, table, type Column } from './markup.js';
import { secondsOf } from './period.js';
import type { Breakdown } from './questions.js';
import { trendChart } from './trend-chart.js';

const MOST_ROWS = 30;
const COUNT: Column = { heading: 'Count', isNumber: true };
const whole = new Intl.NumberFormat('en', { maximumFractionDigits: 0 });

/** The report as one page, for screens and for paper. */
export function rendered(findings: Findings, made: Date): string {
  const { period, scope, figures } = findings;
  const kernels = `${named('services', scope.service)}, ${named('environments', scope.environment)}`;
  return htmlPage(
    'Governance of agents: report',
    `<h1>Governance of agents</h1>`,
    paragraph(`${instant(secondsOf(period.from))} to ${instant(secondsOf(period.to))} UTC; ${kernels}.`),
    paragraph(
      `Made ${instant(secondsOf(made))} UTC from Prometheus alone, by the queries of the dashboards. The period before is as long as this one.`,
      'faint',
    ),
    section('In short', ...summary(findings)),
    section('Violations', trendOf(findings), ...findings.breakdowns.map(breakdown)),
    section('Containment', ...findings.containment.map(breakdown)),
    section(
      'Exceptions',
      paragraph('What should not happen at all. Each has an alert and a runbook.'),
      tiles(
        figures.filter(({ question }) => question.isException),
        findings,
      ),
      ...findings.exceptions.filter(({ now }) => now.length > 0).map(breakdown),
    ),
    section('Alerts that fired', alertsOf(findings)),
    section('What Cannot Be Evidenced', ...evidence(findings)),
    section('How the numbers were made', ...queriesOf(findings)),
  );
}

function summary(findings: Findings): string[] {
  const { figures, silences, period } = findings;
  const exceptions = figures.filter(({ question, value = 0 }) => question.isException && value > 0);
  const seen = 1 - lengthOf(silences) / (secondsOf(period.to) - secondsOf(period.from));
  return [
    tiles(
      figures.filter(({ question }) => question.isException !== true),
      findings,
    ),
    paragraph(
      exceptions.length === 0
        ? 'No exception was counted.'
        : `Exceptions: ${exceptions.map(({ question, value }) => `${question.title.toLowerCase()} ${whole.format(value!)}`).join(', ')}.`,
    ),
    paragraph(
      `Kernels reported in ${formatted(seen, 'percentunit', 2)} of the time; of the rest, and of what is listed under What Cannot Be Evidenced, this report knows nothing.`,
    ),
  ];
}

const tiles = (figures: readonly AnsweredFigure[], findings: Findings): string =>
  `<div class="figures">${figures.map((figure) => tile(figure, findings)).join('')}</div>`;

function tile(figure: AnsweredFigure, findings: Findings): string {
  const { question, value, before } = figure;
  const kind = question.isException === true && (value ?? 0) > 0 ? 'figure bad' : 'figure';
  const was = before === undefined ? '' : `${numberAs(question.unit, before)} in the period before. `;
  return `<div class="${kind}">${escaped(question.title)}<b>${escaped(
    shownValue(figure, findings),
  )}</b><small>${escaped(`${was}${question.meaning}`)}</small></div>`;
}

/** That nothing was counted, and that nobody was there to count, are different news. */
function shownValue({ question, value }: AnsweredFigure, { silences, period }: Findings): string {
  if (value !== undefined) return numberAs(question.unit, value);
  const nobody = lengthOf(silences) >= secondsOf(period.to) - secondsOf(period.from);
  if (nobody) return 'no data';
  return question.unit === 'count' ? '0' : 'none measured';
}

function numberAs(unit: AnsweredFigure['question']['unit'], value: number): string {
  if (unit === 'count') return whole.format(value);
  return formatted(value, unit === 'share' ? 'percentunit' : 's', unit === 'share' ? 1 : undefined);
}

function trendOf({ trend }: Findings): string {
  return part(
    'Violations per day',
    trend.length === 0
      ? paragraph('No violations, or a period of less than a day.', 'none')
      : trendChart(trend),
  );
}

function breakdown({ question, now }: Answered<Breakdown>): string {
  const labels = Object.keys(question.columns);
  const rows = now
    .map((one) => ({ one, value: one.points.at(-1)?.[1] ?? 0 }))
    .sort((a, b) => b.value - a.value)
    .map(({ one, value }) => [...labels.map((label) => one.labels[label] ?? ''), whole.format(value)]);
  const columns = [...Object.values(question.columns).map((heading) => ({ heading })), COUNT];
  return part(
    question.title,
    paragraph(question.meaning, 'faint'),
    table(columns, rows, 'None was counted.'),
  );
}

function alertsOf({ alerts, step }: Findings): string {
  const rows = [...alerts]
    .sort((a, b) => lengthOf(b.intervals) - lengthOf(a.intervals))
    .slice(0, MOST_ROWS)
    .map(({ labels, intervals }) => [
      labels.alertname ?? '',
      labels.severity ?? '',
      labels.service_name ?? '',
      String(intervals.length),
      formatted(lengthOf(intervals), 's', 1),
    ]);
  const columns: Column[] = [
    { heading: 'Alert' },
    { heading: 'Severity' },
    { heading: 'Service' },
    { heading: 'Times', isNumber: true },
    { heading: 'For', isNumber: true },
  ];
  return [
    paragraph(`Seen every ${formatted(step, 's', 0)}: what was shorter may be missing.`, 'faint'),
    table(columns, rows, 'No alert fired.'),
  ].join('');
}

function evidence(findings: Findings): string[] {
  const { silences, gaps, missing, losses, step } = findings;
  return [
    paragraph(
      `Nothing here proves that nothing happened: it says where nobody was there to count. Times are seen to within ${formatted(step, 's', 0)}.`,
    ),
    part(
      'Times without any data',
      paragraph(
        'No kernel reported: none ran, or its metrics did not arrive, or Prometheus was down.',
        'faint',
      ),
      table([{ heading: 'From' }, { heading: 'To' }, LASTED], silences.map(row).slice(0, MOST_ROWS), 'None.'),
    ),
    part(
      'Services that did not report',
      paragraph(
        'From the first report of a service in the period on; an end on purpose looks the same.',
        'faint',
      ),
      spans(gaps, 'None.'),
    ),
    part(
      'Kernels lost',
      paragraph('They were not heard of any more, or were expected, and had not said goodbye.', 'faint'),
      spans(missing, 'None.'),
    ),
    ...losses.map(breakdown),
    part(
      'Not in this report',
      paragraph(
        'Single events and traces: they are in their own stores. What ran without a kernel at all. Agents past the cap of their label are counted together as __overflow__. Counts that the rules record by the hour begin when the rules did.',
      ),
    ),
  ];
}

const LASTED: Column = { heading: 'Lasted', isNumber: true };

function spans(
  episodes: readonly { labels: Readonly<Record<string, string>>; intervals: readonly Interval[] }[],
  none: string,
): string {
  const rows = episodes.flatMap(({ labels, intervals }) =>
    intervals.map((interval) => [
      labels.service_name ?? '',
      labels.deployment_environment_name ?? '',
      labels.agent_os_kernel_id ?? 'all',
      ...row(interval),
    ]),
  );
  const columns = [
    { heading: 'Service' },
    { heading: 'Environment' },
    { heading: 'Kernel' },
    { heading: 'From' },
    { heading: 'To' },
    LASTED,
  ];
  const more = rows.length > MOST_ROWS ? paragraph(`${rows.length - MOST_ROWS} more.`, 'faint') : '';
  return table(columns, rows.slice(0, MOST_ROWS), none) + more;
}

const row = ({ from, to }: Interval): string[] => [instant(from), instant(to), formatted(to - from, 's', 1)];

function queriesOf({ figures, breakdowns, containment, exceptions, losses }: Findings): string[] {
  const all = [...figures, ...breakdowns, ...containment, ...exceptions, ...losses];
  const rows = all.map(
    ({ question, query }) =>
      `<tr><td>${escaped(question.title)}</td><td><code>${escaped(query)}</code></td></tr>`,
  );
  return [
    paragraph('Each asked of Prometheus at the end of the period.', 'faint'),
    `<table><thead><tr><th>Number</th><th>PromQL</th></tr></thead><tbody>${rows.join('')}</tbody></table>`,
  ];
}

const named = (what: string, expression: string): string =>
  expression === '.*' ? `all ${what}` : `${what} ${expression}`;

const instant = (seconds: number): string =>
  new Date(seconds * 1000).toISOString().slice(0, 16).replace('T', ' ');
