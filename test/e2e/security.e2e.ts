import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { ROOT } from '../../tools/stack/native/programs.js';
import { eventually, eventuallyEqual } from './support/eventually.js';
import { ALLOWED, DENIED, type KernelHost } from './support/kernel-host.js';
import { observed } from './support/observed.js';
import { stackOfEachTest, TestStack } from './support/test-stack.js';

const tls = (name: string): string => join(ROOT, 'test/support/fixtures/tls', name);
/** What the certificates of the test are for. */
const RECEIVERS = {
  COLLECTOR_TLS_CERT_FILE: tls('receiver.pem'),
  COLLECTOR_TLS_KEY_FILE: tls('receiver.key'),
  COLLECTOR_TLS_CLIENT_CA_FILE: tls('ca.pem'),
};
const CLIENT = {
  OTEL_EXPORTER_OTLP_CERTIFICATE: tls('ca.pem'),
  OTEL_EXPORTER_OTLP_CLIENT_CERTIFICATE: tls('client.pem'),
  OTEL_EXPORTER_OTLP_CLIENT_KEY: tls('client.key'),
};
const PROTOCOLS = ['http/protobuf', 'grpc'] as const;

describe('the receivers', () => {
  const stackOf = stackOfEachTest();
  const agentOf = stackOfEachTest();

  /** A host that pushes, by a protocol, with what it shows in the environment. */
  const hostOf = (
    stack: TestStack,
    protocol: (typeof PROTOCOLS)[number],
    serviceName: string,
    env: Record<string, string>,
    secure = false,
  ): Promise<KernelHost> => {
    const url = protocol === 'grpc' ? stack.otlpGrpcUrl : stack.otlpUrl;
    const endpoint = secure ? url.replace('http://127.0.0.1', 'https://localhost') : url;
    return stack.startHost(
      {
        serviceName,
        prometheus: false,
        otlp: { endpoint, protocol, timeoutMillis: 1000 },
        metrics: { otlp: true },
      },
      env,
    );
  };
  const pushOnce = async (host: KernelHost): Promise<void> => {
    await host.act('agent-1', ALLOWED, 3);
    await host.flush();
  };
  const services = async (stack: TestStack): Promise<string[]> =>
    (await stack.prometheus.query('sum by (service_name) (agent_os_requests_total)'))
      .map(({ labels, value }) => `${labels['service_name']} ${value}`)
      .sort();

  it('take by security/bearer.yaml from those that show a token, and nobody else', async () => {
    const stack = stackOf();
    const tokens = join(stack.folder('secrets'), 'tokens');
    writeFileSync(tokens, 'token-of-claims # claims\ntoken-of-billing # billing\n');
    await stack.startPrometheus();
    await stack.startCollector({
      files: ['base', 'security/bearer', 'backends/prometheus'],
      env: { COLLECTOR_BEARER_FILE: tokens },
    });
    const lost: string[] = [];
    for (const protocol of PROTOCOLS) {
      const name = protocol.replace('/', '-');
      for (const [who, headers] of Object.entries({
        claims: 'authorization=Bearer token-of-claims',
        billing: 'authorization=Bearer token-of-billing',
        stranger: 'authorization=Bearer token-of-nobody',
        nobody: '',
      })) {
        const env: Record<string, string> = headers ? { OTEL_EXPORTER_OTLP_HEADERS: headers } : {};
        const host = await hostOf(stack, protocol, `${who}-${name}`, env);
        await pushOnce(host);
        lost.push(`${who} ${(await host.spansLost()) > 0}`);
      }
    }
    expect([...new Set(lost)].sort()).toEqual([
      'billing false',
      'claims false',
      'nobody true',
      'stranger true',
    ]);
    const expected = ['billing-grpc 3', 'billing-http-protobuf 3', 'claims-grpc 3', 'claims-http-protobuf 3'];
    await eventuallyEqual('services', () => services(stack), expected);
    observed('security', 'security/bearer.yaml, over HTTP and gRPC', [
      'two senders with tokens of the file arrive; one with another token and one with none are refused, and count their spans as lost',
    ]);
  });

  it('take by security/mtls.yaml from those with a certificate of the CA, and nobody else', async () => {
    const stack = stackOf();
    await stack.startPrometheus();
    await stack.startCollector({
      files: ['base', 'security/mtls', 'backends/prometheus'],
      env: RECEIVERS,
    });
    const lost: string[] = [];
    for (const protocol of PROTOCOLS) {
      const name = protocol.replace('/', '-');
      for (const [who, env] of Object.entries({
        known: CLIENT,
        stranger: {
          ...CLIENT,
          OTEL_EXPORTER_OTLP_CLIENT_CERTIFICATE: tls('stranger.pem'),
          OTEL_EXPORTER_OTLP_CLIENT_KEY: tls('stranger.key'),
        },
        nobody: { OTEL_EXPORTER_OTLP_CERTIFICATE: tls('ca.pem') },
      })) {
        const host = await hostOf(stack, protocol, `${who}-${name}`, env, true);
        await pushOnce(host);
        lost.push(`${who} ${(await host.spansLost()) > 0}`);
      }
    }
    expect([...new Set(lost)].sort()).toEqual(['known false', 'nobody true', 'stranger true']);
    await eventuallyEqual('services', () => services(stack), ['known-grpc 3', 'known-http-protobuf 3']);
    observed('security', 'security/mtls.yaml, over HTTP and gRPC', [
      'a sender with a certificate of the CA arrives; one of another CA and one without are refused, and count their spans as lost',
    ]);
  });

  it('of gateways take from agents that show both', async () => {
    const [stack, agent] = [stackOf(), agentOf()];
    const folder = stack.folder('secrets');
    const files = { kernels: join(folder, 'kernels'), agents: join(folder, 'agents') };
    writeFileSync(files.kernels, 'token-of-kernels\n');
    writeFileSync(files.agents, 'token-of-agents\n');
    await Promise.all([stack.startPrometheus(), stack.startJaeger()]);
    await stack.startCollector({
      files: [
        'base',
        'gateway/gateway',
        'security/mtls',
        'security/bearer',
        'backends/prometheus',
        'backends/jaeger',
      ],
      env: { ...RECEIVERS, COLLECTOR_BEARER_FILE: files.agents },
    });
    await agent.startCollector({
      files: ['gateway/agent', 'security/bearer-agent', 'security/mtls-agent'],
      env: {
        GATEWAY_HOST: 'localhost',
        GATEWAY_PORT: String(stack.settings.ports.otlpGrpc),
        GATEWAY_TLS_CA_FILE: tls('ca.pem'),
        GATEWAY_TLS_CERT_FILE: tls('client.pem'),
        GATEWAY_TLS_KEY_FILE: tls('client.key'),
        GATEWAY_BEARER_FILE: files.agents,
        COLLECTOR_BEARER_FILE: files.kernels,
        KERNEL_METRICS_TARGET: `127.0.0.1:${agent.kernelPort}`,
      },
    });
    const host = await agent.startHost(
      { prometheus: false, metrics: { otlp: true } },
      { OTEL_EXPORTER_OTLP_HEADERS: 'authorization=Bearer token-of-kernels' },
    );
    const [denied] = await host.act('agent-1', DENIED);
    await pushOnce(host);
    await eventuallyEqual('services', () => services(stack), ['e2e-kernel 4']);
    await eventually('the denied trace', async () =>
      (await stack.jaeger.traceIds('e2e-kernel')).includes(denied!) ? true : undefined,
    );
    expect(await host.spansLost()).toBe(0);
    observed('security', 'bearer-agent.yaml and mtls-agent.yaml', [
      'kernel to agent with a token, agent to gateway with a token and a certificate: traces and metrics arrive',
    ]);
  });
});
