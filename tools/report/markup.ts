// Pieces of the page. Whatever comes from labels goes through `escaped`.

export const escaped = (text: string): string =>
  text.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);

export const paragraph = (text: string, kind = ''): string =>
  `<p${kind === '' ? '' : ` class="${kind}"`}>${escaped(text)}</p>`;

export interface Column {
  readonly heading: string;
  readonly isNumber?: boolean;
}

/** A table, or what to say where it has no row. */
export function table(
  columns: readonly Column[],
  rows: readonly (readonly string[])[],
  none: string,
): string {
  if (rows.length === 0) return paragraph(none, 'none');
  const line = (cells: readonly string[], tag: 'th' | 'td') =>
    `<tr>${cells
      .map((cell, index) => {
        const kind = columns[index]?.isNumber === true ? ' class="number"' : '';
        return `<${tag}${kind}>${escaped(cell)}</${tag}>`;
      })
      .join('')}</tr>`;
  const head = line(
    columns.map(({ heading }) => heading),
    'th',
  );
  return `<table><thead>${head}</thead><tbody>${rows.map((row) => line(row, 'td')).join('')}</tbody></table>`;
}

export const section = (title: string, ...content: readonly string[]): string =>
  `<section><h2>${escaped(title)}</h2>${content.join('')}</section>`;

export const part = (title: string, ...content: readonly string[]): string =>
  `<div class="part"><h3>${escaped(title)}</h3>${content.join('')}</div>`;

const STYLE = `
  @page { size: A4; margin: 16mm 14mm; }
  * { box-sizing: border-box; }
  body { font: 10.5pt/1.45 system-ui, 'Segoe UI', 'DejaVu Sans', sans-serif; color: #1a1c20; background: #fff;
    max-width: 190mm; margin: 10mm auto; padding: 0 4mm; }
  h1 { font-size: 20pt; margin: 0 0 2mm; }
  h2 { font-size: 14pt; margin: 9mm 0 2mm; padding-bottom: 1mm; border-bottom: 0.4mm solid #1a1c20; break-after: avoid; }
  h3 { font-size: 11pt; margin: 5mm 0 1mm; break-after: avoid; }
  p { margin: 0 0 2mm; }
  .faint, .none { color: #5d626b; }
  .none { font-style: italic; }
  .figures { display: grid; grid-template-columns: repeat(3, 1fr); gap: 3mm; margin: 3mm 0; }
  .figure { border: 0.3mm solid #c9ccd2; border-radius: 1.5mm; padding: 2.5mm 3mm; break-inside: avoid; }
  .figure b { display: block; font-size: 17pt; line-height: 1.25; }
  .figure.bad { border-color: #b3261e; background: #fdf0ef; }
  .figure.bad b { color: #b3261e; }
  .figure small { color: #5d626b; display: block; }
  table { border-collapse: collapse; width: 100%; margin: 1mm 0 3mm; font-size: 9.5pt; }
  th, td { text-align: left; padding: 0.8mm 2mm 0.8mm 0; border-bottom: 0.2mm solid #d9dbe0; vertical-align: top;
    overflow-wrap: anywhere; }
  th { color: #5d626b; font-weight: 600; }
  tr, .part { break-inside: avoid; }
  .number { text-align: right; font-variant-numeric: tabular-nums; white-space: nowrap; }
  svg { max-width: 100%; height: auto; }
  code { font: 7.5pt/1.4 ui-monospace, 'DejaVu Sans Mono', monospace; overflow-wrap: anywhere; }
  @media print { body { margin: 0; max-width: none; padding: 0; } }
`;

/** A page that asks for nothing: no script, no address, its style within. */
export const htmlPage = (title: string, ...content: readonly string[]): string =>
  [
    '<!doctype html>',
    '<html lang="en">',
    '<head>',
    '<meta charset="utf-8">',
    `<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">`,
    '<meta name="viewport" content="width=device-width">',
    `<title>${escaped(title)}</title>`,
    `<style>${STYLE}</style>`,
    '</head>',
    `<body>${content.join('\n')}</body>`,
    '</html>',
    '',
  ].join('\n');
