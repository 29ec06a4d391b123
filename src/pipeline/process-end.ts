/** What the end of the process asks for. */
export interface ProcessEndActions {
  /** The process is about to end, as far as anybody can tell. */
  leaving(): void;
  /** Flushes; true when everything settled in time. */
  flush(): Promise<boolean>;
  shutdown(): Promise<void>;
  pending(): number;
  /** Called where something is lost because the process ends without a flush. */
  lost(): void;
}

/** What ends a process that has no handler for it: stop, Ctrl-C, terminal closed, quit, nodemon's restart, Ctrl-Break. */
const SIGNALS: readonly NodeJS.Signals[] = ['SIGTERM', 'SIGINT', 'SIGHUP', 'SIGQUIT', 'SIGUSR2', 'SIGBREAK'];

/** Of these, what a host that handles them uses for something else, as to read its files anew. */
const OTHER_USES: readonly NodeJS.Signals[] = ['SIGHUP', 'SIGUSR2'];

/**
 * Flushes when the process is about to end, then lets it end as it would have: by the same signal, or with the same
 * exit code. Where the host handles a signal itself, before us or after, that handler decides when to end and we only
 * flush. A second signal ends at once. Returns the function that takes the handlers away.
 */
export function flushAtProcessEnd(actions: ProcessEndActions): () => void {
  const signalled = new Set<NodeJS.Signals>();
  let flushing = false;
  let flushedOnce = false;

  const onSignal = (signal: NodeJS.Signals): void => {
    const first = !signalled.has(signal);
    signalled.add(signal);
    const ours = !handledByHost(signal);
    if (ours || !OTHER_USES.includes(signal)) actions.leaving();
    if (!ours) return void actions.flush();
    if (!first) return raise(signal);
    void actions.shutdown().then(() => raise(signal));
  };
  const raise = (signal: NodeJS.Signals): void => {
    process.off(signal, onSignal);
    try {
      process.kill(process.pid, signal);
    } catch {
      process.exit(1); // Windows cannot send each signal that it has
    }
  };
  const onBeforeExit = (): void => {
    if (flushing || (flushedOnce && actions.pending() === 0)) return;
    flushing = true;
    actions.leaving();
    void actions.flush().then((inTime) => {
      flushing = false;
      flushedOnce = true;
      if (!inTime) process.exit(); // an exporter that still tries would keep the process; the exit code stays
    });
  };
  const onExit = (): void => {
    if (actions.pending() > 0) actions.lost();
  };

  const handled = SIGNALS.filter((signal) => listen(signal, onSignal));
  process.on('beforeExit', onBeforeExit);
  process.on('exit', onExit);
  return () => {
    for (const signal of handled) process.off(signal, onSignal);
    process.off('beforeExit', onBeforeExit);
    process.off('exit', onExit);
  };
}

/** False where the system has no such signal. */
function listen(signal: NodeJS.Signals, listener: (signal: NodeJS.Signals) => void): boolean {
  try {
    // Before all others: a handler that is called once is gone when the next one is called, and would not be seen.
    process.prependListener(signal, listener);
    return true;
  } catch {
    return false;
  }
}

/** Whether anybody but us decides what the signal does. */
function handledByHost(signal: NodeJS.Signals): boolean {
  return process.listenerCount(signal) > 1 + waitingToBeAlone();
}

/**
 * How many listeners the package signal-exit has on each signal. Many tools bring it along, in one of two versions. Its
 * listeners let the process end, but only where nobody else listens.
 */
function waitingToBeAlone(): number {
  const holders = [
    (process as { __signal_exit_emitter__?: unknown }).__signal_exit_emitter__,
    (globalThis as Record<symbol, unknown>)[Symbol.for('signal-exit emitter')],
  ] as ({ readonly count?: unknown } | undefined)[];
  return holders.reduce((sum, holder) => sum + (typeof holder?.count === 'number' ? holder.count : 0), 0);
}
