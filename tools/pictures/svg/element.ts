type Attributes = Readonly<Record<string, string | number | undefined>>;

/** An SVG element; children are markup already. */
export function element(name: string, attributes: Attributes = {}, ...children: readonly string[]): string {
  const written = Object.entries(attributes)
    .filter(([, value]) => value !== undefined)
    .map(([key, value]) => ` ${key}="${escaped(rounded(value!))}"`)
    .join('');
  return `<${name}${written}>${children.join('')}</${name}>`;
}

interface TextStyle {
  readonly size: number;
  readonly colour: string;
  readonly anchor?: 'start' | 'middle' | 'end';
  readonly weight?: 400 | 500;
}

/** `y` is the middle of the line. */
export const text = (x: number, y: number, content: string, style: TextStyle): string =>
  element(
    'text',
    {
      x,
      y: y + style.size * 0.36,
      fill: style.colour,
      'font-size': style.size,
      'font-weight': style.weight ?? 400,
      'text-anchor': style.anchor ?? 'start',
    },
    escaped(content),
  );

export const moved = (x: number, y: number, ...children: readonly string[]): string =>
  element('g', { transform: `translate(${rounded(x)} ${rounded(y)})` }, ...children);

const rounded = (value: string | number): string =>
  typeof value === 'number' ? String(Math.round(value * 100) / 100) : value;

export const escaped = (content: string): string =>
  content.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('"', '&quot;');
