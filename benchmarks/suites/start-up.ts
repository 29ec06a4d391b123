import { spawn } from 'node:child_process';
import { createServer, type AddressInfo } from 'node:net';
import { dirname, join } from 'node:path';
import { plainEnvironment } from '../harness/subject-process.js';
import type { Sample, Subject, SubjectDeclaration, Suite } from '../harness/subject.js';

const DISABLED = { OTEL_SDK_DISABLED: 'true' };

/** From the start of a process to the moment at which its telemetry is ready. */
export const startUp: Suite = {
  name: 'start-up',
  title: 'Start-up',
  about:
    'From the start of a Node process until it has imported the package and its metrics page listens: a Prometheus ' +
    'endpoint, spans by OTLP over HTTP with protobuf. The peer is `NodeSDK` with the stock exporters for the same. ' +
    'Disabled means `OTEL_SDK_DISABLED=true`.',
  table: 'start-up',
  subjects: [
    program('node-alone', 'Node alone'),
    program('agent-os', '`initObservability`, until `ready`', { comparedWith: ['node-sdk'] }),
    program('node-sdk', '`NodeSDK`, until its page listens'),
    program('agent-os-disabled', '`initObservability`, disabled', {
      comparedWith: ['node-sdk-disabled'],
      file: 'agent-os',
      environment: DISABLED,
    }),
    program('node-sdk-disabled', '`NodeSDK`, disabled', { file: 'node-sdk', environment: DISABLED }),
  ],
  repeat: () => ({ processes: 1, rounds: 11 }),
  secondsPerSubject: () => 6,
};

function program(
  id: string,
  label: string,
  options: { comparedWith?: string[]; file?: string; environment?: Readonly<Record<string, string>> } = {},
): SubjectDeclaration {
  const { comparedWith = [], file = id, environment = {} } = options;
  return { id, label, comparedWith, open: () => new Program(file, environment) };
}

class Program implements Subject {
  private readonly path: string;

  constructor(
    private readonly file: string,
    private readonly environment: Readonly<Record<string, string>>,
  ) {
    // Beside the compiled process of the subject.
    this.path = join(dirname(process.argv[1] as string), 'programs', `${file}.js`);
  }

  async warmUp(): Promise<void> {
    await this.round(); // its files are then in the cache of the system
  }

  async round(): Promise<Sample> {
    const port = await freePort();
    const start = performance.timeOrigin + performance.now();
    const child = spawn(process.execPath, [this.path, String(port)], {
      env: { ...plainEnvironment(), ...this.environment },
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    let text = '';
    child.stdout.on('data', (chunk) => (text += chunk));
    const code = await new Promise((resolve) => child.once('close', resolve));
    const ready = Number.parseFloat(text);
    if (code !== 0 || Number.isNaN(ready))
      throw new Error(`${this.file} ended with ${code}, saying "${text}"`);
    return { millis: ready - start };
  }

  async finish(): Promise<Sample> {
    return {};
  }
}

/** The stock exporter takes port 0 for its default, so a free one is looked for. */
async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}
