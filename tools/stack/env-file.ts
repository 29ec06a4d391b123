// The .env of docker-compose.yml, edited line by line: what a person wrote there stays.

/** The value of a variable, or undefined where it is missing or empty. */
export function valueIn(text: string, name: string): string | undefined {
  const lines = text.split('\n').filter((line) => assigns(line, name));
  const value = lines
    .at(-1)
    ?.replace(/^[^=]*=/, '')
    .trim();
  return value?.replace(/^(['"])(.*)\1$/, '$2') || undefined;
}

/** The text with the variable set, or as it was where it has a value already. */
export function withDefault(text: string, name: string, value: string): string {
  if (valueIn(text, name) !== undefined) return text;
  const lines = text.split('\n');
  const at = lines.findLastIndex((line) => assigns(line, name));
  if (at >= 0) return lines.with(at, `${name}=${value}`).join('\n');
  return `${text}${text === '' || text.endsWith('\n') ? '' : '\n'}${name}=${value}\n`;
}

const assigns = (line: string, name: string) => line.replace(/^\s*(export\s+)?/, '').startsWith(`${name}=`);
