/** How often a property is tried: so often in CI (`CI=true`), a third of that at the desk. */
export function rounds(full: number): number {
  return process.env['CI'] === 'true' ? full : Math.ceil(full / 3);
}
