import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { ALERTS } from '../../prometheus/src/alerts/index.js';
import { ruleFiles } from '../../prometheus/src/rule-files.js';
import { caseFiles, type CaseFile } from '../../tools/prometheus/files.js';
import { ROOT, yamlFile } from '../stack/stack-files.js';

export type Labels = Readonly<Record<string, string>>;

export const alertNames: readonly string[] = ALERTS.map(({ name }) => name);

/** As they are in the files, templates and all. */
export const rules = ruleFiles().flatMap(({ groups }) => groups.flatMap((group) => group.rules));

export const cases: CaseFile['cases'] = caseFiles(ROOT).flatMap((file) => file.cases);

export const runbooks: readonly string[] = readdirSync(join(ROOT, 'prometheus/runbooks')).sort();

interface Route {
  readonly receiver: string;
  readonly matchers?: readonly string[];
  readonly routes?: readonly Route[];
}

export interface Inhibition {
  readonly name: string;
  readonly source_matchers: readonly string[];
  readonly target_matchers: readonly string[];
  readonly equal: readonly string[];
}

export const alertmanager: { route: Route; inhibit_rules: readonly Inhibition[] } = yamlFile(
  'prometheus/alertmanager/alertmanager.yml',
);

/** As Alertmanager does: a missing label is an empty one, and regular expressions are anchored. */
export function matches(matchers: readonly string[], labels: Labels): boolean {
  return matchers.every((matcher) => {
    const [, name, operator, value] = /^(\w+) ?(=~|!~|!=|=) ?"(.*)"$/.exec(matcher)!;
    const actual = labels[name!] ?? '';
    const same = operator!.includes('~') ? new RegExp(`^(?:${value})$`).test(actual) : actual === value;
    return operator!.startsWith('!') ? !same : same;
  });
}

/** The first route that matches, as deep as one does; amtool checks the same routes by the real code. */
export function receiverOf(labels: Labels, route: Route = alertmanager.route): string {
  const next = route.routes?.find(({ matchers = [] }) => matches(matchers, labels));
  return next === undefined ? route.receiver : receiverOf(labels, next);
}

export function inhibits(rule: Inhibition, source: Labels, target: Labels): boolean {
  return (
    matches(rule.source_matchers, source) &&
    matches(rule.target_matchers, target) &&
    rule.equal.every((label) => (source[label] ?? '') === (target[label] ?? ''))
  );
}
