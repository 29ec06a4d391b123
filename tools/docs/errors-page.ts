import { ERRORS, ObservabilityError, type OptionProblem } from '../../src/diagnostics/errors.js';
import { optionProblems } from '../../src/options/validation.js';
import type { GeneratedFile } from '../generated-files.js';
import { code, page, table } from './markdown.js';

const PROBLEM_CODES: Readonly<Record<OptionProblem['code'], string>> = {
  required: 'The option is missing, and nothing stands in for it.',
  type: 'The value is of another type, or the option does not exist.',
  range:
    'The value is of the right type, but not one of those accepted, or would do nothing beside another option.',
  format: 'The text is not in the form accepted.',
};

/** docs/errors.md: every error and every code of a bad option. */
export function errorsPage(): GeneratedFile {
  return page(
    'docs/errors.md',
    '# Errors',
    'What this package throws is an `ObservabilityError` with a stable `code`; its message is for people. After ' +
      'start-up, recording and tracing throw nothing: what cannot be recorded is dropped, counted in ' +
      '[`agent_os_telemetry_dropped_total`](metrics.md#agent_os_telemetry_dropped_total), and warned about once per cause ' +
      "through OpenTelemetry's `diag`.",
    'Two mistakes in code are a `TypeError` instead, thrown where they are made: an HTTP adapter without a handler ' +
      '(`ERR_INVALID_ARG_TYPE`), and `new GovernanceInstrumentation(…)` without `kernel`.',
    ...Object.entries(ERRORS).flatMap(([name, { when, remedy }]) => [
      `## ${code(name)}`,
      when,
      `**What to do.** ${remedy}`,
    ]),
    '## Codes of bad options',
    'An `AOO_INVALID_OPTIONS` lists every bad option in `problems`: `path`, `received`, `accepted`, and one of these as `code`.',
    table(
      ['Code', 'Meaning'],
      Object.entries(PROBLEM_CODES).map(([name, meaning]) => [code(name), meaning]),
    ),
    'Its message names them all:',
    `\`\`\`text\n${exampleMessage()}\n\`\`\``,
  );
}

/** The real message of two bad options. */
function exampleMessage(): string {
  const bad = { prometheus: { port: 70_000 }, otlp: { endpoint: 'localhost:4318' } };
  const { name, message } = ObservabilityError.invalidOptions(
    optionProblems({ serviceName: 'kernel', ...bad }, new Map()),
  );
  return `${name}: ${message}`;
}
