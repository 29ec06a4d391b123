/** Why a text is no valid page of metrics. */
export class ExpositionError extends Error {
  override readonly name = 'ExpositionError';
  /** @param line - counted from 1 */
  constructor(
    readonly line: number,
    readonly reason: string,
  ) {
    super(`line ${line}: ${reason}`);
  }
}

/** @param escapes - captures what may follow a backslash; a match without a capture is a fault */
export function unescape(text: string, escapes: RegExp, line: number): string {
  return text.replace(escapes, (_, escaped: string | undefined, at: number) => {
    if (escaped === undefined) throw new ExpositionError(line, `invalid escape ${text.slice(at, at + 2)}`);
    return escaped === 'n' ? '\n' : escaped;
  });
}

/** Reads a line from left to right. */
export class Cursor {
  private at = 0;

  constructor(
    private readonly text: string,
    readonly line: number,
  ) {}

  /** What a sticky pattern matches here; empty when it does not. */
  take(pattern: RegExp): string {
    pattern.lastIndex = this.at;
    const [found = ''] = pattern.exec(this.text) ?? [];
    this.at += found.length;
    return found;
  }

  sees(character: string): boolean {
    return this.text.startsWith(character, this.at);
  }

  skip(character: string): boolean {
    if (!this.sees(character)) return false;
    this.at += character.length;
    return true;
  }

  atEnd(): boolean {
    return this.at === this.text.length;
  }

  remainder(): string {
    return this.text.slice(this.at);
  }

  fail(reason: string): never {
    throw new ExpositionError(this.line, `${reason}, near "${this.remainder()}"`);
  }
}
