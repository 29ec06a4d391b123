import { randomUUID } from 'node:crypto';
import { hostname } from 'node:os';
import { basename } from 'node:path';
import type { Attributes, AttributeValue } from '@opentelemetry/api';
import { parseResourceAttributes } from '../common/resource-attributes.js';
import {
  RESOURCE_DEPLOYMENT_ENVIRONMENT,
  RESOURCE_HOST_ARCH,
  RESOURCE_HOST_NAME,
  RESOURCE_KERNEL_ID,
  RESOURCE_OS_TYPE,
  RESOURCE_POD_NAME,
  RESOURCE_PROCESS_EXECUTABLE,
  RESOURCE_PROCESS_PID,
  RESOURCE_RUNTIME_NAME,
  RESOURCE_RUNTIME_VERSION,
  RESOURCE_SDK_LANGUAGE,
  RESOURCE_SDK_NAME,
  RESOURCE_SDK_VERSION,
  RESOURCE_SERVICE_INSTANCE_ID,
  RESOURCE_SERVICE_NAME,
  RESOURCE_SERVICE_NAMESPACE,
  RESOURCE_SERVICE_VERSION,
  SCOPE_NAME,
  VERSION,
} from '../semconv/resource.js';

/** Who the telemetry is of. */
export interface Identity {
  readonly serviceName: string;
  readonly serviceVersion?: string | undefined;
  readonly environment?: string | undefined;
  readonly resource?: Attributes | undefined;
}

/** A resource as exporters and processors of SDK 2 and 3 read it. All that it holds is known from the start. */
export interface Resource {
  readonly attributes: Attributes;
  readonly schemaUrl?: string;
  readonly asyncAttributesPending: false;
  waitForAsyncAttributes(): Promise<void>;
  /** A resource with the attributes of both; those of `other` win. */
  merge(other: { readonly attributes: Attributes; readonly schemaUrl?: string } | null): Resource;
  getRawAttributes(): [string, AttributeValue | undefined][];
}

/**
 * What is found out of the process, then OTEL_RESOURCE_ATTRIBUTES, then the host's attributes, then the named options:
 * each wins over those before it.
 */
export function resourceOf(identity: Identity, env: NodeJS.ProcessEnv): Resource {
  const { serviceName, serviceVersion, environment, resource } = identity;
  const given = defined({
    ...parseResourceAttributes(env['OTEL_RESOURCE_ATTRIBUTES'] ?? ''),
    ...defined(resource),
    [RESOURCE_SERVICE_NAME]: serviceName,
    ...(serviceVersion !== undefined && { [RESOURCE_SERVICE_VERSION]: serviceVersion }),
    ...(environment !== undefined && { [RESOURCE_DEPLOYMENT_ENVIRONMENT]: environment }),
  });
  const attributes = { ...detected(), ...given };
  return new SettledResource({
    [RESOURCE_SERVICE_INSTANCE_ID]: instanceId(),
    [RESOURCE_KERNEL_ID]: given[RESOURCE_SERVICE_INSTANCE_ID] ?? kernelId(attributes),
    ...attributes,
  });
}

/** A resource with these attributes alone. */
export function resourceWith(attributes: Attributes): Resource {
  return new SettledResource(attributes);
}

class SettledResource implements Resource {
  readonly asyncAttributesPending = false;
  declare readonly schemaUrl?: string;

  constructor(
    readonly attributes: Attributes,
    schemaUrl?: string,
  ) {
    if (schemaUrl !== undefined) this.schemaUrl = schemaUrl;
  }

  async waitForAsyncAttributes(): Promise<void> {}

  merge(other: { readonly attributes: Attributes; readonly schemaUrl?: string } | null): Resource {
    if (!other) return this;
    const attributes = { ...this.attributes, ...defined(other.attributes) };
    return new SettledResource(attributes, mergedUrl(this.schemaUrl, other.schemaUrl));
  }

  getRawAttributes(): [string, AttributeValue | undefined][] {
    return Object.entries(this.attributes);
  }
}

/** None, where the two resources are described by different schemas. */
function mergedUrl(ours: string | undefined, theirs: string | undefined): string | undefined {
  return !ours || !theirs || ours === theirs ? ours || theirs : undefined;
}

/** Costs no file, no command and no look-up in the network. */
function detected(): Attributes {
  const { bun, deno, node } = process.versions as Partial<Record<string, string>>;
  return defined({
    [RESOURCE_SDK_LANGUAGE]: 'nodejs',
    // The name `opentelemetry` is kept for the official SDK.
    [RESOURCE_SDK_NAME]: SCOPE_NAME,
    [RESOURCE_SDK_VERSION]: VERSION,
    [RESOURCE_HOST_NAME]: hostName(),
    [RESOURCE_HOST_ARCH]: ARCHITECTURES[process.arch] ?? process.arch,
    [RESOURCE_OS_TYPE]: SYSTEMS[process.platform] ?? process.platform,
    [RESOURCE_PROCESS_PID]: process.pid,
    // Not the title of the process, which a host can have set to its whole command line.
    [RESOURCE_PROCESS_EXECUTABLE]: basename(process.execPath),
    [RESOURCE_RUNTIME_NAME]: bun ? 'bun' : deno ? 'deno' : 'nodejs',
    [RESOURCE_RUNTIME_VERSION]: bun ?? deno ?? node,
  });
}

/** The conventions' names, where they are not Node's. */
const ARCHITECTURES: Readonly<Record<string, string>> = {
  arm: 'arm32',
  ia32: 'x86',
  ppc: 'ppc32',
  x64: 'amd64',
};
const SYSTEMS: Readonly<Record<string, string>> = { sunos: 'solaris', win32: 'windows' };

function hostName(): string | undefined {
  try {
    return hostname() || undefined;
  } catch {
    return undefined; // the system does not say
  }
}

let ofThisProcess: string | undefined;
const instanceId = (): string => (ofThisProcess ??= randomUUID());

function kernelId(attributes: Attributes): string {
  const namespace = attributes[RESOURCE_SERVICE_NAMESPACE];
  const place = attributes[RESOURCE_POD_NAME] ?? attributes[RESOURCE_HOST_NAME];
  const service = attributes[RESOURCE_SERVICE_NAME];
  return `${namespace ? `${namespace}/` : ''}${service}${place ? `@${place}` : ''}`;
}

/** Without what has no value, which would hide a value that wins less. */
function defined(attributes: Attributes = {}): Attributes {
  return Object.fromEntries(
    Object.entries(attributes).filter(([, value]) => value !== undefined && value !== null),
  );
}
