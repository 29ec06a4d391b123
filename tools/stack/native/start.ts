// npm run stack:native [-- --backends jaeger,prometheus,victoria-logs] [--data FOLDER]
// The stack without Docker: builds what is missing, starts all of it on the ports of docker-compose.yml, and stops it on
// Ctrl-C. Grafana is not among it: its front end is in no registry that Go can build from.
import { once } from 'node:events';
import { relative, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { checkConfiguration } from '../../collector/check-configuration.js';
import { readConfiguration } from '../../collector/configuration-file.js';
import { problemsText, UsageError } from '../../collector/problems.js';
import { nativeBinaries } from '../../native-stack/native-binaries.js';
import { NativeStackError } from '../../native-stack/programs.js';
import { DEFAULT_PORTS, takenPorts } from './ports.js';
import { Program, ProgramError, type ProgramSettings } from './program.js';
import {
  alertLog,
  alertmanager,
  collector,
  collectorFile,
  jaeger,
  look,
  prometheus,
  ROOT,
  type StackSettings,
  victoriaLogs,
} from './programs.js';

const DEFAULT_BACKENDS = 'jaeger,prometheus,victoria-logs';
/** What a person can put right: the message is enough. */
const EXPECTED = [NativeStackError, ProgramError, UsageError];

async function main(): Promise<number> {
  const { backends, data } = flags();
  const files = ['base', ...backends.map((name) => `backends/${name}`)];
  checkFiles(files);

  const stop = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const)
    process.on(signal, () => stop.abort(new NativeStackError('Stopped.')));
  const binaries = await nativeBinaries({ signal: stop.signal });

  const stack: StackSettings = { binaries, ports: DEFAULT_PORTS, data };
  const settings = [
    alertLog(stack),
    jaeger(stack),
    victoriaLogs(stack),
    alertmanager(stack),
    prometheus(stack),
    look(stack),
    collector(stack, { files }),
  ];
  await checkPorts();
  return run(settings, stack, stop.signal);
}

async function run(
  settings: readonly ProgramSettings[],
  stack: StackSettings,
  stop: AbortSignal,
): Promise<number> {
  const running: Program[] = [];
  try {
    // In this order: each finds what it sends to.
    for (const one of settings) {
      if (stop.aborted) return 0;
      running.push(await Program.start(one));
      console.log(`${one.name.padEnd(13)}ready, log in ${relative(process.cwd(), one.logFile)}`);
    }
    console.log(addresses(stack));
    const first = await Promise.race([
      once(stop, 'abort').then(() => undefined),
      ...running.map(async (program) => ({ program, how: await program.ended })),
    ]);
    if (first === undefined) return 0;
    const { program, how } = first;
    console.error(`${program.settings.name} ended (${how}):\n${program.logTail()}`);
    return 1;
  } finally {
    console.log('Stopping.');
    for (const program of running.reverse()) await program.stop();
  }
}

function flags(): { backends: string[]; data: string } {
  try {
    const { values } = parseArgs({
      options: {
        backends: { type: 'string', default: DEFAULT_BACKENDS },
        data: { type: 'string', default: resolve(ROOT, '.cache/native-stack') },
      },
    });
    return { backends: values.backends.split(',').filter(Boolean), data: resolve(values.data) };
  } catch (error) {
    throw new UsageError(
      `${(error as Error).message}\nusage: npm run stack:native [-- --backends ${DEFAULT_BACKENDS}] [--data FOLDER]`,
    );
  }
}

/** Minutes of building are not wasted on a configuration that cannot run. */
function checkFiles(files: readonly string[]): void {
  const read = readConfiguration(files.map(collectorFile), ROOT);
  const { problems } = checkConfiguration(read, process.env);
  if (problems.length > 0) throw new UsageError(problemsText(problems));
}

async function checkPorts(): Promise<void> {
  const taken = await takenPorts(Object.values(DEFAULT_PORTS));
  if (taken.length === 0) return;
  throw new ProgramError(
    `Something listens on ${taken.map((port) => `127.0.0.1:${port}`).join(', ')} already: another stack, or docker compose. Stop that first.`,
  );
}

function addresses({ ports, data }: StackSettings): string {
  const log = relative(process.cwd(), alertLog({ ports, data } as StackSettings).logFile);
  return [
    '',
    `Look          http://127.0.0.1:${ports.look}/ at alerts, dashboards and runbooks`,
    `Traces        http://127.0.0.1:${ports.look}/search`,
    `Queries       http://127.0.0.1:${ports.look}/query`,
    `Events        http://127.0.0.1:${ports.victoriaLogs}/select/vmui/`,
    `Alertmanager  http://127.0.0.1:${ports.alertmanager}/`,
    `Alerts        tail -f ${log}`,
    '',
    `OTLP on ports ${ports.otlpHttp} and, by gRPC, ${ports.otlpGrpc}; the APIs of Prometheus on ${ports.prometheus}, of Jaeger on ${ports.jaeger}.`,
    'The Collector scrapes 127.0.0.1:9464: npm run demo, in another terminal, gives it something.',
    'Ctrl-C stops all of it.',
  ].join('\n');
}

main().then(
  (code) => (process.exitCode = code),
  (error: unknown) => {
    console.error(EXPECTED.some((kind) => error instanceof kind) ? (error as Error).message : error);
    process.exitCode = 1;
  },
);
