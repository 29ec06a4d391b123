// Who a profile's figures belong to: nodes of a call tree, added up by function.
import type { HeapProfiler, Profiler, Runtime } from 'node:inspector';
import { existsSync, readFileSync } from 'node:fs';
import { SourceMap } from 'node:module';
import { fileURLToPath } from 'node:url';

/** A function, or what the engine does beside all functions. */
export interface Share {
  readonly name: string;
  /** File relative to its package, with the line; `native` for what the engine has built in. */
  readonly place: string;
  /** Microseconds or bytes. */
  readonly amount: number;
}

/** Not work: the process waits. */
const IDLE = '(idle)';
const PACKAGE = /^.*\/dist\/(?:esm|cjs)\//;
const DEPENDENCY = /.*\/node_modules\/((?:@[^/]+\/)?[^/]+)\/(.*)$/;
const BENCHMARKS = '/.cache/benchmarks/';

/** Where a built function stands in the sources, if that is known. */
export type OriginalPlace = (frame: Runtime.CallFrame) => string | undefined;

/** Self time by function, the most first. */
export function selfTimes(
  { nodes, samples = [], timeDeltas = [] }: Profiler.Profile,
  original: OriginalPlace,
): Share[] {
  const frames = new Map(nodes.map(({ id, callFrame }) => [id, callFrame]));
  const amounts = new Amounts(original);
  for (const [i, id] of samples.entries()) {
    const frame = frames.get(id);
    if (frame !== undefined && frame.functionName !== IDLE) amounts.add(frame, timeDeltas[i] ?? 0);
  }
  return amounts.ranked();
}

/** Bytes by the function that allocated them, the most first. */
export function allocatedBytes({ head }: HeapProfiler.SamplingHeapProfile, original: OriginalPlace): Share[] {
  const amounts = new Amounts(original);
  const waiting = [head];
  for (let node = waiting.pop(); node !== undefined; node = waiting.pop()) {
    amounts.add(node.callFrame, node.selfSize);
    waiting.push(...node.children);
  }
  return amounts.ranked();
}

export function totalOf(shares: readonly Share[]): number {
  return shares.reduce((sum, { amount }) => sum + amount, 0);
}

class Amounts {
  private readonly byFunction = new Map<string, { name: string; place: string; amount: number }>();

  constructor(private readonly original: OriginalPlace) {}

  add(frame: Runtime.CallFrame, amount: number): void {
    const name = frame.functionName === '' ? '(anonymous)' : frame.functionName;
    const place = placeOf(frame, this.original);
    const key = `${name}\n${place}`;
    const known = this.byFunction.get(key);
    if (known === undefined) this.byFunction.set(key, { name, place, amount });
    else known.amount += amount;
  }

  ranked(): Share[] {
    return [...this.byFunction.values()]
      .filter(({ amount }) => amount > 0)
      .sort((a, b) => b.amount - a.amount);
  }
}

/** Where a function stands, without what would name the machine. */
function placeOf(frame: Runtime.CallFrame, original: OriginalPlace): string {
  const { url, lineNumber } = frame;
  const line = lineNumber + 1;
  if (url === '') return 'native';
  if (url.startsWith('node:')) return url;
  if (url.includes(BENCHMARKS)) return 'the measuring loop';
  const dependency = DEPENDENCY.exec(url);
  if (dependency !== null) return `${dependency[1]}: ${dependency[2]}:${line}`;
  if (!PACKAGE.test(url)) return 'elsewhere';
  return original(frame) ?? `${url.replace(PACKAGE, '')}:${line}`;
}

const maps = new Map<string, SourceMap | undefined>();
const SOURCES = /(?:^|\/)(src\/.+)$/;

/** Where a function of the package stands in its sources, by the source map beside the built file. */
export function originalPlace({ url, lineNumber, columnNumber }: Runtime.CallFrame): string | undefined {
  const entry = mapOf(url)?.findEntry(lineNumber, columnNumber);
  if (entry === undefined || !('originalSource' in entry)) return undefined;
  const source = SOURCES.exec(entry.originalSource)?.[1];
  return source === undefined ? undefined : `${source}:${entry.originalLine + 1}`;
}

function mapOf(url: string): SourceMap | undefined {
  if (maps.has(url)) return maps.get(url);
  const file = `${url.startsWith('file:') ? fileURLToPath(url) : url}.map`;
  const payload = existsSync(file)
    ? (JSON.parse(readFileSync(file, 'utf8')) as SourceMap['payload'])
    : undefined;
  const map = payload && new SourceMap(payload);
  maps.set(url, map);
  return map;
}
