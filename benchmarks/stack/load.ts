// A process that sends one request again and again for some seconds, each time as a new one, and prints what came of it.
import { readFileSync } from 'node:fs';
import { Agent, request } from 'node:http';
import { setTimeout as delay } from 'node:timers/promises';

export interface LoadSettings {
  readonly url: string;
  readonly file: string;
  readonly offsets: readonly number[];
  readonly kind: 'identifiers' | 'times';
  readonly seconds: number;
  readonly connections: number;
}

export interface LoadResult {
  readonly accepted: number;
  /** Answers other than 2xx: the request was sent again. */
  readonly refused: number;
  readonly seconds: number;
}

const { url, file, offsets, kind, seconds, connections } = JSON.parse(process.argv[2]!) as LoadSettings;
const template = readFileSync(file);
const agent = new Agent({ keepAlive: true, maxSockets: connections });
const started = performance.now();
let sendings = 0n;
let accepted = 0;
let refused = 0;

const nowNanos = (): bigint => BigInt(Date.now()) * 1_000_000n + (process.hrtime.bigint() % 1_000_000n);

function post(body: Buffer): Promise<number> {
  return new Promise((resolve, reject) => {
    const headers = { 'content-type': 'application/x-protobuf', 'content-length': body.length };
    const sent = request(url, { method: 'POST', agent, headers }, (response) => {
      response.resume().once('end', () => resolve(response.statusCode!));
    });
    sent.once('error', reject).end(body);
  });
}

async function send(): Promise<void> {
  const body = Buffer.from(template);
  while ((performance.now() - started) / 1000 < seconds) {
    sendings += 1n;
    const value = kind === 'times' ? nowNanos() : sendings;
    for (const at of offsets) body.writeBigUInt64LE(value, at);
    for (;;) {
      const status = await post(body);
      if (status >= 200 && status < 300) break;
      refused += 1;
      await delay(50);
    }
    accepted += 1;
  }
}

await Promise.all(Array.from({ length: connections }, send));
agent.destroy();
const result: LoadResult = { accepted, refused, seconds: (performance.now() - started) / 1000 };
console.log(JSON.stringify(result));
