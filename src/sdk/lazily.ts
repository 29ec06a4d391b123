/** Makes a value when it is first asked for, and once. What `make` throws is thrown, and the next call tries again. */
export function lazily<T>(make: () => T): () => T {
  let made: { value: T } | undefined;
  return () => (made ??= { value: make() }).value;
}
