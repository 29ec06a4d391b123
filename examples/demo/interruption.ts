/** Signals of one Ctrl-C may arrive twice, from the terminal and from the npm script around this process. */
const ECHO_MILLIS = 1000;

/** Aborted by the first Ctrl-C or SIGTERM; a later one ends the process at once. */
export function interruption(): AbortSignal {
  const controller = new AbortController();
  let firstAt: number | undefined;
  const interrupt = (signal: NodeJS.Signals) => {
    firstAt ??= performance.now();
    if (performance.now() - firstAt > ECHO_MILLIS) process.exit(signal === 'SIGINT' ? 130 : 143);
    controller.abort();
  };
  process.on('SIGINT', interrupt);
  process.on('SIGTERM', interrupt);
  return controller.signal;
}
