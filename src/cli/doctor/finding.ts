/** One thing that is wrong: where, what is seen, and what to do. */
export interface Finding {
  /** From where to where, or what it is about. */
  readonly hop: string;
  readonly what: string;
  readonly fix: string;
}

export const finding = (hop: string, what: string, fix: string): Finding => ({ hop, what, fix });

/** Of a program that is asked, and gives no answer. */
export const silent = (name: string, url: string, why: string): Finding =>
  finding(name, `nothing answers at ${url} (${why})`, `start ${name}, or say where it is (--help)`);
