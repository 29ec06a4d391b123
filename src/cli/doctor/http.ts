// Questions to the programs of the stack: bounded in time and size, and without redirects.
const MAX_BYTES = 16 * 1024 * 1024;

export interface Answered {
  readonly status: number;
  readonly text: string;
  /** The clock of whoever answered. */
  readonly date: Date | undefined;
}

/** @throws Error that says who does not answer, and why */
export async function ask(url: string, init: RequestInit = {}, millis = 3000): Promise<Answered> {
  try {
    const response = await fetch(url, { redirect: 'error', ...init, signal: AbortSignal.timeout(millis) });
    const length = Number(response.headers.get('content-length') ?? 0);
    if (length > MAX_BYTES) throw new Error(`an answer of ${length} bytes`);
    const date = response.headers.get('date');
    return { status: response.status, text: await response.text(), date: date ? new Date(date) : undefined };
  } catch (error) {
    const { cause, message } = error as Error & { cause?: { code?: string; message?: string } };
    throw new Error(cause?.code ?? cause?.message ?? message, { cause: error });
  }
}

/** The JSON of an answer with 200; undefined for any other. */
export async function askJson<T>(url: string, init: RequestInit = {}): Promise<T | undefined> {
  const { status, text } = await ask(url, init);
  return status === 200 ? (JSON.parse(text) as T) : undefined;
}

export type Samples = readonly { readonly name: string; readonly labels: string; readonly value: number }[];

/** The samples of a page of metrics, labels as they stand there. */
export async function askMetrics(url: string): Promise<Samples> {
  const { text } = await ask(url);
  return text.split('\n').flatMap((line) => {
    const [, name, labels = '', value] = /^([\w:]+)(?:\{(.*)\})? ([^ ]+)/.exec(line) ?? [];
    return name === undefined ? [] : [{ name, labels, value: Number(value) }];
  });
}

/** The sum of the samples of a name whose labels match. */
export const sumOf = (samples: Samples, name: RegExp, labels = /(?:)/): number =>
  samples.reduce((sum, one) => (name.test(one.name) && labels.test(one.labels) ? sum + one.value : sum), 0);
