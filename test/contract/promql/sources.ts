// Every expression of the project, with where it is.
import { readdirSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import type { Dashboard } from '@grafana/grafana-foundation-sdk/dashboard';
import { queriesOf, type Variables } from '../../../tools/grafana/queries-of.js';
import * as questions from '../../../tools/report/questions.js';
import { ROOT, ruleFiles, type Rule } from './known-series.js';

export interface Source {
  readonly where: string;
  readonly expr: string;
}

const DASHBOARDS = join(ROOT, 'grafana/dashboards');
export const RUNBOOKS = join(ROOT, 'prometheus/runbooks');

export function dashboards(): Dashboard[] {
  return readdirSync(DASHBOARDS)
    .filter((name) => name.endsWith('.json'))
    .map((name) => JSON.parse(readFileSync(join(DASHBOARDS, name), 'utf8')) as Dashboard);
}

export function panelSources(variables: Variables = {}): Source[] {
  return dashboards().flatMap((dashboard) =>
    queriesOf(dashboard, variables).map(({ dashboard: uid, panel, refId, expr }) => ({
      where: `${uid}, ${panel}, ${refId}`,
      expr,
    })),
  );
}

/** Over a month, as a report of it asks. */
export function reportSources(): Source[] {
  const { FIGURES, BREAKDOWNS, CONTAINMENT, EXCEPTIONS, LOSSES } = questions;
  return [...FIGURES, ...BREAKDOWNS, ...CONTAINMENT, ...EXCEPTIONS, ...LOSSES].map(({ title, of }) => ({
    where: `report, ${title}`,
    expr: withoutVariables(of('720h').text),
  }));
}

export function annotationSources(): Source[] {
  return dashboards().flatMap(({ uid, annotations }) =>
    (annotations?.list ?? []).flatMap(({ name, expr }: { name?: string; expr?: string }) =>
      expr === undefined ? [] : [{ where: `${uid}, annotation ${name}`, expr: withoutVariables(expr) }],
    ),
  );
}

export function ruleSources(rules: readonly Rule[] = ruleFiles()): Source[] {
  return rules.map(({ record, alert, expr }) => ({ where: `rule ${record ?? alert}`, expr }));
}

/** The ```promql blocks; a block may have several expressions, parted by empty lines. */
export function runbookSources(): Source[] {
  return readdirSync(RUNBOOKS)
    .filter((name) => name.endsWith('.md'))
    .flatMap((name) => {
      const text = readFileSync(join(RUNBOOKS, name), 'utf8');
      const blocks = [...text.matchAll(/```promql\n([\s\S]*?)```/g)].map(([, block]) => block!);
      return blocks
        .flatMap((block) => block.split(/\n\s*\n/))
        .map((expr) => expr.replace(/^#.*$/gm, '').trim())
        .filter(Boolean)
        .map((expr) => ({ where: `runbook ${basename(name, '.md')}`, expr }));
    });
}

const withoutVariables = (expr: string): string => expr.replace(/\$\{?\w+(:\w+)?\}?/g, '.*');
