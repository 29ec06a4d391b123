import { readWeight } from './weight.js';

/**
 * Whether the value of an Accept-Encoding header admits gzip and does not prefer the plain text to it. A
 * coding named outright wins over `*`; a malformed weight counts as 0, since plain text is always understood.
 *
 * Source: RFC 9110 §12.5.3.
 */
export function acceptsGzip(header: string | string[] | undefined): boolean {
  if (header === undefined) return false;
  const weights = new Map<string, number>();
  for (const element of String(header).toLowerCase().split(',')) {
    const [coding = '', ...parameters] = element.split(';').map((part) => part.trim());
    weights.set(coding === 'x-gzip' ? 'gzip' : coding, weightIn(parameters));
  }
  const gzip = weights.get('gzip') ?? weights.get('*') ?? 0;
  return gzip > 0 && gzip >= (weights.get('identity') ?? 0);
}

function weightIn(parameters: readonly string[]): number {
  for (const parameter of parameters) {
    const [name, value = ''] = parameter.split('=').map((part) => part.trim());
    if (name === 'q') return readWeight(value) ?? 0;
  }
  return 1;
}
