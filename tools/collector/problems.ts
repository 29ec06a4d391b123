/** Something in a configuration that a person has to put right. */
export interface Problem {
  /** As the file was named on the command line, or its path. */
  readonly file: string;
  /** From 1. */
  readonly line: number;
  /** Key path, as `exporters.datadog.api.key`. */
  readonly key: string;
  readonly what: string;
  /** What to do about it: a command, or a sentence. */
  readonly remedy?: string;
}

/** A command line that cannot be followed: no such file, no YAML, no such program. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}

/** Everything that is wrong, as one text. */
export function problemsText(problems: readonly Problem[]): string {
  const count = problems.length === 1 ? '1 problem' : `${problems.length} problems`;
  const each = problems.map(({ file, line, key, what, remedy }) => {
    const head = `  ${file}:${line}  ${key}\n      ${what}`;
    return remedy === undefined ? head : `${head}\n      ${remedy}`;
  });
  return [`This configuration has ${count}:`, ...each].join('\n');
}
