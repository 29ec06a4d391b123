import type { WarnOfVariable } from './span-limits.js';
import type { TraceId } from './span-ids.js';

const EVERY_TRACE = 2 ** 32;

/**
 * The samplers of the specification: all, none or a share of the traces, and with or without heed to the parent's
 * decision. One class, since all of them compare a number of the trace id with a bound.
 * https://opentelemetry.io/docs/specs/otel/trace/sdk/#built-in-samplers
 */
export class TraceSampler {
  private readonly bound: number;

  /** @param share - of the traces that are sampled, from 0 to 1 */
  constructor(
    private readonly parentBased: boolean,
    share: number,
  ) {
    this.bound = share === 1 ? EVERY_TRACE : Math.floor(share * 0xff_ff_ff_ff);
  }

  /** @param parentFlags - the trace flags of the parent; undefined where there is none */
  samples(parentFlags: number | undefined, trace: TraceId): boolean {
    if (this.parentBased && parentFlags !== undefined) return (parentFlags & 1) === 1;
    if (this.bound === EVERY_TRACE) return true;
    return (trace.a ^ trace.b ^ trace.c ^ trace.d) >>> 0 < this.bound;
  }
}

export const DEFAULT_SAMPLER = new TraceSampler(true, 1);

/** The sampler that `OTEL_TRACES_SAMPLER` and `OTEL_TRACES_SAMPLER_ARG` name. A bad value is told to `warn`. */
export function samplerFromEnvironment(
  env: Readonly<Record<string, string | undefined>>,
  warn: WarnOfVariable,
): TraceSampler {
  const name = env['OTEL_TRACES_SAMPLER']?.trim();
  switch (name) {
    case undefined:
    case '':
    case 'parentbased_always_on':
      return DEFAULT_SAMPLER;
    case 'always_on':
      return new TraceSampler(false, 1);
    case 'always_off':
      return new TraceSampler(false, 0);
    case 'parentbased_always_off':
      return new TraceSampler(true, 0);
    case 'traceidratio':
      return new TraceSampler(false, shareFrom(env, warn));
    case 'parentbased_traceidratio':
      return new TraceSampler(true, shareFrom(env, warn));
    default:
      warn(
        'OTEL_TRACES_SAMPLER',
        `OTEL_TRACES_SAMPLER=${JSON.stringify(name)} is not used; accepted is always_on, always_off, traceidratio, or one of them with parentbased_ before it.`,
      );
      return DEFAULT_SAMPLER;
  }
}

function shareFrom(env: Readonly<Record<string, string | undefined>>, warn: WarnOfVariable): number {
  const given = env['OTEL_TRACES_SAMPLER_ARG']?.trim();
  if (!given) return 1;
  const share = Number(given);
  if (share >= 0 && share <= 1) return share;
  const message = `OTEL_TRACES_SAMPLER_ARG=${JSON.stringify(given)} is not used; accepted is a number from 0 to 1.`;
  warn('OTEL_TRACES_SAMPLER_ARG', message);
  return 1;
}
