// What a drill waits for, one hop after the other, each with its time.
import { setTimeout as delay } from 'node:timers/promises';

export interface Hop {
  readonly name: string;
  /** What to do where it fails. */
  readonly fix: string;
  /** True once it holds. What it throws says that it cannot hold. */
  readonly holds: () => Promise<boolean>;
}

export interface Passed {
  readonly name: string;
  /** Since the incident. */
  readonly seconds: number;
}

export interface Course {
  readonly passed: readonly Passed[];
  readonly failed?: { readonly name: string; readonly why: string; readonly fix: string };
}

const LOOK_MILLIS = 200;

/** @param since - the incident, by `performance.now()` */
export async function wait(hops: readonly Hop[], since: number, timeoutSeconds: number): Promise<Course> {
  const passed: Passed[] = [];
  for (const { name, fix, holds } of hops) {
    const why = await heldWithin(holds, timeoutSeconds * 1000);
    if (why !== undefined) return { passed, failed: { name, why, fix } };
    passed.push({ name, seconds: rounded((performance.now() - since) / 1000) });
  }
  return { passed };
}

const rounded = (seconds: number): number => Math.round(seconds * 1000) / 1000;

/** Why it did not hold. */
async function heldWithin(holds: () => Promise<boolean>, millis: number): Promise<string | undefined> {
  const deadline = performance.now() + millis;
  let last = `not within ${millis / 1000} s`;
  do {
    try {
      if (await holds()) return undefined;
    } catch (error) {
      last = (error as Error).message;
      if (error instanceof Broken) return last;
    }
    await delay(LOOK_MILLIS);
  } while (performance.now() < deadline);
  return last;
}

/** It will not hold, however long one waits. */
export class Broken extends Error {
  override readonly name = 'Broken';
}
