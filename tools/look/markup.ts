// What pages are made of. Whatever is put into a template is text, unless it is markup already.
import { escaped } from '../report/markup.js';

export class Markup {
  constructor(readonly text: string) {}
}

type Content = string | number | Markup | undefined | readonly Content[];

export function html(parts: TemplateStringsArray, ...contents: readonly Content[]): Markup {
  return new Markup(parts.map((part, index) => part + textOf(contents[index])).join(''));
}

const textOf = (content: Content): string => {
  if (content === undefined) return '';
  if (content instanceof Markup) return content.text;
  return Array.isArray(content) ? content.map(textOf).join('') : escaped(String(content));
};

/** Rows under their headings, or what to say where there are none. */
export function table(
  headings: readonly string[],
  rows: readonly (readonly Content[])[],
  none: string,
): Markup {
  if (rows.length === 0) return html`<p class="none">${none}</p>`;
  const head = headings.map((heading) => html`<th scope="col">${heading}</th>`);
  const body = rows.map(
    (row) =>
      html`<tr>
        ${row.map((cell) => html`<td>${cell}</td>`)}
      </tr>`,
  );
  return html`<div class="wide">
    <table>
      <thead>
        <tr>
          ${head}
        </tr>
      </thead>
      <tbody>
        ${body}
      </tbody>
    </table>
  </div>`;
}

/** An address below this server. */
export const address = (
  path: string,
  parameters: Readonly<Record<string, string | undefined>> = {},
): string => {
  const set = Object.entries(parameters).filter((entry): entry is [string, string] => entry[1] !== undefined);
  const query = new URLSearchParams(set).toString();
  return query === '' ? path : `${path}?${query}`;
};

/** In the minutes or hours that a person would say. */
export function ago(since: string, now: Date): string {
  const seconds = Math.max(0, Math.round((now.getTime() - Date.parse(since)) / 1000));
  if (seconds < 120) return `${seconds} s`;
  if (seconds < 7200) return `${Math.round(seconds / 60)} min`;
  return seconds < 172_800 ? `${Math.round(seconds / 3600)} h` : `${Math.round(seconds / 86_400)} d`;
}
