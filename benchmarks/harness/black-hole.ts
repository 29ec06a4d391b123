/** Whoever imports this may read it, so nothing that goes into it can be optimized away. */
export const blackHole: { swallowed: unknown } = { swallowed: undefined };

/** Takes a result that nobody needs. */
export function swallow(value: unknown): void {
  blackHole.swallowed = value;
}
