import { metrics, type MeterProvider } from '@opentelemetry/api';
import { registeredGlobal } from '../common/api-globals.js';
import { after, soon } from '../common/timers.js';

/** When it is looked whether an SDK has come that nothing was recorded since, in milliseconds after the look before. */
const LOOKS_MILLIS = [1000, 10_000, 60_000];

/** Whether it is what the API gives while no SDK is registered, of any copy of the API: it records nothing. */
export function isNoopMeterProvider(provider: MeterProvider): boolean {
  if (provider === metrics.getMeterProvider() && provider !== registeredGlobal('metrics')) return true;
  return (provider as object).constructor?.name === 'NoopMeterProvider';
}

/** The MeterProvider that is registered globally; undefined where there is none that records. */
export function globalMeterProvider(): MeterProvider | undefined {
  const provider = metrics.getMeterProvider();
  return isNoopMeterProvider(provider) ? undefined : provider;
}

/**
 * Waits for what is not there yet. The API can register a MeterProvider late, but what was made of the one before it
 * stays without effect for ever: here it is told to follow, and nothing is asked any more from then on.
 */
export class LateBinding<T> {
  private readonly followers: ((found: T) => void)[] = [];
  private found: T | undefined;
  private looking = false;

  constructor(private readonly find: () => T | undefined) {
    soon(() => this.lookAgain(0));
  }

  /** Calls `follow` once, as soon as what is waited for is found. */
  whenBound(follow: (found: T) => void): void {
    const { found } = this;
    if (found === undefined) this.followers.push(follow);
    else attempt(() => follow(found));
  }

  /** What was waited for; looks for it first. Never throws. */
  bound(): T | undefined {
    if (this.found !== undefined || this.looking) return this.found;
    this.looking = true;
    try {
      this.found = this.find();
      const { found } = this;
      if (found !== undefined) for (const follow of this.followers.splice(0)) attempt(() => follow(found));
    } catch {
      // A provider that gives no meter is none.
    } finally {
      this.looking = false;
    }
    return this.found;
  }

  /** What only observes would not be noticed by a recording. */
  private lookAgain(looks: number): void {
    const millis = LOOKS_MILLIS[looks];
    if (this.bound() === undefined && millis !== undefined) after(millis, () => this.lookAgain(looks + 1));
  }
}

/** What one instrument of a host's provider throws costs the others nothing. */
function attempt(act: () => void): void {
  try {
    act();
  } catch {
    // It stays without effect, as before.
  }
}
