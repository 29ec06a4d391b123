/** Settles when all have; rejects with the first failure, after the others had their time. */
export async function allOf(...work: (() => Promise<void> | undefined)[]): Promise<void> {
  const results = await Promise.allSettled(work.map(async (start) => start()));
  for (const result of results) if (result.status === 'rejected') throw result.reason;
}
