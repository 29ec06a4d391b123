// Sends a probe as the library sends, and says why it does not arrive at the first hop.
import { promisify } from 'node:util';
import { monotonicClock } from '../../common/clock.js';
import { nodeZlib } from '../../common/late-modules.js';
import { failureOf } from '../../pipeline/otlp/connection-errors.js';
import { GrpcTransport } from '../../pipeline/otlp/grpc-transport.js';
import { HttpTransport } from '../../pipeline/otlp/http-transport.js';
import type { OtlpTarget } from '../../pipeline/otlp/otlp-target.js';
import { bareHost, portOf } from '../../pipeline/otlp/proxy.js';
import type { Answer } from '../../pipeline/otlp/transport.js';
import { finding, type Finding } from './finding.js';
import { probeMessage, type Mark } from './probe-message.js';
import { sniff, type Spoken } from './sniff.js';

const PATIENCE_MILLIS = 5000;
const HOP = 'kernel → Collector';
const ENDPOINT = 'OTEL_EXPORTER_OTLP_ENDPOINT';

/** Undefined where it was taken. */
export async function sendProbe(target: OtlpTarget, mark: Mark): Promise<Finding | undefined> {
  const answer = await attempt(target, mark);
  if (answer.kind === 'delivered' && answer.rejected === 0) return undefined;
  if (answer.kind === 'delivered')
    return finding(
      HOP,
      `${target.shown} took the request and rejected what is in it`,
      'see the log of the Collector',
    );
  const reason = answer.kind === 'failed' ? answer.reason : 'the request is too large';
  const peer = target.proxy ?? target.url;
  return verdict(target, reason, await sniff(bareHost(peer), portOf(peer)));
}

async function attempt(target: OtlpTarget, mark: Mark): Promise<Answer> {
  const transport =
    target.protocol === 'grpc'
      ? new GrpcTransport(target, monotonicClock)
      : new HttpTransport(target, monotonicClock);
  const message = probeMessage(target.signal, target.protocol, mark);
  const signal = AbortSignal.timeout(PATIENCE_MILLIS);
  try {
    const body = target.compression === 'gzip' ? await promisify(nodeZlib().gzip)(message) : message;
    // The transport lets go of what nobody waits for: here the process waits.
    const waits = setTimeout(() => {}, PATIENCE_MILLIS);
    try {
      return await transport.attempt({ body, signal, remainingMillis: PATIENCE_MILLIS });
    } finally {
      clearTimeout(waits);
    }
  } catch (error) {
    return failureOf(error);
  } finally {
    transport.close();
  }
}

function verdict(target: OtlpTarget, reason: string, spoken: Spoken): Finding {
  const { shown, protocol, url, proxy } = target;
  const isGrpc = protocol === 'grpc';
  const isTls = url.protocol === 'https:';
  if (proxy !== undefined)
    return finding(
      'kernel → proxy → Collector',
      `the proxy ${proxy.host} stands before ${shown}: ${typeof spoken === 'object' ? spoken.error : reason}`,
      `name ${url.hostname} in NO_PROXY, or correct HTTP_PROXY and HTTPS_PROXY`,
    );
  if (typeof spoken === 'object')
    return finding(
      HOP,
      `nothing listens at ${shown} (${spoken.error})`,
      `start the Collector, or correct ${ENDPOINT}`,
    );
  if (isTls && (spoken === 'http/1' || spoken === 'http/2'))
    return finding(
      HOP,
      `${shown} speaks no TLS`,
      `write http:// in ${ENDPOINT}, or give the Collector a certificate`,
    );
  if (!isTls && spoken === 'tls')
    return finding(HOP, `${shown} speaks TLS alone`, `write https:// in ${ENDPOINT}`);
  if (/cert|self.signed|unable to (verify|get)|altname|expired/i.test(reason))
    return finding(
      HOP,
      `the certificate of ${shown} is not trusted: ${reason}`,
      'name the certificate authority in OTEL_EXPORTER_OTLP_CERTIFICATE, and the host as the certificate does',
    );
  if (!isGrpc && spoken === 'http/2')
    return finding(
      HOP,
      `${shown} is a port of gRPC (4317), and ${protocol} is spoken to it`,
      `name the port of HTTP (4318) in ${ENDPOINT}, or set OTEL_EXPORTER_OTLP_PROTOCOL=grpc`,
    );
  if (isGrpc && spoken === 'http/1')
    return finding(
      HOP,
      `${shown} is a port of HTTP (4318), and gRPC is spoken to it`,
      `name the port of gRPC (4317) in ${ENDPOINT}, or set OTEL_EXPORTER_OTLP_PROTOCOL=http/protobuf`,
    );
  return finding(HOP, `${shown} refuses: ${reason}`, fixOf(reason));
}

function fixOf(reason: string): string {
  if (/HTTP 40[45]/.test(reason))
    return `${ENDPOINT} is the base, without /v1/…; a variable of one signal is the whole URL, with /v1/traces, /v1/metrics or /v1/logs`;
  if (/HTTP 40[13]|unauthenticated|permission/i.test(reason))
    return 'set the credentials that it wants in OTEL_EXPORTER_OTLP_HEADERS';
  if (/HTTP (429|503)|unavailable|exhausted/i.test(reason))
    return 'its memory or a queue is full: see OtelCollectorQueueFilling and the backends behind it';
  if (/HTTP 3/.test(reason)) return `name the address that answers itself in ${ENDPOINT}`;
  return 'see the log of the Collector';
}
