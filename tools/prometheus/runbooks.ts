// What is generated in prometheus/runbooks: the expression of the alert, of those alone whom it is about. And the queries in
// them, as whoever is on call pastes them: with the labels of the alert in their places.
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ALERTS } from '../../prometheus/src/alerts/index.js';
import type { Flavour } from '../../prometheus/src/config.js';
import { portable } from '../../prometheus/src/promql/index.js';
import { RECORDED_SERIES } from '../../prometheus/src/recording/series.js';
import { METRICS, type MetricDefinition } from '../../src/semconv/index.js';
import type { GeneratedFile } from '../generated-files.js';

const FOLDER = 'prometheus/runbooks';
const BEGIN = '<!-- Generated from the alert: npm run generate. -->';
const END = '<!-- End of what is generated. -->';
const DIAGNOSIS = '## Diagnosis\n';

const WHO = ['service_name', 'deployment_environment_name'];
/** What the alert says of itself stands in the place of what its series say. */
const OF_THE_ALERT = ['severity', 'team'];

/** The runbooks, each with the expression of its alert as it is now. */
export function runbookFiles(root: string, flavour: Flavour = 'anchored'): GeneratedFile[] {
  const there = ALERTS.filter(({ name }) => existsSync(join(root, `${FOLDER}/${name}.md`)));
  return there.map(({ name, expr }) => {
    const path = `${FOLDER}/${name}.md`;
    const text = readFileSync(join(root, path), 'utf8');
    const [before, after] = parts(text);
    const whole = `${before}\n${blockOf(expr.text)}\n${after}`;
    return { path, text: flavour === 'portable' ? portable(whole) : whole };
  });
}

/** Before and behind what is generated; where there is nothing yet, it begins the diagnosis. */
function parts(text: string): [before: string, after: string] {
  const [begin, end] = [text.indexOf(BEGIN), text.indexOf(END)];
  if (begin >= 0 && end >= 0) return [text.slice(0, begin), text.slice(end + END.length)];
  const at = text.indexOf(DIAGNOSIS) + DIAGNOSIS.length;
  return [text.slice(0, at), text.slice(at)];
}

function blockOf(expression: string): string {
  const places = labelsOf(expression).map((label) => `\`$${label}\``);
  const hint =
    places.length === 0
      ? 'What fires:'
      : `What fires. Here and below, ${list(places)} ${places.length === 1 ? 'is the label' : 'are the labels'} of the alert; what it lacks is empty.`;
  return [BEGIN, hint, `\`\`\`promql\n${scoped(expression)}\n\`\`\``, END].join('\n\n');
}

/** The labels that every part of the expression keeps, and so the alert has. */
function labelsOf(expression: string): string[] {
  const groupings = [...expression.matchAll(/\bby \(([^)]*)\)/g)].map(([, labels]) => labels!.split(', '));
  const common =
    groupings.length === 0
      ? WHO
      : groupings.reduce((kept, labels) => kept.filter((label) => labels.includes(label)));
  const known = groupings.length === 0 && !expression.includes('agent_os') ? [] : common;
  return known.filter((label) => !OF_THE_ALERT.includes(label) && label !== 'le');
}

/** The same, of the series with the labels of the alert. */
function scoped(expression: string): string {
  const labels = labelsOf(expression);
  const nameless = labels.map((label) => `,${label}="$${label}"`).join('');
  const others = expression.replace(/\{(__name__=~"[^"]*")\}/g, (_, name: string) => `{${name}${nameless}}`);
  return others.replace(
    /(?<![\w:"$])((?:agent_os|amb|otelcol|alertmanager)[\w:]*|up)(?![\w:"=])(\{([^}]*)\})?/g,
    (whole, name: string, _, inner = '') => {
      const known = labelsOfSeries(name);
      if (known === undefined) return whole;
      const matchers = labels
        .filter((label) => known === 'any' || known.includes(label))
        .map((label) => `${label}="$${label}"`);
      const all = [inner, ...matchers].filter(Boolean);
      return all.length === 0 ? name : `${name}{${all.join(',')}}`;
    },
  );
}

/** Undefined for what is the name of a label. */
function labelsOfSeries(name: string): readonly string[] | 'any' | undefined {
  const recorded = RECORDED_SERIES[name];
  if (recorded !== undefined) return recorded;
  if (/^(otelcol|alertmanager|agent_os_telemetry_skewed)_|^up$/.test(name)) return 'any'; // of others
  const base = name in METRICS ? name : name.replace(/_(bucket|sum|count)$/, '');
  const metric = (METRICS as Readonly<Record<string, MetricDefinition>>)[base];
  return metric && [...WHO, ...Object.keys(metric.labels)];
}

/** The queries of a runbook, as they are printed. */
export const queriesOf = (text: string): string[] =>
  [...text.matchAll(/```promql\n([\s\S]*?)```/g)].map(([, query]) => query!.trim());

/** By the name of the alert. */
export function runbookQueries(
  root: string,
  flavour: Flavour = 'anchored',
): ReadonlyMap<string, readonly string[]> {
  const queries = (file: string): string[] => {
    const asWritten = queriesOf(readFileSync(join(root, FOLDER, file), 'utf8'));
    return flavour === 'portable' ? asWritten.map(portable) : asWritten;
  };
  return new Map(readdirSync(join(root, FOLDER)).map((file) => [file.replace('.md', ''), queries(file)]));
}

/** A query with the labels of an alert in their places. */
export const filled = (query: string, labels: Readonly<Record<string, string>>): string =>
  query.replace(/\$([a-z_]+)/g, (_, label: string) => labels[label] ?? '');

function list(items: readonly string[]): string {
  return items.length < 2 ? items.join('') : `${items.slice(0, -1).join(', ')} and ${items.at(-1)}`;
}
