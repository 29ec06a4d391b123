import { withDeadline } from '../../common/deadline.js';

/** What a callback of a host failed with. It is counted and said already, and nothing of ours has failed. */
export class HostCallbackError extends Error {
  override readonly name = 'HostCallbackError';

  constructor(metric: string, cause: unknown) {
    super(`${metric}: a callback failed`, { cause });
  }
}

/** A callback of a host that is asked at each collection, and is not asked again while it hangs. */
export class HostCall<T> {
  /** Runs that are late and not over. */
  private hanging = 0;

  /** @param call - turns what the callback throws into a rejection */
  constructor(private readonly call: () => Promise<T>) {}

  /**
   * What it gives. Rejects with what it throws, and when the time is up.
   *
   * @param millis - undefined for no deadline
   */
  answer(millis: number | undefined): Promise<T> {
    if (this.hanging > 0) return Promise.reject(new Error('an earlier call has not answered yet'));
    const answered = this.call();
    return withDeadline(answered, millis, () => {
      this.hanging++;
      const over = (): void => void this.hanging--;
      answered.then(over, over);
      throw new Error(`no answer in ${millis} ms`);
    });
  }
}
