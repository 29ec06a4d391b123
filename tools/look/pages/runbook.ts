import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Marked } from 'marked';
import { filled } from '../../prometheus/runbooks.js';
import { escaped } from '../../report/markup.js';
import { notFound, type Handler, type Sources } from '../context.js';
import { html, Markup } from '../markup.js';
import { runbookAddress } from './alerts.js';
import { prometheusLink, runLink } from './query.js';

const FOLDER = 'prometheus/runbooks';

const namesOf = (root: string): string[] =>
  readdirSync(join(root, FOLDER))
    .filter((file) => file.endsWith('.md'))
    .map((file) => file.slice(0, -'.md'.length))
    .sort();

export const runbooksPage: Handler = (_asked, { root }) => ({
  title: 'Runbooks',
  content: html`<h1>Runbooks</h1>
    <ul class="plain">
      ${namesOf(root).map((name) => html`<li><a href="${runbookAddress(name, {})}">${name}</a></li>`)}
    </ul>`,
});

type Labels = Readonly<Record<string, string>>;

/** One runbook, its queries with the labels of an alert: those asked for, else those of the alert that fires. */
export const runbookPage: Handler = async ({ path, query }, sources) => {
  const name = path.replace(/^\/runbooks\//, '').replace(/\.md$/, '');
  const names = namesOf(sources.root);
  if (!names.includes(name)) return notFound(`runbook ${name}`);
  const text = readFileSync(join(sources.root, FOLDER, `${name}.md`), 'utf8');
  const places = [...new Set([...text.matchAll(/="\$([a-z_]+)"/g)].map(([, label]) => label!))];
  const firing = await firingLabels(name, sources);
  const asked = Object.fromEntries(
    places.flatMap((label) => (query.get(label) ? [[label, query.get(label)!]] : [])),
  );
  const labels: Labels = Object.keys(asked).length > 0 || firing.length !== 1 ? asked : firing[0]!;
  return {
    title: name,
    content: html`${firing.map((one) => html`<p class="problem">It fires${among(one, places)}. <a href="${runbookAddress(name, one)}">Its queries</a></p>`)}
    ${places.length === 0 ? undefined : choice(places, labels)}
    ${await rendered(text, { names: names.filter((other) => other !== name), labels, sources })}`,
  };
};

const among = (labels: Labels, places: readonly string[]): string =>
  places.flatMap((label) => (labels[label] ? [` ${label}="${labels[label]}"`] : [])).join(',');

/** Nothing, where Prometheus does not say: a runbook is for when things are broken. */
async function firingLabels(name: string, { prometheus }: Sources): Promise<readonly Labels[]> {
  const alerts = await prometheus.alerts().catch(() => []);
  return alerts
    .filter(({ labels, state }) => labels.alertname === name && state === 'firing')
    .map(({ labels }) => labels);
}

const choice = (places: readonly string[], labels: Labels): Markup =>
  html`<form class="choices" method="get">
    ${places.map((label) => html`<label>${label}<input name="${label}" value="${labels[label] ?? ''}" placeholder="any" /></label>`)}<button>
      Set
    </button>
  </form>`;

/** A label that nobody named may be any. */
const withLabels = (query: string, labels: Labels): string =>
  filled(
    query.replace(/="\$([a-z_]+)"/g, (whole, label: string) => (labels[label] ? whole : '=~".*"')),
    Object.fromEntries(
      Object.entries(labels).map(([name, value]) => [name, value.replace(/[\\"]/g, '\\$&')]),
    ),
  );

interface Rendering {
  /** Of the other runbooks, to which their names lead. */
  readonly names: readonly string[];
  readonly labels: Labels;
  readonly sources: Sources;
}

async function rendered(text: string, { names, labels, sources }: Rendering): Promise<Markup> {
  const inPrometheus = new Map<string, Markup | undefined>();
  for (const [, query] of text.matchAll(/```promql\n([\s\S]*?)```/g)) {
    const expression = withLabels(query!.trim(), labels);
    inPrometheus.set(expression, await prometheusLink(expression, sources));
  }
  const marked = new Marked({
    renderer: {
      code(code, language) {
        if (language !== 'promql') return html`<pre><code>${code}</code></pre>`.text;
        const expression = withLabels(code.trim(), labels);
        return html`<pre><code>${expression}</code></pre>
          <p class="run">${runLink(expression)}${inPrometheus.get(expression)}</p>`.text;
      },
      // Comments are for the generator, and a runbook has no markup of its own.
      html: (block) => (block.startsWith('<!--') ? '' : escaped(block)),
      text: (words) => linked(words, names),
    },
  });
  return new Markup(await marked.parse(text));
}

/** Alerts and dashboards lead to their pages wherever a text names them. */
const linked = (words: string, names: readonly string[]): string =>
  words.replace(/\b(?:agent-os-[a-z]+|[A-Z]\w+)\b/g, (word) => {
    if (names.includes(word)) return html`<a href="${runbookAddress(word, {})}">${word}</a>`.text;
    return /^agent-os-/.test(word) ? html`<a href="/d/${word}">${word}</a>`.text : word;
  });
