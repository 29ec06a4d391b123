/** Where telemetry goes: another one of these is another destination, whatever it is made of. */
const DESTINATIONS: ReadonlySet<string> = new Set([
  'meterProvider',
  'tracerProvider',
  'loggerProvider',
  'prometheus.server',
]);

/** Levels of data within data. */
const DEEPEST = 20;

/** How two sets of options compare. */
export interface Comparison {
  readonly same: boolean;
  /** Paths of functions and objects that are alike, but not the same: nobody can tell more of them. */
  readonly alike: readonly string[];
}

/**
 * Compares options as a module that is evaluated again makes them: data by value; functions by their source and objects
 * of a class by their class and text, since both are made anew each time; providers and servers by identity.
 */
export function compareOptions(a: unknown, b: unknown): Comparison {
  const alike: string[] = [];
  const same = compare(a, b, [], alike);
  return { same, alike: same ? alike : [] };
}

function compare(a: unknown, b: unknown, path: readonly string[], alike: string[]): boolean {
  if (Object.is(a, b)) return true;
  if (DESTINATIONS.has(path.join('.')) || !isObject(a) || !isObject(b)) return false;
  if (isData(a) && isData(b)) {
    if (path.length >= DEEPEST) return false; // it may be in itself
    const keys = new Set([...Object.keys(a), ...Object.keys(b)]);
    return [...keys].every((key) => compare(a[key], b[key], [...path, key], alike));
  }
  if (ArrayBuffer.isView(a) && ArrayBuffer.isView(b)) return bytesOf(a).equals(bytesOf(b));
  if (shapeOf(a) !== shapeOf(b)) return false;
  alike.push(path.join('.'));
  return true;
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return (typeof value === 'object' && value !== null) || typeof value === 'function';
}

/** A plain object or an array of any realm: that of a test or a dev server is another. */
function isData(value: object): boolean {
  if (typeof value === 'function') return false;
  const prototype: unknown = Object.getPrototypeOf(value);
  return Array.isArray(value) || prototype === null || Object.getPrototypeOf(prototype) === null;
}

function bytesOf({ buffer, byteOffset, byteLength }: ArrayBufferView): Buffer {
  return Buffer.from(buffer, byteOffset, byteLength);
}

/** The source of a function; of an object, that of its class, and what it says of itself, as a sampler does. */
function shapeOf(value: object): string {
  try {
    if (typeof value === 'function') return Function.prototype.toString.call(value);
    const source = Function.prototype.toString.call(value.constructor);
    return `${source}\n${String(value)}`;
  } catch {
    return '';
  }
}
