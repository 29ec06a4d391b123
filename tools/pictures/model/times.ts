/** Seconds. Longer, and hours say less than dates. */
export const DAYS = 2 * 86_400;

/** Unix seconds at which a range is asked, the last at its end. */
export function timesBetween(from: number, to: number, step: number): number[] {
  const count = Math.max(1, Math.ceil((to - from) / step));
  return Array.from({ length: count }, (_, index) => to - (count - 1 - index) * step);
}
