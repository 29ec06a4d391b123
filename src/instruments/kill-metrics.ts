import { errorType, observeOutcome } from '../common/outcome.js';
import { after } from '../common/timers.js';
import type { KillOutcome } from '../semconv/values.js';
import { KILL_KEYS as KEYS } from './call-keys.js';
import { dropCall, isFunction } from './host-calls.js';
import { Instruments, type InstrumentOptions } from './instruments.js';
import { showKill } from './kill-event.js';
import { answeredOutcome } from './kill-outcome.js';
import { KillsUnderWay, TrackedKill, type RunningKill, type Schedule } from './kills-under-way.js';
import { killWithin, noteKill, noteSignal } from './sent-within.js';

/** Whom a kill is to stop, and why: `reason` is a short cause, never free text. */
export interface KillOrder {
  agentId: string;
  reason: string;
}

/** How the outcome is read from what a kill gives. */
export interface KillOptions<T> {
  classify?: (result: T) => KillOutcome;
}

/**
 * Kills by how they went: attempts by outcome, those under way now, and, where something was stopped, the SIGKILL and the
 * time of containment. A kill under way for longer than 5 s counts as `timed_out` then, once, also when it ends after all.
 * Each attempt is an event as well. API only; no method throws.
 *
 * @example
 * ```ts
 * const kills = new KillMetrics();
 * kills.kill({ agentId: 'support-1', reason: 'data_leak' }, () => true);
 * const running = kills.startKill({ agentId: 'support-1', reason: 'data_leak' });
 * running.end({ outcome: 'stopped' });
 * ```
 */
export class KillMetrics {
  /** @internal */
  readonly registry: Instruments;
  /**
   * Of timers; a test may have its own.
   * @internal
   */
  schedule: Schedule = after;
  private readonly instruments;
  private readonly underWay: KillsUnderWay;

  /** @throws TypeError for options that cannot be read, and for a `meterProvider` that is none */
  constructor(options: InstrumentOptions = {}) {
    const make = Instruments.of(options);
    this.registry = make;
    this.instruments = {
      attempts: make.counter('agent_os_kill_attempts_total'),
      signals: make.counter('agent_os_signals_total'),
      sigkills: make.counter('agent_os_sigkill_total'),
      containment: make.histogram('agent_os_containment_seconds'),
    };
    this.underWay = KillsUnderWay.of(make);
  }

  /**
   * Kills an agent by `run`, sync or async; what it returns or throws reaches the caller unchanged.
   *
   * @param options - `classify` reads the outcome from what `run` gives. Without it, an outcome's name is that outcome, and
   * so is a word for failure, timeout or refusal, alone or as `status`, `outcome` or `result`. `false` is `nothing_stopped`,
   * and so is an object that says so, as by `{ killed: 0 }` or as the governance SDK's; one with an error is `failed`, as a
   * list is with one in it. Anything else is `stopped`, an exit code too. A kill of the agent by an instrumented kill switch
   * inside of it is the same one
   */
  kill<T>(order: KillOrder, run: () => T, options: KillOptions<Awaited<T>> = {}): T {
    if (!isFunction(this, 'KillMetrics.kill', run)) return undefined as T;
    const running = KillMetrics.begun(this, 'KillMetrics.kill', order);
    if (running === undefined) return run();
    const kill = (): T => killWithin(order.agentId, () => running.countedWithin(), run);
    return observeOutcome(
      kill,
      (ended) => {
        if (ended.threw) running.end({ outcome: 'failed', errorType: errorType(ended.error) });
        else running.end({ outcome: outcomeOf(this, ended.value, options) });
      },
      run,
    );
  }

  /** Begins a kill that cannot be wrapped. */
  startKill(order: KillOrder): RunningKill {
    const running = KillMetrics.begun(this, 'KillMetrics.startKill', order);
    return { end: (how) => running?.end(how) };
  }

  /** Counts a kill that is over; `durationSeconds` where it was timed. */
  recordKill(kill: KillOrder & { outcome: KillOutcome; durationSeconds?: number | undefined }): void {
    try {
      this.countKill(kill);
      showKill(this.registry.events, kill);
    } catch (error) {
      dropCall(this, 'KillMetrics.recordKill', error);
    }
  }

  /**
   * The same for those who tell of it by an event of their own.
   * @internal
   */
  countKill(kill: KillOrder & { outcome: KillOutcome; durationSeconds?: number | undefined }): void {
    try {
      const { agentId, reason, outcome, durationSeconds } = kill;
      const given = agentId !== undefined && reason !== undefined && outcome !== undefined;
      if (!given) KEYS.recordKill.missed(this, kill);
      else if (durationSeconds === undefined) KEYS.recordKill.omitted(this, kill);
      this.instruments.attempts.add(1, { outcome, agent_id: agentId });
      if (outcome === 'stopped') this.stopped(agentId, reason, durationSeconds);
    } catch (error) {
      dropCall(this, 'KillMetrics.recordKill', error);
    }
  }

  /**
   * Begins a kill, and tells when it is under way for too long, to those who tell of it by an event of their own. Never
   * throws.
   * @internal
   */
  track(order: KillOrder, timedOut: () => void): TrackedKill | undefined {
    return KillMetrics.begun(this, 'KillMetrics.track', order, timedOut);
  }

  /** One that cannot be read is not counted, which is said. */
  private static begun(
    metrics: KillMetrics,
    method: string,
    order: KillOrder,
    timedOut?: () => void,
  ): TrackedKill | undefined {
    try {
      const { agentId, reason } = order;
      if (agentId === undefined || reason === undefined) KEYS.startKill.missed(metrics, order);
      noteKill(agentId);
      const counts = {
        attempt: (outcome: KillOutcome, durationSeconds?: number, type?: string) => {
          metrics.instruments.attempts.add(1, { outcome, agent_id: agentId });
          if (timedOut !== undefined) return;
          showKill(metrics.registry.events, { agentId, reason, outcome, durationSeconds, errorType: type });
        },
        stopped: (durationSeconds: number) => metrics.stopped(agentId, reason, durationSeconds),
        timedOut: timedOut ?? (() => {}),
      };
      return new TrackedKill(metrics, metrics.underWay, counts, metrics.schedule);
    } catch (error) {
      dropCall(metrics, method, error);
      return undefined;
    }
  }

  private stopped(agentId: string, reason: string, durationSeconds: number | undefined): void {
    const { signals, sigkills, containment } = this.instruments;
    noteSignal('SIGKILL', agentId);
    signals.add(1, { signal: 'SIGKILL', reason });
    sigkills.add(1, { reason, agent_id: agentId });
    if (durationSeconds !== undefined) containment.record(durationSeconds, {});
  }
}

/** The outcome of a kill that threw nothing. */
function outcomeOf<T>(metrics: KillMetrics, result: T, options: KillOptions<T>): KillOutcome {
  try {
    const classify = options?.classify;
    return classify === undefined ? answeredOutcome(result) : classify(result);
  } catch (error) {
    dropCall(metrics, 'KillMetrics.kill', error);
    return 'failed'; // nobody knows whether anything was stopped
  }
}
