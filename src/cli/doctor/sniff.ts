import { connect } from 'node:net';

/** What answers at a port when HTTP/1.1 without TLS is spoken to it. */
export type Spoken = 'http/1' | 'http/2' | 'tls' | 'nothing' | { readonly error: string };

const TLS_ALERT = 0x15;
const REQUEST = 'OPTIONS / HTTP/1.1\r\nhost: doctor\r\nconnection: close\r\n\r\n';

export function sniff(host: string, port: number, millis = 2000): Promise<Spoken> {
  return new Promise((resolve) => {
    const socket = connect({ host, port });
    const end = (spoken: Spoken): void => {
      socket.destroy();
      resolve(spoken);
    };
    socket.setTimeout(millis, () => end('nothing'));
    socket.once('connect', () => socket.write(REQUEST));
    socket.once('data', (bytes: Buffer) => end(languageOf(bytes)));
    socket.once('error', ({ code = 'closed' }: NodeJS.ErrnoException) =>
      end(code === 'ECONNRESET' ? 'nothing' : { error: code }),
    );
    socket.once('close', () => end('nothing'));
  });
}

function languageOf(bytes: Buffer): Spoken {
  const text = bytes.toString('latin1');
  if (/HTTPS server|plain HTTP request was sent to HTTPS/i.test(text) || bytes[0] === TLS_ALERT) return 'tls';
  return text.startsWith('HTTP/1') ? 'http/1' : 'http/2';
}
