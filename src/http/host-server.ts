import { errorMonitor, type EventEmitter } from 'node:events';
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import {
  closedBeforeListening,
  listenError,
  requestPath,
  addressOf,
  type MetricsServerAddress,
  reachedAt,
} from './server-address.js';
import type { GuardedServerOptions, MetricsServer } from './metrics-server.js';
import { nodeMetrics } from './node.js';
import { guarded, type Listener } from './server-pages.js';

/** The metrics page on a server that the host owns: see `startMetricsServer`. */
export function joinHostServer(server: Server, options: GuardedServerOptions): MetricsServer {
  const { guard } = options;
  const answer = guarded(
    (request) => guard.refuse(request, reachedAt(server, request.socket)),
    nodeMetrics(options.handler),
  );
  const restore = interceptPath(server, options.path, answer);
  const events: EventEmitter = server;
  let stopWaiting: () => void = () => undefined;

  const ready = new Promise<MetricsServerAddress>((resolve, reject) => {
    const listening = (): void => {
      events.off(errorMonitor, failed);
      resolve(addressOf(server, options.path));
    };
    const failed = (error: Error & { address?: string; port?: number }): void => {
      events.off('listening', listening);
      reject(listenError(error, error.address ?? options.host, error.port ?? options.port));
    };
    stopWaiting = () => {
      events.off('listening', listening).off(errorMonitor, failed);
      reject(closedBeforeListening());
    };
    if (server.listening) return listening();
    // A monitor, for an 'error' listener would take the host's own handling away.
    events.once('listening', listening).once(errorMonitor, failed);
  });
  ready.catch(() => undefined);

  const close = (): Promise<void> => {
    restore();
    stopWaiting();
    return Promise.resolve();
  };
  return { ready, close };
}

/**
 * Has requests for `path` answered by `answer`, and no others: the server's own listeners, whether added
 * before or after, get everything else and never see these. That is why it is `emit` that is wrapped. One
 * more 'request' listener would answer beside the host's 404, and moving the host's listeners would break its
 * `removeListener` and miss those that come later.
 *
 * @returns what undoes it, also when something else has wrapped `emit` in between
 */
function interceptPath(server: Server, path: string, answer: Listener): () => void {
  const hadOwnEmit = Object.hasOwn(server, 'emit');
  const emit = Reflect.get(server, 'emit') as (...parameters: unknown[]) => boolean;
  let isActive = true;

  const intercepting = (...parameters: unknown[]): boolean => {
    const [event, request, response] = parameters;
    if (isActive && event === 'request' && requestPath((request as IncomingMessage).url) === path) {
      answer(request as IncomingMessage, response as ServerResponse);
      return true;
    }
    return emit.apply(server, parameters);
  };
  server.emit = intercepting as typeof server.emit;

  return () => {
    isActive = false;
    if (server.emit !== intercepting) return;
    if (hadOwnEmit) server.emit = emit as typeof server.emit;
    else Reflect.deleteProperty(server, 'emit');
  };
}
