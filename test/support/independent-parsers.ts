import { spawnSync } from 'node:child_process';
import type { Labels, Sample } from '../../src/testing/samples.js';
import type { OpenMetricsSample } from '../../src/testing/parse-openmetrics.js';

export interface PromtoolVerdict {
  /** 0 accepted, 1 not parsable, 3 parsable but against the naming rules. */
  readonly status: number;
  readonly output: string;
}

/** What `promtool check metrics` says of text 0.0.4; undefined where promtool is not installed. */
export function promtoolCheck(text: string): PromtoolVerdict | undefined {
  const { status, output } = run('promtool', ['check', 'metrics'], text) ?? {};
  return status === undefined || output === undefined ? undefined : { status, output };
}

/** A text as somebody else's parser reads it. */
export type PythonVerdict<T = Sample> = { readonly samples: readonly T[] } | { readonly error: string };

/** Reads a list of texts, and says of each what it reads or why it does not. */
const PYTHON_PROGRAM = `
import json, sys
try:
    from prometheus_client.parser import text_string_to_metric_families as text
    from prometheus_client.openmetrics.parser import text_string_to_metric_families as openmetrics
except ImportError:
    sys.exit(7)

def number(value):
    return None if value is None else repr(float(value))

def sample(s):
    exemplar = s.exemplar and {
        'labels': s.exemplar.labels,
        'value': number(s.exemplar.value),
        'timestamp': number(s.exemplar.timestamp),
    }
    values = {'value': number(s.value), 'timestamp': number(s.timestamp), 'exemplar': exemplar}
    return {'name': s.name, 'labels': s.labels, **values}

def verdict(read, exposition):
    try:
        return {'samples': [sample(s) for family in read(exposition) for s in family.samples]}
    except Exception as error:
        return {'error': repr(error)}

read = {'text': text, 'openmetrics': openmetrics}[sys.argv[1]]
expositions = json.loads(sys.stdin.buffer.read().decode('utf-8'))
print(json.dumps([verdict(read, exposition) for exposition in expositions]))
`;

/** Numbers are in the notation of Python, times in seconds. */
interface PythonSample {
  name: string;
  labels: Labels;
  value: string;
  timestamp: string | null;
  exemplar: { labels: Labels; value: string; timestamp: string | null } | null;
}

/**
 * What the parser of Python's prometheus_client reads in text 0.0.4; undefined where that package cannot be imported.
 *
 * @param python - the interpreter.
 */
export function pythonParse(text: string, python = 'python3'): PythonVerdict | undefined {
  return pythonVerdicts('text', [text], python)?.[0];
}

/** The same for OpenMetrics. That parser is laxer than the specification. */
export function openMetricsByPython(
  text: string,
  python = 'python3',
): PythonVerdict<OpenMetricsSample> | undefined {
  return pythonVerdicts('openmetrics', [text], python)?.[0];
}

/** The same for many texts, by one interpreter. */
export function allOpenMetricsByPython(
  texts: readonly string[],
  python = 'python3',
): PythonVerdict<OpenMetricsSample>[] | undefined {
  return pythonVerdicts('openmetrics', texts, python);
}

/** The same for many texts in 0.0.4. */
export function allTextsByPython(texts: readonly string[], python = 'python3'): PythonVerdict[] | undefined {
  return pythonVerdicts('text', texts, python);
}

function pythonVerdicts(
  format: 'text' | 'openmetrics',
  texts: readonly string[],
  python: string,
): PythonVerdict<OpenMetricsSample>[] | undefined {
  const result = run(python, ['-c', PYTHON_PROGRAM, format], JSON.stringify(texts));
  if (result === undefined || result.status === 7) return undefined;
  if (result.status !== 0) throw new Error(`${python} failed: ${result.output}`);
  const verdicts = JSON.parse(result.output) as ({ samples: PythonSample[] } | { error: string })[];
  return verdicts.map((verdict) =>
    'error' in verdict ? verdict : { samples: verdict.samples.map(fromPython) },
  );
}

function fromPython({ name, labels, value, timestamp, exemplar }: PythonSample): OpenMetricsSample {
  const timed = (seconds: string | null): { timestamp?: number } =>
    seconds === null ? {} : { timestamp: Math.round(fromRepr(seconds) * 1_000) };
  return {
    name,
    labels,
    value: fromRepr(value),
    ...timed(timestamp),
    ...(exemplar && {
      exemplar: { labels: exemplar.labels, value: fromRepr(exemplar.value), ...timed(exemplar.timestamp) },
    }),
  };
}

function fromRepr(value: string): number {
  if (value.endsWith('inf')) return value.startsWith('-') ? -Infinity : Infinity;
  return Number(value);
}

function run(command: string, args: string[], input: string): { status: number; output: string } | undefined {
  const result = spawnSync(command, args, {
    input,
    encoding: 'utf8',
    // Named, since jest gives tests a `process.env` of their own.
    env: process.env,
    timeout: 30_000,
    maxBuffer: 2 ** 26,
  });
  if ((result.error as NodeJS.ErrnoException | undefined)?.code === 'ENOENT') return undefined;
  if (result.error !== undefined || result.status === null) {
    throw new Error(`${command} did not finish (signal ${result.signal})`, { cause: result.error });
  }
  return { status: result.status, output: result.stdout + result.stderr };
}
