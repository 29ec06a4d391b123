// The variables of a dashboard, as Grafana's addresses name them: var-service=claims-desk.
import type { Dashboard } from '@grafana/grafana-foundation-sdk/dashboard';
import { filledIn } from '../../grafana/queries-of.js';
import type { Sources } from '../context.js';
import { html, type Markup } from '../markup.js';

export interface Choice {
  readonly name: string;
  readonly label: string;
  /** As the address has them; none is all. */
  readonly chosen: readonly string[];
  /** Typed where there are none to choose from. */
  readonly options: readonly string[] | undefined;
}

interface Variable {
  readonly name: string;
  readonly label?: string;
  readonly type: string;
  readonly definition?: string;
  readonly regex?: string;
  readonly hide?: number;
}

const ALL = ['', '$__all', 'All'];

/** What is chosen and what there is, of the variables that a person can choose. */
export async function choicesOf(
  dashboard: Dashboard,
  query: URLSearchParams,
  { prometheus }: Sources,
  { from, to }: { from: number; to: number },
): Promise<Choice[]> {
  const choices: Choice[] = [];
  for (const variable of (dashboard.templating.list ?? []) as readonly Variable[]) {
    const { name, label = name, type, definition = '', regex = '', hide = 0 } = variable;
    if (hide !== 0 || (type !== 'query' && type !== 'textbox')) continue;
    const chosen = query.getAll(`var-${name}`).filter((value) => !ALL.includes(value));
    if (type === 'textbox') {
      choices.push({ name, label, chosen, options: undefined });
      continue;
    }
    const asked = filledIn(definition, dashboard, { range: `${to - from}s`, chosen: patternsOf(choices) });
    choices.push({ name, label, chosen, options: await optionsOf(asked, regex, prometheus, { from, to }) });
  }
  return choices;
}

async function optionsOf(
  asked: string,
  regex: string,
  prometheus: Sources['prometheus'],
  { from, to }: { from: number; to: number },
): Promise<readonly string[]> {
  const [, series, label] = /^label_values\((.*),\s*(\w+)\)$/s.exec(asked) ?? [];
  if (series !== undefined) return prometheus.labelValues(label!, series, from);
  const [, expression] = /^query_result\((.*)\)$/s.exec(asked) ?? [];
  const [, of] = /(\w+)="/.exec(regex) ?? [];
  if (expression === undefined || of === undefined)
    throw new Error(`tools/look does not understand ${asked}`);
  const found = await prometheus.at(expression, to);
  return found.map(({ labels }) => labels[of] ?? '').filter(Boolean);
}

/** What the queries of panels have in the places of variables. */
export const patternsOf = (choices: readonly Choice[]): Record<string, string> =>
  Object.fromEntries(
    choices.map(({ name, chosen, options }) => [
      name,
      options === undefined
        ? (chosen[0] ?? '').replace(/[\\"]/g, '\\$&')
        : chosen.length === 0
          ? '.*'
          : chosen.map(pattern).join('|'),
    ]),
  );

/** The same within PromQL's quotes and LogsQL's: no backslash, of which one needs two. */
const pattern = (value: string): string =>
  value.replace(/[.+*?()|[\]{}$]/g, '[$&]').replace(/[\\^"`\n]/g, '.');

/** Part of a form. */
export const inputOf = ({ name, label, chosen, options }: Choice): Markup => {
  if (options === undefined)
    return html`<label>${label}<input name="var-${name}" value="${chosen[0] ?? ''}" /></label>`;
  const all = [...new Set([...options, ...chosen])];
  return html`<label
    >${label}<select name="var-${name}">
      <option value="">All</option>
      ${all.map((value) =>
        chosen.includes(value) ? html`<option selected>${value}</option>` : html`<option>${value}</option>`,
      )}
    </select></label
  >`;
};
