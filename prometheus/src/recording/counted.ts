import { Counter, increaseOver, type Expression } from '../promql/index.js';

type Window = Parameters<typeof increaseOver>[1];

/** The service of drills: its kernels page as any other, and nothing that is added up has them. */
const DRILL = 'agent-os-drill';

/** What a counter brought within a window, in the services that do real work. */
export function counted<L extends string>({ selector }: Counter<L>, window: Window): Expression<L> {
  const open = selector.endsWith('}') ? `${selector.slice(0, -1)},` : `${selector}{`;
  return increaseOver(new Counter<L>(`${open}service_name!="${DRILL}"}`), window);
}
