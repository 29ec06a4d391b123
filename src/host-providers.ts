import { createNoopMeter, type MeterProvider, trace, type TracerProvider } from '@opentelemetry/api';
import { registeredLoggerProvider } from './common/api-globals.js';
import { isNoopMeterProvider } from './instruments/late-binding.js';
import type { EnvironmentSettings } from './options/environment.js';
import type { ObservabilityOptions } from './options/options.js';
import { optionProblems } from './options/validation.js';
import { hasMeterProvider, hasTracerProvider } from './pipeline/globals.js';
import { SCOPE_NAME, VERSION } from './semconv/resource.js';

/** Options as they are with the providers of the host, and what to say of it. */
interface WithHostProviders {
  readonly options: ObservabilityOptions;
  readonly notes: readonly string[];
}

/**
 * Has spans and events go to the providers that the host has registered globally, unless it says otherwise: a trace must
 * not be split between two backends, nor a log. Metrics stay ours, with their page, as one metric is not worth less without the others.
 */
export function withHostProviders(
  given: ObservabilityOptions,
  settings: EnvironmentSettings,
): WithHostProviders {
  const notes: string[] = [];
  let options = given;
  if (given.registerGlobally !== false) {
    const adopt = (provider: Partial<ObservabilityOptions>, note: (effect: string) => string): void => {
      const before = idleIn(options, settings);
      options = { ...options, ...provider };
      notes.push(note(effectOf(idleIn(options, settings).filter((path) => !before.includes(path)))));
    };
    if (given.tracerProvider === undefined && hasTracerProvider())
      adopt({ tracerProvider: trace.getTracerProvider() }, tracersAdopted);
    const loggerProvider = registeredLoggerProvider();
    if (given.loggerProvider === undefined && loggerProvider !== undefined)
      adopt({ loggerProvider }, loggersAdopted);
    if (given.meterProvider === undefined && hasMeterProvider()) notes.push(METERS_STAY);
  }
  const { meterProvider, tracerProvider } = options;
  const ofMeters = meterProvider && noteOfMeters(meterProvider);
  const ofTracers = tracerProvider && noteOfTracers(tracerProvider);
  for (const note of [ofMeters, ofTracers]) if (note) notes.push(note);
  return { options, notes };
}

/** Options that have no effect; they are no error, as nobody knows when writing them. */
function idleIn(options: ObservabilityOptions, settings: EnvironmentSettings): string[] {
  return optionProblems(options, settings).map(({ path }) => path);
}

function effectOf(idle: readonly string[]): string {
  return idle.length > 0 ? `, and ${idle.join(', ')} ${idle.length > 1 ? 'do' : 'does'} nothing` : '';
}

function tracersAdopted(effect: string): string {
  return (
    `your application has registered a TracerProvider globally: spans go to it${effect}. ` +
    'Pass tracerProvider: trace.getTracerProvider() to say so yourself, or registerGlobally: false for a pipeline of our own.'
  );
}

const METERS_STAY =
  'your application has registered a MeterProvider globally, which stays: metrics go to one of our own, with its page. ' +
  'To have them in yours, pass initObservability({ meterProvider: metrics.getMeterProvider() }).';

function loggersAdopted(effect: string): string {
  return (
    `your application has registered a LoggerProvider globally: events go to it${effect}. ` +
    'Pass it as loggerProvider to say so yourself, or registerGlobally: false for a pipeline of our own.'
  );
}

const NO_METRICS_YET =
  'the meterProvider that was passed is the one that the API has before an SDK is started: metrics are lost until a ' +
  'MeterProvider is registered globally, and go to that one then. Start your SDK before initObservability.';

const NO_METRICS =
  'your MeterProvider is a no-op: no metrics are recorded. Leave it out for our own, or pass one of an SDK.';

const NO_SPANS_YET =
  'the tracerProvider that was passed has no SDK behind it so far: spans are lost until a TracerProvider is registered ' +
  'globally, and go to that one then. Start your SDK before initObservability.';

const NO_SPANS =
  'your TracerProvider is a no-op: no spans are recorded. Leave it out for our own, or pass one of an SDK.';

/** What there is to say of a MeterProvider that records nothing. */
function noteOfMeters(provider: MeterProvider): string | undefined {
  if (isNoopMeterProvider(provider)) return NO_METRICS_YET;
  try {
    const meter = provider.getMeter(SCOPE_NAME, VERSION);
    const noop = meter === createNoopMeter() || classOf(meter) === 'NoopMeter'; // of this copy of the API, or of another
    return noop ? NO_METRICS : undefined;
  } catch {
    return undefined; // it shows where it is used
  }
}

/** What there is to say of a TracerProvider that records nothing. */
function noteOfTracers(provider: TracerProvider): string | undefined {
  const proxy = provider as Partial<{ getDelegateTracer(name: string): unknown }>;
  const waits = typeof proxy.getDelegateTracer === 'function';
  try {
    const tracer = waits ? proxy.getDelegateTracer?.(SCOPE_NAME) : provider.getTracer(SCOPE_NAME);
    if (waits && tracer === undefined) return NO_SPANS_YET;
    return classOf(tracer) === 'NoopTracer' ? NO_SPANS : undefined;
  } catch {
    return undefined; // it shows where it is used
  }
}

function classOf(value: unknown): string | undefined {
  return (value as object | undefined)?.constructor?.name;
}
