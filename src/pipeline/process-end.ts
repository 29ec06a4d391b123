/** What the end of the process asks for. */
export interface ProcessEndActions {
  /** Flushes; true when everything settled in time. */
  flush(): Promise<boolean>;
  shutdown(): Promise<void>;
  pending(): number;
  /** Called where spans are lost because the process ends without a flush. */
  lost(spans: number): void;
}

const SIGNALS = ['SIGTERM', 'SIGINT'] as const;

/**
 * Flushes when the process is about to end, then lets it end as it would have: by the same signal, or with the same
 * exit code. Where the host handles a signal itself, that handler decides when to end and we only flush. A second
 * signal ends at once. Returns the function that takes the handlers away.
 */
export function flushAtProcessEnd(actions: ProcessEndActions): () => void {
  const signalled = new Set<NodeJS.Signals>();
  let flushing = false;
  let flushedOnce = false;

  const onSignal = (signal: NodeJS.Signals): void => {
    if (process.listenerCount(signal) > 1) return void actions.flush();
    if (signalled.has(signal)) return raise(signal);
    signalled.add(signal);
    void actions.shutdown().then(() => raise(signal));
  };
  const raise = (signal: NodeJS.Signals): void => {
    process.off(signal, onSignal);
    process.kill(process.pid, signal);
  };
  const onBeforeExit = (): void => {
    if (flushing || (flushedOnce && actions.pending() === 0)) return;
    flushing = true;
    void actions.flush().then((inTime) => {
      flushing = false;
      flushedOnce = true;
      if (!inTime) process.exit(); // an exporter that still tries would keep the process; the exit code stays
    });
  };
  const onExit = (): void => {
    if (actions.pending() > 0) actions.lost(actions.pending());
  };

  const handled = SIGNALS.filter((signal) => process.listenerCount(signal) === 0);
  for (const signal of handled) process.on(signal, onSignal);
  process.on('beforeExit', onBeforeExit);
  process.on('exit', onExit);
  return () => {
    for (const signal of handled) process.off(signal, onSignal);
    process.off('beforeExit', onBeforeExit);
    process.off('exit', onExit);
  };
}
