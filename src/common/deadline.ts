/** Waits for `work` at most until the deadline; true when it settled in time. Never rejects. */
export async function settledWithin(
  work: Promise<unknown>,
  millis: number,
  onError: (error: unknown) => void,
): Promise<boolean> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<false>((resolve) => {
    timer = setTimeout(() => resolve(false), millis);
  });
  const settled = work.then(
    () => true as const,
    (error: unknown) => {
      onError(error);
      return true as const;
    },
  );
  try {
    return await Promise.race([settled, late]);
  } finally {
    clearTimeout(timer);
  }
}

/** Settles when all have; rejects with the first failure, after the others had their time. */
export async function allOf(...work: (() => Promise<void> | undefined)[]): Promise<void> {
  const results = await Promise.allSettled(work.map(async (start) => start()));
  for (const result of results) if (result.status === 'rejected') throw result.reason;
}
