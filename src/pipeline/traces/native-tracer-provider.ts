import type { Tracer, TracerOptions, TracerProvider } from '@opentelemetry/api';
import type { DropLog } from '../../diagnostics/drop-log.js';
import type { Sampler, SpanProcessor } from '../../common/host-types.js';
import { HostProcessors } from './host-processors.js';
import { NativeTracer, type IdGenerator, type TracerSettings } from './native-tracer.js';
import { DEFAULT_SAMPLER, type TraceSampler } from './sampler.js';
import { RandomWords } from './span-ids.js';
import { DEFAULT_SPAN_LIMITS, type SpanLimits } from './span-limits.js';
import { SpanPipeline, type SpanResource, type SpanSink, type SpanWatch } from './span-pipeline.js';
import { SYSTEM_CLOCK, type SpanClock } from './span-time.js';
import type { ModelWatch } from './model-watch.js';

export interface TracerProviderOptions {
  readonly resource: SpanResource;
  /** @defaultValue what the parent decided, and all traces that start here */
  readonly sampler?: TraceSampler | Sampler | undefined;
  readonly limits?: SpanLimits;
  /** Where sampled spans go; without one the processors alone see them. */
  readonly sink?: SpanSink | undefined;
  readonly watch?: SpanWatch | undefined;
  readonly processors?: readonly SpanProcessor[];
  readonly idGenerator?: IdGenerator;
  readonly clock?: SpanClock;
  readonly drops: DropLog;
  readonly models?: ModelWatch;
}

/** Most tracers kept by name; one past it works alike, but is a new one at each call. */
const MAX_TRACERS = 1000;

/** Our recorder of spans, behind the API's `TracerProvider`. */
export class NativeTracerProvider implements TracerProvider {
  private readonly tracers = new Map<string, NativeTracer>();
  private readonly processors: HostProcessors;
  private readonly settings: TracerSettings;

  constructor(options: TracerProviderOptions) {
    const { resource, sampler = DEFAULT_SAMPLER, limits = DEFAULT_SPAN_LIMITS, idGenerator, drops } = options;
    this.processors = new HostProcessors(options.processors ?? [], drops);
    const clock = options.clock ?? SYSTEM_CLOCK;
    const pipeline = new SpanPipeline(
      resource,
      limits,
      clock,
      this.processors,
      options.sink,
      drops,
      options.watch,
      options.models,
    );
    this.settings = { pipeline, sampler, idGenerator, words: new RandomWords() };
  }

  getTracer(name: string, version?: string, options?: TracerOptions): Tracer {
    const scope = {
      name: name ?? '', // the specification: one without a name works, and its name is empty
      version: typeof version === 'string' ? version : undefined,
      schemaUrl: schemaUrlOf(options),
    };
    if (typeof name !== 'string') return new NativeTracer(scope, this.settings);
    const key = JSON.stringify([name, scope.version, scope.schemaUrl]);
    const known = this.tracers.get(key);
    if (known !== undefined) return known;
    const tracer = new NativeTracer(scope, this.settings);
    if (this.tracers.size < MAX_TRACERS) this.tracers.set(key, tracer);
    return tracer;
  }

  /** Resolves when the host's processors have flushed; never rejects. */
  forceFlush(): Promise<void> {
    return this.processors.forceFlush();
  }

  /** Ends the host's processors. Spans go on to be recorded: the sink knows which ones come too late. */
  shutdown(): Promise<void> {
    return this.processors.shutdown();
  }
}

function schemaUrlOf(options: TracerOptions | undefined): string | undefined {
  try {
    const url: unknown = options?.schemaUrl;
    return typeof url === 'string' ? url : undefined;
  } catch {
    return undefined;
  }
}
