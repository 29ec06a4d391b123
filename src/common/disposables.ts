/** Steps that undo what was started: each is done once, the last one first, whatever another of them throws. */
export class Disposables {
  private readonly steps: (() => void)[] = [];

  add(step: () => void): void {
    this.steps.push(step);
  }

  dispose(): void {
    for (const step of this.steps.splice(0).reverse()) {
      try {
        step();
      } catch {
        // What the host has changed since cannot be taken back.
      }
    }
  }
}
