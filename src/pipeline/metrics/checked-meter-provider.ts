import type { Meter, MeterOptions, MeterProvider } from '@opentelemetry/api';
import { REGISTRY_METER, type RegistryMeter } from '../../cardinality/registry-meter.js';
import { SCOPE_NAME } from '../../semconv/resource.js';
import { VERSION } from '../../common/version.js';

/** What a meter is told apart by. */
export interface Scope {
  readonly name: string;
  readonly version?: string | undefined;
  readonly schemaUrl?: string | undefined;
}

/** A provider that gives the registry its own meter, and any host one for whatever it asks with. */
export abstract class CheckedMeterProvider<M extends Meter> implements MeterProvider {
  private readonly hosts = new Map<string, M>();

  getMeter(name: string, version?: string, options?: MeterOptions): M {
    // A host's meter that takes our name must not take the place of the registry's on the page.
    const own = name === SCOPE_NAME ? `${SCOPE_NAME}.host` : name;
    const scope: Scope = {
      name: textOf(() => own) ?? '',
      version: textOf(() => version) || undefined,
      schemaUrl: textOf(() => options?.schemaUrl) || undefined,
    };
    const key = JSON.stringify([scope.name, scope.version, scope.schemaUrl]);
    const meter = this.hosts.get(key) ?? this.hostMeter(scope);
    this.hosts.set(key, meter);
    return meter;
  }

  [REGISTRY_METER](): RegistryMeter {
    return this.registryMeter({ name: SCOPE_NAME, version: VERSION });
  }

  protected hostMeters(): Iterable<M> {
    return this.hosts.values();
  }

  protected abstract hostMeter(scope: Scope): M;
  /** Instruments of the registry have bounded and validated already. */
  protected abstract registryMeter(scope: Scope): RegistryMeter;
}

/** What is read, where it is text. */
function textOf(read: () => unknown): string | undefined {
  try {
    const value = read();
    return typeof value === 'string' ? value : undefined;
  } catch {
    return undefined;
  }
}
