// Who has OpenTelemetry's global providers once the host has set itself up.
import { createRequire } from 'node:module';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { finding, type Finding } from './finding.js';

const HOP = 'kernel (provider)';

/**
 * @param file - of the host, that calls initObservability or sets up another SDK
 * @param cwd - whose copy of the API the host uses
 */
export async function providerFindings(file: string, cwd: string): Promise<Finding[]> {
  try {
    await import(pathToFileURL(resolve(cwd, file)).href);
  } catch (error) {
    return [finding(HOP, `${file} throws: ${(error as Error).message}`, 'see its stack trace: node ' + file)];
  }
  let api: typeof import('@opentelemetry/api');
  try {
    api = createRequire(join(cwd, 'x.js'))('@opentelemetry/api') as typeof api;
  } catch {
    return [finding(HOP, `there is no @opentelemetry/api in ${cwd}`, 'npm install @opentelemetry/api')];
  }
  return judged(
    nameOf(api.trace.getTracerProvider()),
    api.trace.getTracer('doctor').startSpan('doctor').isRecording(),
  );
}

/** What the library keeps of the one call of initObservability. */
interface Claim {
  readonly options?: { readonly pipeline?: string };
}

/** The provider of our own, or that of the official packages where the host has chosen them. */
function isOurs(name: string): boolean {
  const claim = (globalThis as Record<symbol, Claim | undefined>)[Symbol.for('agent-os-observability.claim')];
  return /^Native/.test(name) || claim?.options?.pipeline === 'otel-sdk';
}

function judged(name: string, records: boolean): Finding[] {
  if (isOurs(name) && records) return [];
  if (/noop|nonrecording|undefined/i.test(name) || !records)
    return [
      finding(
        HOP,
        `the global TracerProvider (${name}) records nothing`,
        'call initObservability at the start of the process, before what takes a tracer; take out what registers a no-op',
      ),
    ];
  return [
    finding(
      HOP,
      `the global TracerProvider is another's (${name}): spans go where it sends them`,
      'give it an exporter to the Collector, or start us with registerGlobally: false to keep them apart',
    ),
  ];
}

/** The class of what stands behind the API. */
function nameOf(provider: object): string {
  const { getDelegate } = provider as { getDelegate?: () => object };
  const inner = getDelegate?.call(provider) ?? provider;
  return inner.constructor?.name ?? 'undefined';
}
