import type { DropLog } from '../diagnostics/drop-log.js';
import type { ExposedFamily, ExposedStream } from './exposed-family.js';

/** The names that a family takes on a page beside its own. */
export type ReservedNames = (family: ExposedFamily) => readonly string[];

export interface FamilyRules {
  /** The name of an instrument; undefined where it can have none. */
  readonly nameOf: (stream: ExposedStream) => string | undefined;
  readonly reserved: ReservedNames;
  /** Names that no family may have. */
  readonly taken: readonly string[];
}

/**
 * The families of a page, each with a valid name of its own, in the order in which their first instruments were made. A
 * family whose name is taken is left out and counted. Registry metrics come first, then histograms with the names of
 * their parts, then the rest.
 */
export function familiesOf(
  streams: readonly ExposedStream[],
  { nameOf, reserved, taken }: FamilyRules,
  drops: DropLog,
): ExposedFamily[] {
  const families = new Map<string, Draft>();
  const conflict = (stream: ExposedStream, name: string): void => {
    const message = `${stream.name}: left out of the exposition; ${name} is already another metric.`;
    drops.dropped('metrics', 'name_conflict', name, message);
  };
  for (const stream of registryFirst(streams)) {
    const name = nameOf(stream);
    if (name === undefined) {
      conflict(stream, `each name for ${stream.name}`);
      continue;
    }
    const before = families.get(name);
    if (before === undefined) families.set(name, { name, type: stream.type, streams: [stream] });
    else if (before.type === stream.type && before.streams[0].sums === stream.sums) {
      before.streams.push(stream);
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

interface Draft extends ExposedFamily {
  readonly streams: [ExposedStream, ...ExposedStream[]];
}

function* registryFirst(streams: readonly ExposedStream[]): Iterable<ExposedStream> {
  for (const stream of streams) if (stream.registry) yield stream;
  for (const stream of streams) if (!stream.registry) yield stream;
}

function precedence({ type, streams }: ExposedFamily): number {
  if (streams[0].registry) return 0;
  return type === 'histogram' ? 1 : 2;
}
