import { readFileSync } from 'node:fs';
import { THEME } from '../pictures/model/colours.js';
import { FONT, fontFiles } from '../pictures/svg/font.js';
import { html, type Markup } from './markup.js';

/** What a handler answers with, in place of the page around it. */
export interface Page {
  readonly status?: number;
  readonly title: string;
  readonly content: Markup;
  /** After how many seconds the browser asks again. */
  readonly refreshSeconds?: number;
}

const NAVIGATION = [
  ['/', 'Alerts'],
  ['/dashboards', 'Dashboards'],
  ['/runbooks', 'Runbooks'],
  ['/query', 'Query'],
  ['/search', 'Traces'],
] as const;

export const STYLE_PATH = '/style.css';

export const wholePage = ({ title, content }: Page, path: string): string =>
  html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <title>${title} - Agent OS</title>
        <link rel="stylesheet" href="${STYLE_PATH}" />
        <link rel="icon" href="/icon.svg" />
      </head>
      <body>
        <header>
          <b>Agent OS</b>
          <nav>${NAVIGATION.map(([to, name]) => link(to, name, to === path))}</nav>
        </header>
        <main>${content}</main>
      </body>
    </html> `.text;

const link = (to: string, name: string, isHere: boolean): Markup =>
  isHere ? html`<a href="${to}" aria-current="page">${name}</a>` : html`<a href="${to}">${name}</a>`;

const faces = (): readonly (readonly [weight: number, path: string, file: string])[] =>
  [400, 500].map((weight, index) => [weight, `/inter-${weight}.ttf`, fontFiles()[index]!] as const);

interface Asset {
  readonly type: string;
  readonly body: string | Buffer;
}

const ICON = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 16 16"><rect width="16" height="16" rx="3" fill="${THEME.panel}"/><path d="M2 11l4-5 3 3 5-6" fill="none" stroke="#73bf69" stroke-width="2"/></svg>`;

/** What pages ask for beside themselves; nothing of it is elsewhere. */
export function assetOf(path: string): Asset | undefined {
  if (path === STYLE_PATH) return { type: 'text/css; charset=utf-8', body: STYLE };
  if (path === '/icon.svg') return { type: 'image/svg+xml', body: ICON };
  const face = faces().find(([, at]) => at === path);
  return face && { type: 'font/ttf', body: readFileSync(face[2]) };
}

const FACES = faces()
  .map(
    ([weight, path]) =>
      `@font-face { font-family: ${FONT}; font-weight: ${weight}; src: url(${path}) format('truetype'); font-display: swap; }`,
  )
  .join('\n');

const STYLE = `${FACES}
* { box-sizing: border-box; }
body { margin: 0; background: ${THEME.page}; color: ${THEME.text}; font: 15px/1.5 ${FONT}, system-ui, sans-serif; }
header { display: flex; gap: 32px; align-items: center; padding: 12px 24px; background: ${THEME.panel}; border-bottom: 1px solid ${THEME.border}; }
nav { display: flex; gap: 20px; flex-wrap: wrap; }
main { max-width: 1600px; margin: 0 auto; padding: 16px 24px 48px; }
main.text { max-width: 900px; }
a { color: ${THEME.link}; text-decoration: none; }
a:hover, a:focus-visible { text-decoration: underline; }
a[aria-current] { color: ${THEME.strong}; font-weight: 500; }
h1 { font-size: 24px; font-weight: 500; margin: 8px 0 12px; }
h2 { font-size: 18px; font-weight: 500; margin: 28px 0 8px; }
.faint, .none, th, label { color: ${THEME.faint}; }
.problem { border-left: 4px solid #f2495c; background: ${THEME.panel}; padding: 10px 16px; overflow-wrap: anywhere; }
.wide { overflow-x: auto; }
table { border-collapse: collapse; width: 100%; background: ${THEME.panel}; }
th, td { text-align: left; padding: 8px 12px; border-bottom: 1px solid ${THEME.line}; vertical-align: top; overflow-wrap: anywhere; }
th { font-weight: 400; white-space: nowrap; }
.severity { display: inline-block; min-width: 68px; padding: 0 8px; border-radius: 3px; text-align: center; color: #111217; background: #5794f2; }
.severity.critical { background: #f2495c; }
.severity.warning { background: #ff9830; }
.choices { display: flex; flex-wrap: wrap; gap: 8px 16px; align-items: end; margin: 0 0 16px; }
.choices label { display: grid; font-size: 13px; }
input, select, textarea, button { font: inherit; color: ${THEME.text}; background: ${THEME.panel}; border: 1px solid ${THEME.line}; border-radius: 3px; padding: 4px 8px; }
button { color: ${THEME.strong}; background: #2b5ac4; border-color: #2b5ac4; cursor: pointer; }
textarea { width: 100%; font: 14px/1.5 ui-monospace, 'DejaVu Sans Mono', monospace; }
pre { background: ${THEME.panel}; border: 1px solid ${THEME.border}; padding: 12px; white-space: pre-wrap; overflow-wrap: anywhere; margin: 8px 0 4px; }
code { font: 13px/1.5 ui-monospace, 'DejaVu Sans Mono', monospace; color: ${THEME.strong}; }
.run { margin: 0 0 16px; display: flex; gap: 20px; }
.board { width: 100%; height: auto; display: block; }
ul.plain { list-style: none; padding: 0; columns: 3 280px; }
`;
