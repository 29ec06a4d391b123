/** Fails with the first of what callbacks of one collection threw, and says how many more there are. */
export function rejectFirst(errors: readonly unknown[]): void {
  if (errors.length > 0) throw new Error(reason(errors), { cause: errors[0] });
}

function reason(errors: readonly unknown[]): string {
  const [first] = errors;
  const text = first instanceof Error && first.message !== '' ? first.message : String(first);
  return errors.length === 1 ? text : `${text}, and ${errors.length - 1} more`;
}
