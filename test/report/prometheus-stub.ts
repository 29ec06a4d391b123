import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

type Labels = Readonly<Record<string, string>>;

/** What an expression is answered with: the first whose text is in it. */
export interface Canned {
  readonly when: string | RegExp;
  readonly series: readonly { readonly labels?: Labels; readonly value: number }[];
  /** Unix seconds from and to which a range has points; else all along. */
  readonly within?: readonly [number, number];
}

export interface PrometheusStub {
  readonly url: string;
  readonly asked: readonly URLSearchParams[];
  close(): Promise<void>;
}

/** Answers as Prometheus does, from a list; what is not in it has no series. */
export async function prometheusStub(canned: readonly Canned[]): Promise<PrometheusStub> {
  const asked: URLSearchParams[] = [];
  const server = createServer((request, response) => {
    const { pathname, searchParams } = new URL(request.url ?? '', 'http://localhost');
    asked.push(searchParams);
    const query = searchParams.get('query') ?? '';
    const found = canned.find(({ when }) =>
      typeof when === 'string' ? query.includes(when) : when.test(query),
    );
    const result = (found?.series ?? []).map(({ labels = {}, value }) => ({
      metric: labels,
      ...(pathname.endsWith('query_range')
        ? { values: timesOf(searchParams, found?.within).map((time) => [time, String(value)]) }
        : { value: [Number(searchParams.get('time')), String(value)] }),
    }));
    response.end(JSON.stringify({ status: 'success', data: { result } }));
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    asked,
    close: async () => {
      server.close();
      server.closeAllConnections();
      await once(server, 'close');
    },
  };
}

function timesOf(range: URLSearchParams, within: Canned['within'] = [0, Infinity]): number[] {
  const [start, end, step] = ['start', 'end', 'step'].map((name) => Number(range.get(name)));
  const count = Math.floor((end! - start!) / step!) + 1;
  const times = Array.from({ length: count }, (_, index) => start! + index * step!);
  return times.filter((time) => time >= within[0] && time <= within[1]);
}
