/** Longest text that is compared; names are short. */
const LONGEST = 64;

/**
 * The known name that somebody may have meant by another: one that differs by little, or is part of it. Case and
 * punctuation do not count. Undefined where none is near.
 */
export function closest<T extends string>(given: string, known: Iterable<T>): T | undefined {
  const word = plain(given);
  let best: T | undefined;
  let least = Infinity;
  for (const name of known) {
    const other = plain(name);
    const within = word.length > 2 && (other.includes(word) || (other.length > 2 && word.includes(other)));
    const far = distance(word, other);
    if (!within && far > Math.max(1, Math.floor(other.length / 3))) continue;
    if (far >= least) continue;
    [best, least] = [name, far];
  }
  return best;
}

/** `, did you mean X?`, or nothing. */
export function suggestion(given: string, known: Iterable<string>): string {
  const near = closest(given, known);
  return near === undefined ? '' : `, did you mean ${near}?`;
}

function plain(name: string): string {
  return name
    .slice(0, LONGEST)
    .replace(/[^a-z0-9]/gi, '')
    .toLowerCase();
}

/** How many letters must be put in, taken out or replaced to make one of the other (Levenshtein). */
function distance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, i) => i);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++) {
      const replaced = (row[j - 1] as number) + (a[i - 1] === b[j - 1] ? 0 : 1);
      next[j] = Math.min(replaced, (row[j] as number) + 1, (next[j - 1] as number) + 1);
    }
    row = next;
  }
  return row[b.length] as number;
}
