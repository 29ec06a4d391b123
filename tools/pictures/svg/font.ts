import { createRequire } from 'node:module';

export const FONT = 'Inter';

/** Those of Grafana, so that pictures look the same on every machine. */
export function fontFiles(): string[] {
  const require = createRequire(import.meta.url);
  return [
    require.resolve('@expo-google-fonts/inter/400Regular/Inter_400Regular.ttf'),
    require.resolve('@expo-google-fonts/inter/500Medium/Inter_500Medium.ttf'),
  ];
}

/** Widths of Inter in shares of its size, by the characters that have about that width. */
const WIDTHS: readonly (readonly [number, string])[] = [
  [0.27, " ijlI!,.:;'`|"],
  [0.37, 'tfr()[]/\\'],
  [0.45, '1-"^_{}?'],
  [0.57, 'sakxzec7JLvy'],
  [0.62, '5FhnuEo2bdgpq3689#0Z$&PRS*4BT+<=>~KXYµ'],
  [0.72, 'AVDC'],
  [0.76, 'HUGNOQ'],
  [0.89, 'wmM'],
  [0.99, '@%W…∞'],
];

const BY_CHARACTER = new Map(
  WIDTHS.flatMap(([width, characters]) => [...characters].map((character) => [character, width] as const)),
);

export const textWidth = (text: string, size: number): number =>
  size * [...text].reduce((sum, character) => sum + (BY_CHARACTER.get(character) ?? 0.65), 0);

/** The text, or as much of it as the width takes, with an ellipsis. */
export function cut(text: string, width: number, size: number): string {
  if (textWidth(text, size) <= width) return text;
  const characters = [...text];
  while (characters.length > 1 && textWidth(`${characters.join('')}…`, size) > width) characters.pop();
  return `${characters.join('').trimEnd()}…`;
}

/** Lines of whole words. */
export function wrapped(text: string, width: number, size: number): string[] {
  const lines: string[] = [];
  for (const word of text.split(' ')) {
    const longer = [lines.at(-1), word].filter(Boolean).join(' ');
    if (lines.length > 0 && textWidth(longer, size) <= width) lines[lines.length - 1] = longer;
    else lines.push(word);
  }
  return lines;
}
