import type { Attributes } from '@opentelemetry/api';
import { valueAt } from './span-attributes.js';

/**
 * What is told of an exception, by shape, for it may be of another realm or no Error at all. Undefined where there is
 * neither a type nor a message. Never throws.
 * https://opentelemetry.io/docs/specs/semconv/exceptions/exceptions-spans/
 */
export function exceptionAttributes(exception: unknown): Attributes | undefined {
  if (typeof exception === 'string') return exception === '' ? undefined : { 'exception.message': exception };
  if (exception === null || (typeof exception !== 'object' && typeof exception !== 'function'))
    return undefined;
  const type = codeOf(exception) || textAt(exception, 'name');
  const message = textAt(exception, 'message');
  const stack = textAt(exception, 'stack');
  if (!type && !message) return undefined;
  return {
    ...(type && { 'exception.type': type }),
    ...(message && { 'exception.message': message }),
    ...(stack && { 'exception.stacktrace': stack }),
  };
}

/** Node tells its errors apart by their code, as `ENOENT`. */
function codeOf(exception: object): string {
  const code = valueAt(exception, 'code');
  return typeof code === 'string' || (typeof code === 'number' && code !== 0) ? String(code) : '';
}

function textAt(exception: object, key: string): string {
  const value = valueAt(exception, key);
  return typeof value === 'string' ? value : '';
}
