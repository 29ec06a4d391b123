/** Tells the parent, who reads stdout, when this program was ready. */
export function ready(): void {
  process.stdout.write(`${performance.timeOrigin + performance.now()}\n`, () => process.exit());
}
