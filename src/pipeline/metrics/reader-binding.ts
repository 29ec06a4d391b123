import { printable } from '../../diagnostics/drop-log.js';
import { ObservabilityError, type OptionProblem } from '../../diagnostics/errors.js';
import type { Collection, CollectOptions, MetricProducer } from './reader-shapes.js';

/** What is called of a reader here. */
interface Reader {
  setMetricProducer(producer: never): void;
}

const ACCEPTED = 'readers of their own, which no other provider has';

/**
 * Binds none of the readers if one of them is bound already: an official one can never be bound again.
 *
 * @throws ObservabilityError AOO_INVALID_OPTIONS naming each
 */
export function refuseBoundReaders(readers: readonly Reader[]): void {
  const problems = readers.flatMap((reader, index): OptionProblem[] => {
    if (readers.indexOf(reader) < index) return [problemOf(index, 'the same reader twice')];
    return isBound(reader) ? [problemOf(index, 'a reader that another provider has')] : [];
  });
  if (problems.length > 0) throw ObservabilityError.invalidOptions(problems);
}

/**
 * Binds each reader to its producer. Where one refuses, those before it are let go, and may be bound here again.
 *
 * @throws ObservabilityError AOO_INVALID_OPTIONS
 */
export function bindReaders<R extends Reader>(
  readers: readonly R[],
  producerOf: (reader: R) => MetricProducer,
): void {
  const bound: Binding[] = [];
  for (const [index, reader] of readers.entries()) {
    try {
      bound.push(bind(reader, producerOf(reader)));
    } catch (error) {
      for (const binding of bound) binding.producer = undefined;
      throw ObservabilityError.invalidOptions([
        problemOf(index, `a reader that fails (${printable(error)})`),
      ]);
    }
  }
}

/** What a reader has, so that it can be let go: readers themselves keep what they are given. */
class Binding implements MetricProducer {
  producer: MetricProducer | undefined;

  collect(options?: CollectOptions): Promise<Collection> {
    return this.producer?.collect(options) ?? Promise.resolve(NOTHING);
  }
}

const NOTHING: Collection = {
  resourceMetrics: { resource: { attributes: {} }, scopeMetrics: [] },
  errors: [],
};

const bindings = new WeakMap<Reader, Binding>();

function bind(reader: Reader, producer: MetricProducer): Binding {
  const known = bindings.get(reader);
  const binding = known !== undefined && known.producer === undefined ? known : new Binding();
  binding.producer = producer;
  try {
    if (binding !== known) reader.setMetricProducer(binding as never);
  } catch (error) {
    binding.producer = undefined;
    throw error;
  }
  bindings.set(reader, binding);
  return binding;
}

/** Whether an official reader has its producer; of others it is not known before they are asked. */
function isBound(reader: Reader): boolean {
  const binding = bindings.get(reader);
  if (binding !== undefined) return binding.producer !== undefined;
  try {
    return (reader as { _sdkMetricProducer?: unknown })._sdkMetricProducer !== undefined;
  } catch {
    return false;
  }
}

function problemOf(index: number, received: string): OptionProblem {
  return { path: `metrics.readers[${index}]`, received, accepted: ACCEPTED, code: 'range' };
}
