import { spawn } from 'node:child_process';
import { dirname, join } from 'node:path';
import { plainEnvironment } from '../harness/subject-process.js';

/** A collector in a process of its own, which ends with this one. */
export interface OtlpSink {
  /** Base URL, to which `/v1/traces` is appended. */
  readonly url: string;
  /** Spans that it was sent. */
  spans(): Promise<number>;
}

export async function startOtlpSink(): Promise<OtlpSink> {
  const program = join(dirname(process.argv[1] as string), 'programs', 'otlp-sink.js');
  const child = spawn(process.execPath, [program], {
    env: plainEnvironment(),
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  const port = await new Promise<string>((resolve, reject) => {
    child.once('exit', (code) => reject(new Error(`the sink ended with ${code}`)));
    child.stdout.once('data', (chunk) => resolve(String(chunk).trim()));
  });
  const url = `http://127.0.0.1:${port}`;
  return { url, spans: async () => Number(await (await fetch(url)).text()) };
}
