import { Diagnostics } from '../diagnostics.js';
import { printable } from './drop-log.js';

const diagnostics = new Diagnostics();

/**
 * Wraps the recording methods of a class (`record…`, `set…`), so that whatever a caller passes, an absent options
 * object or a getter that throws included, costs a warning and never an exception in the host.
 */
export function neverThrowing(type: { readonly name: string; readonly prototype: object }): void {
  const prototype = type.prototype as Record<string, unknown>;
  for (const method of Object.getOwnPropertyNames(prototype)) {
    const original = prototype[method];
    if (!/^(record|set)[A-Z]/.test(method) || typeof original !== 'function') continue;
    prototype[method] = function (this: unknown, argument: unknown): void {
      try {
        original.call(this, argument);
      } catch (error) {
        diagnostics.warnOnce(
          `${type.name}.${method}`,
          `${type.name}.${method}: dropped (${printable(error)}).`,
        );
      }
    };
  }
}
