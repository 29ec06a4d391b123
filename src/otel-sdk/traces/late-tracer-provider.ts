import {
  ProxyTracer,
  type Tracer,
  type TracerDelegator,
  type TracerOptions,
  type TracerProvider,
} from '@opentelemetry/api';

/** A provider of the trace SDK. */
export interface SdkTracerProvider extends TracerProvider {
  forceFlush(): Promise<void>;
  shutdown(): Promise<void>;
}

/**
 * A provider that is made when the first span starts. Where making it fails, that span records nothing, and the next one
 * tries again.
 */
export class LateTracerProvider implements SdkTracerProvider {
  private provider: SdkTracerProvider | undefined;

  /** @param failed - told of each span that could not be recorded, and why */
  constructor(
    private readonly make: () => SdkTracerProvider,
    private readonly failed: (error: unknown) => void,
  ) {}

  /** Makes it now, where it can be made. */
  load(): SdkTracerProvider | undefined {
    try {
      return (this.provider ??= this.make());
    } catch (error) {
      this.failed(error);
      return undefined;
    }
  }

  getTracer(name: string, version?: string, options?: TracerOptions): Tracer {
    if (this.provider) return this.provider.getTracer(name, version, options);
    const delegator: TracerDelegator = {
      getDelegateTracer: (...scope) => this.load()?.getTracer(...scope),
    };
    return new ProxyTracer(delegator, name, version, options);
  }

  async forceFlush(): Promise<void> {
    await this.provider?.forceFlush();
  }

  async shutdown(): Promise<void> {
    await this.provider?.shutdown();
  }
}
