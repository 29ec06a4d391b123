import { DropLog } from '../diagnostics/drop-log.js';

/** For a method that was taken off its object and called without it. */
const detached = new DropLog();

/**
 * Wraps the recording methods of a class (`record…`, `set…`), so that whatever a caller passes, an absent options
 * object or a getter that throws included, is counted in the instance's `drops` and never an exception in the host.
 */
export function neverThrowing(type: {
  readonly name: string;
  readonly prototype: { readonly drops: DropLog };
}): void {
  const prototype = type.prototype as unknown as Record<string, unknown>;
  for (const method of Object.getOwnPropertyNames(prototype)) {
    const original = prototype[method];
    if (!/^(record|set)[A-Z]/.test(method) || typeof original !== 'function') continue;
    prototype[method] = function (this: { readonly drops?: DropLog } | undefined, argument: unknown): void {
      try {
        original.call(this, argument);
      } catch (error) {
        (this?.drops ?? detached).invalidCall(`${type.name}.${method}`, error);
      }
    };
  }
}
