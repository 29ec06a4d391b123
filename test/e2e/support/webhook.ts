import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

/** What Alertmanager sends. */
export interface Notification {
  readonly receiver: string;
  readonly status: 'firing' | 'resolved';
  readonly alerts: readonly {
    readonly labels: Readonly<Record<string, string>>;
    readonly annotations: Readonly<Record<string, string>>;
    readonly generatorURL: string;
  }[];
}

export interface Webhook {
  readonly url: string;
  readonly notifications: readonly Notification[];
  readonly paths: readonly string[];
  /** The first that `accept` agrees to, past or to come. */
  next(accept: (notification: Notification) => boolean): Promise<Notification>;
  close(): Promise<void>;
}

/** Takes notifications as a pager would. */
export async function startWebhook(): Promise<Webhook> {
  const notifications: Notification[] = [];
  const paths: string[] = [];
  const waiting = new Set<(notification: Notification) => void>();
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const notification = JSON.parse(Buffer.concat(chunks).toString()) as Notification;
      paths.push(request.url!);
      notifications.push(notification);
      for (const look of [...waiting]) look(notification);
      response.end();
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    notifications,
    paths,
    next: (accept) =>
      new Promise((resolve) => {
        const found = notifications.find(accept);
        if (found !== undefined) return resolve(found);
        const look = (notification: Notification): void => {
          if (!accept(notification)) return;
          waiting.delete(look);
          resolve(notification);
        };
        waiting.add(look);
      }),
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
