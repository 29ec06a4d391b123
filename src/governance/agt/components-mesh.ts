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
};
