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

/** Where the API keeps what is registered. It has no public question for logger, propagator and context manager. */
const API_GLOBALS = Symbol.for('opentelemetry.js.api.1');
type ApiGlobal = 'metrics' | 'trace' | 'context' | 'propagation' | 'diag';

export function registeredGlobal(name: ApiGlobal): unknown {
  return (globalThis as Record<symbol, Partial<Record<ApiGlobal, unknown>> | undefined>)[API_GLOBALS]?.[name];
}

/** What takes back the registration just made, unless the host has put another in its place since. */
export function restoreIfOurs(name: ApiGlobal, disable: () => void): () => void {
  const ours = registeredGlobal(name);
  return () => {
    if (registeredGlobal(name) === ours) disable();
  };
}
