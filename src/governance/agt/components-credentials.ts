import type { ComponentSpec, Read, Reading } from './components.js';
import { changes, flag } from './components-readers.js';

// Credentials: who was given one, who was not and why, and how old they are. Their values are never looked at.

interface Denial {
  readonly decision?: unknown;
  readonly handleName?: unknown;
}

/** Denials that the vault itself has given: the SDK's own reason is the same for all. */
const ofVault = new WeakSet<object>();
const NO_ACCESS = 'no_access';

/** A pair of the value, which stays where it is, and the event of the vault's log. */
const resolved: Read = (answer: readonly [unknown, Denial]) => {
  const event = answer[1];
  if (event.decision === 'allow') return 'allowed';
  if (event.decision !== 'deny') return 'unknown';
  ofVault.add(event);
  return { result: 'denied', findings: [NO_ACCESS] };
};

/** Nothing was read from the vault: the handle is of another workflow, or a policy refused it. */
const rejected: Read = () => 'denied';

interface Record {
  readonly name: string;
  readonly createdAt: number;
  readonly rotatedAt?: number | null;
}

/** What a vault holds, by name and age. The SDK gives both only through calls that would load it. */
function ages({ records }: { readonly records?: unknown }): NonNullable<Reading['credentials']> {
  if (!(records instanceof Map)) return [];
  const nowSeconds = Date.now() / 1000;
  return [...(records as Map<string, Record>).values()].map(({ name, createdAt, rotatedAt }) => ({
    credential: name,
    ageSeconds: Math.max(0, nowSeconds - (rotatedAt ?? createdAt)),
  }));
}

const stored: Read = (_answer, self: { readonly records?: unknown }) => ({
  result: 'ok',
  credentials: ages(self),
});

const removed: Read = (answer: unknown, _self, [name]) =>
  answer === true ? { result: 'ok', removed: String(name) } : answer === false ? 'failed' : 'unknown';

export const credentialVault: ComponentSpec = {
  component: 'credential_vault',
  methods: {
    load: { operation: 'load', read: stored },
    put: { operation: 'put', read: stored },
    rotate: { operation: 'rotate', read: stored },
    delete: { operation: 'delete', read: removed },
    checkAccess: { operation: 'check_access', read: flag('allowed', 'denied') },
    _resolveInternal: { operation: 'resolve', read: resolved },
    _recordReject: { operation: 'reject', read: rejected },
    revokeProfile: { operation: 'revoke_profile', read: flag('ok', 'failed') },
    ...changes({ registerProfile: 'register_profile', clearAudit: 'clear_audit' }),
  },
};

interface Injection {
  readonly allowed?: unknown;
  readonly auditEvents?: readonly Denial[];
}

const injected: Read = ({ allowed, auditEvents }: Injection, _self, [, , options]) => {
  if (allowed === true) return 'allowed';
  if (allowed !== false) return 'unknown';
  return { result: 'denied', findings: [reasonOf(auditEvents?.at(-1), options)] };
};

/** Compares the handle's name with the workflow's list; neither is recorded. */
function reasonOf(event: Denial | undefined, options: unknown): string {
  if (event === undefined) return 'unknown';
  if (ofVault.has(event)) return NO_ACCESS;
  const { allowedHandles } = options as { readonly allowedHandles: Iterable<unknown> };
  const outside = event.handleName !== '' && ![...allowedHandles].includes(event.handleName);
  return outside ? 'not_in_allowlist' : 'policy';
}

export const credentialInjector: ComponentSpec = {
  component: 'credential_injector',
  parts: ['vault'],
  methods: {
    injectHeaders: { operation: 'inject_headers', read: injected },
    injectToolArgs: { operation: 'inject_tool_args', read: injected },
    injectEnv: { operation: 'inject_env', read: injected },
  },
};
