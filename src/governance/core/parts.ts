import type { Installations, Unwrap } from './installations.js';

/** How the parts of a whole are instrumented, by the names that they have in it. */
export type PartsOf<W extends object> = {
  readonly [K in keyof W]?: (part: NonNullable<W[K]>) => Unwrap;
};

interface Followed {
  part: unknown;
  /** Undefined where the part was instrumented before, and is none of ours to unwrap. */
  unwrap: Unwrap | undefined;
}

/**
 * The parts of a whole, instrumented with it. A part that the host puts in the place of another is seen when the whole is
 * used the next time. They go with the whole, unless they were instrumented before.
 */
export class Parts<W extends object> {
  private readonly followed: Readonly<Record<string, Followed>>;

  constructor(
    private readonly installations: Installations,
    private readonly whole: W,
    private readonly instrument: PartsOf<W>,
  ) {
    const names = Object.keys(instrument);
    this.followed = Object.fromEntries(names.map((name) => [name, { part: undefined, unwrap: undefined }]));
  }

  follow(): void {
    for (const name in this.followed) {
      const followed = this.followed[name] as Followed;
      const part = this.whole[name as keyof W];
      if (part !== followed.part) this.replace(name as keyof W, followed, part);
    }
  }

  release(): void {
    for (const { unwrap } of Object.values(this.followed)) unwrap?.();
  }

  private replace(name: keyof W, followed: Followed, part: W[keyof W]): void {
    followed.unwrap?.();
    followed.part = part;
    followed.unwrap =
      part === undefined || part === null || this.installations.has(part)
        ? undefined
        : this.instrument[name]?.(part);
  }
}
