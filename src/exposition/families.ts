import type { DropLog } from '../diagnostics/drop-log.js';
import type { ExposedFamily, ExposedStream } from './exposed-family.js';
import { metricName } from './labels.js';

/** The names that a family takes on a page beside its own. */
export type ReservedNames = (family: ExposedFamily) => readonly string[];

/**
 * The families of a page, each with a valid name of its own, in the order in which their first instruments were made. A
 * family whose name is taken is left out and counted. Registry metrics come first, then histograms with the names of
 * their parts, then the rest.
 *
 * @param taken - names that no family may have
 */
export function familiesOf(
  streams: readonly ExposedStream[],
  reserved: ReservedNames,
  taken: readonly string[],
  drops: DropLog,
): ExposedFamily[] {
  const families = new Map<string, ExposedFamily>();
  const conflict = (stream: ExposedStream, name: string): void => {
    const message = `${stream.name}: left out of the exposition; ${name} is already a metric of another type.`;
    drops.dropped('metrics', 'name_conflict', name, message);
  };
  for (const stream of [...streams].sort((a, b) => Number(b.registry) - Number(a.registry))) {
    const name = exposedName(stream);
    const before = families.get(name);
    if (before === undefined) families.set(name, { name, type: stream.type, streams: [stream] });
    else if (before.type === stream.type && before.streams[0].sums === stream.sums) {
      families.set(name, { ...before, streams: [...before.streams, stream] });
    } else conflict(stream, name);
  }

  const owners = new Set(taken);
  const kept = new Set<ExposedFamily>();
  for (const family of [...families.values()].sort((a, b) => precedence(a) - precedence(b))) {
    const names = [family.name, ...reserved(family)];
    const lost = names.find((name) => owners.has(name));
    if (lost !== undefined) {
      family.streams.forEach((stream) => conflict(stream, lost));
      continue;
    }
    for (const name of names) owners.add(name);
    kept.add(family);
  }
  return [...families.values()].filter((family) => kept.has(family));
}

function precedence({ type, streams }: ExposedFamily): number {
  if (streams[0].registry) return 0;
  return type === 'histogram' ? 1 : 2;
}

function exposedName({ name, type }: ExposedStream): string {
  const plain = metricName(name);
  return type === 'counter' && !plain.endsWith('_total') ? metricName(`${plain}_total`) : plain;
}
