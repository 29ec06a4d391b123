import type { ComponentSpec, Read } from './components.js';
import { changes, flag } from './components-readers.js';

// Identities of agents, and the encrypted messages between them.

export const agentIdentity: ComponentSpec = {
  component: 'agent_identity',
  methods: {
    verify: { operation: 'verify', read: flag('ok', 'failed') },
    hasCapability: { operation: 'has_capability', read: flag('allowed', 'denied') },
    ...changes({ sign: 'sign' }),
    ...changes(
      { suspend: 'suspend', revoke: 'revoke', reactivate: 'reactivate', delegate: 'delegate' },
      'any',
    ),
  },
};

export const identityRegistry: ComponentSpec = {
  component: 'identity_registry',
  methods: {
    revoke: { operation: 'revoke', read: flag('ok', 'failed') },
    ...changes({ register: 'register' }, 'any'),
  },
};

/** The keys of a session: a peer's bundle with a false signature is refused here. */
export const x3dhKeyManager: ComponentSpec = {
  component: 'x3dh',
  methods: changes({
    initiate: 'initiate',
    respond: 'respond',
    generateSignedPreKey: 'generate_keys',
    generateOneTimePreKeys: 'generate_keys',
    getPublicBundle: 'publish_keys',
    signMessage: 'sign', // from 5
  }),
};

export const doubleRatchet: ComponentSpec = {
  component: 'double_ratchet',
  methods: changes({ encrypt: 'encrypt', decrypt: 'decrypt' }),
};

export const secureChannel: ComponentSpec = {
  component: 'secure_channel',
  methods: changes({ send: 'send', receive: 'receive', close: 'close' }),
};

/** Of a frame that is sent, only its type is looked at: an answer to a peer that asked to talk. */
const answered: Read = (_sent, _self, [frame]) => {
  const { type } = frame as { readonly type?: unknown };
  return type === 'knock_accept' ? 'allowed' : type === 'knock_reject' ? 'denied' : undefined;
};

/** What is looked up by its DID: null where the registry has none. */
const found: Read = (answer: unknown) =>
  answer === null ? 'failed' : typeof answer === 'object' ? 'ok' : 'unknown';

/** The registry knows the agent, and does not let it. */
const refused = (error: unknown): boolean =>
  [401, 403].includes((error as { readonly status?: number } | undefined)?.status ?? 0);

export const registryClient: ComponentSpec = {
  component: 'registry_client',
  methods: {
    getAgent: { operation: 'get_agent', read: found, refuses: refused },
    fetchPrekeys: { operation: 'fetch_keys', read: found, refuses: refused },
    ...changes(
      {
        register: 'register',
        deleteAgent: 'deregister',
        uploadPrekeys: 'publish_keys',
        discover: 'discover',
      },
      refused,
    ),
  },
};

export const meshClient: ComponentSpec = {
  component: 'mesh_client',
  methods: {
    sendFrame: { operation: 'answer_knock', read: answered },
    handleKnockAccept: { operation: 'knock', read: () => 'allowed' },
    handleKnockReject: { operation: 'knock', read: () => 'denied' },
    closeSession: { operation: 'close_session', read: flag('ok', 'failed') },
    ...changes({
      connect: 'connect',
      disconnect: 'disconnect',
      reconnect: 'reconnect',
      registerSelf: 'register',
      discover: 'discover',
      send: 'send',
      establishSession: 'establish_session',
      establishSessionWithPeer: 'fetch_keys',
      acceptSession: 'accept_session',
    }),
  },
  parts: ['registry'],
};
