import { context, createContextKey, type Context } from '@opentelemetry/api';
import { callInContext } from '../common/call-in-context.js';
import { activeContext } from './host-calls.js';

const KILL = createContextKey('agent-os-observability kill');
const SIGNAL = createContextKey('agent-os-observability signal');

/** A kill or a signal that a host sends by a call of ours: where what it calls counts the same one, it is counted there. */
export interface Sending {
  readonly agentId: string | undefined;
  readonly signal: string;
  /** What it calls has counted it. */
  counted: boolean;
}

/** The context in which a signal is sent. */
export function contextOfSignal(active: Context, sending: Sending): Context {
  return active.setValue(SIGNAL, sending);
}

/** Whoever counts a signal counts it for the call of the handle that sends it. */
export function noteSignal(signal: string, agentId: string | undefined): void {
  const sending = activeContext()?.getValue(SIGNAL) as Sending | undefined;
  if (sending === undefined || sending.signal !== signal) return;
  if (agentId === undefined || agentId === sending.agentId) sending.counted = true;
}

/** Whoever is told of a kill of the same agent inside of another counts it for that one. */
export function noteKill(agentId: string): void {
  const sending = activeContext()?.getValue(KILL) as (Sending & { over?: () => void }) | undefined;
  if (sending === undefined || sending.counted || sending.agentId !== agentId) return;
  sending.counted = true;
  sending.over?.();
}

/** Kills by `run`. `over` is called where what that calls counts the kill. */
export function killWithin<T>(agentId: string, over: () => void, run: () => T): T {
  let inner: Context | undefined;
  try {
    const sending = { agentId, signal: 'SIGKILL', counted: false, over };
    inner = context.active().setValue(KILL, sending);
  } catch {
    // Without a context nobody inside is heard.
  }
  return callInContext(inner, run, []);
}
