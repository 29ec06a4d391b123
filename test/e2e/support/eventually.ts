import { setTimeout as delay } from 'node:timers/promises';

const LOOK_MILLIS = 200;
/** Long: it only decides how late a failure is told. */
const PATIENCE_MILLIS = 60_000;

/** Looks again and again until `look` gives something, and says what it saw last when it never does. */
export async function eventually<T>(
  what: string,
  look: () => Promise<T | undefined>,
  seen: () => unknown = () => 'nothing',
  patienceMillis = PATIENCE_MILLIS,
): Promise<T> {
  const deadline = Date.now() + patienceMillis;
  let failure: unknown;
  do {
    try {
      const found = await look();
      if (found !== undefined) return found;
    } catch (error) {
      failure = error; // not there yet
    }
    await delay(LOOK_MILLIS);
  } while (Date.now() < deadline);
  const last = failure === undefined ? '' : `; last failure: ${String(failure)}`;
  throw new Error(`not within ${patienceMillis / 1000} s: ${what}; seen: ${JSON.stringify(seen())}${last}`);
}

/** Until both are the same; a failure shows both. */
export async function eventuallyEqual<T>(what: string, look: () => Promise<T>, expected: T): Promise<void> {
  let last: T | undefined;
  await eventually(
    `${what} to be ${JSON.stringify(expected)}`,
    async () => {
      last = await look();
      return JSON.stringify(last) === JSON.stringify(expected) ? true : undefined;
    },
    () => last,
  );
}
