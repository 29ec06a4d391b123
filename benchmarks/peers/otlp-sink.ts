import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { plainEnvironment } from '../harness/subject-process.js';

/** A collector in a process of its own, which ends with this one. */
export interface OtlpSink {
  /** Base URL, to which `/v1/traces` is appended. */
  readonly url: string;
  /** Spans that it was sent. */
  spans(): Promise<number>;
}

export async function startOtlpSink(): Promise<OtlpSink> {
  // Beside the chunk that this is compiled into.
  const program = fileURLToPath(new URL('./programs/otlp-sink.js', import.meta.url));
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
