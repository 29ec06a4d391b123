import { connect } from 'node:net';

const DEFAULT_ENDPOINT = 'http://localhost:4318';

/** Where traces would go: as OTEL_EXPORTER_OTLP_ENDPOINT says, or the Collector's default. */
export function otlpEndpoint(env: NodeJS.ProcessEnv = process.env): string {
  return env.OTEL_EXPORTER_OTLP_ENDPOINT?.trim() || DEFAULT_ENDPOINT;
}

/** Whether something accepts a TCP connection there. */
export async function accepts(endpoint: string, timeoutMillis = 500): Promise<boolean> {
  let url: URL;
  try {
    url = new URL(endpoint);
  } catch {
    return false;
  }
  const port = Number(url.port) || (url.protocol === 'https:' ? 443 : 80);
  return new Promise((resolve) => {
    const socket = connect({ host: url.hostname.replace(/^\[|\]$/g, ''), port });
    const settle = (accepted: boolean) => {
      socket.destroy();
      resolve(accepted);
    };
    socket.setTimeout(timeoutMillis, () => settle(false));
    socket.once('connect', () => settle(true));
    socket.once('error', () => settle(false));
  });
}
