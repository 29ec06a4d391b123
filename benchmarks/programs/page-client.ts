// A scraper in a thread of its own, so that what it does with the bytes does not stand in the server's way.
import { Agent, get } from 'node:http';
import { parentPort } from 'node:worker_threads';
import { gunzipSync } from 'node:zlib';

export interface PageRequest {
  readonly url: string;
  readonly gzip: boolean;
  /** Whether the text is wanted, or its length alone. */
  readonly keep: boolean;
}

export interface PageAnswer {
  readonly millis: number;
  readonly firstByteMillis: number;
  /** As they came: compressed or not. */
  readonly bytes: number;
  readonly text?: string;
  readonly error?: string;
}

const agent = new Agent({ keepAlive: true });

function fetchPage({ url, gzip, keep }: PageRequest): Promise<PageAnswer> {
  return new Promise((resolve, reject) => {
    const start = performance.now();
    const headers = gzip ? { 'accept-encoding': 'gzip' } : {};
    get(url, { agent, headers }, (response) => {
      const chunks: Buffer[] = [];
      let bytes = 0;
      let firstByteMillis = NaN;
      response.on('data', (chunk: Buffer) => {
        if (bytes === 0) firstByteMillis = performance.now() - start;
        bytes += chunk.length;
        if (keep) chunks.push(chunk);
      });
      response.on('error', reject);
      response.on('end', () => {
        const millis = performance.now() - start;
        const compressed = response.headers['content-encoding'] === 'gzip';
        if (response.statusCode !== 200 || compressed !== gzip)
          return reject(new Error(`answered ${response.statusCode}, compressed: ${compressed}`));
        const body = Buffer.concat(chunks);
        const text = (compressed && keep ? gunzipSync(body) : body).toString();
        resolve({ millis, firstByteMillis, bytes, ...(keep && { text }) });
      });
    }).on('error', reject);
  });
}

parentPort?.on('message', (request: PageRequest) => {
  void fetchPage(request)
    .catch((error: unknown) => ({ error: String(error) }))
    .then((answer) => parentPort?.postMessage(answer));
});
