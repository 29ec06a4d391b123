import type { ServerResponse } from 'node:http';

/**
 * Sends a body in pieces, none before the client has taken the one before, and leaves it as soon as the client has
 * gone. Where making it fails, the connection is closed without the end of the body. Never rejects.
 *
 * Not `stream.pipeline()`: that destroys the socket with the error, which the host's `clientError` would then hear
 * of.
 */
export async function sendStream(
  iterator: AsyncIterator<Uint8Array, unknown>,
  response: ServerResponse,
): Promise<void> {
  let resume: () => void = () => undefined;
  const onDrain = (): void => resume();
  const onClose = (): void => {
    // At once: the next piece may be long in coming.
    void leave(iterator);
    resume();
  };
  response.on('drain', onDrain).once('close', onClose);
  try {
    for (;;) {
      const { value, done } = await iterator.next();
      if (response.destroyed) break;
      if (done === true) {
        response.end();
        break;
      }
      if (!response.write(value)) await new Promise<void>((resolve) => (resume = resolve));
    }
  } catch {
    response.destroy();
  } finally {
    response.off('drain', onDrain).off('close', onClose);
    await leave(iterator);
  }
}

async function leave(iterator: AsyncIterator<Uint8Array, unknown>): Promise<void> {
  try {
    await iterator.return?.();
  } catch {
    // A stream of the host's own that cannot be left: there is nobody to tell.
  }
}
