import { callable, flag, oneOf } from './checks.js';

/** The rows of what is shown of spans, and of what is read from those of other instrumentations. */
export const SHOWN_ROWS = {
  exceptions: { check: oneOf('type', 'message', 'full'), default: 'type' },
  redact: { check: callable },
  captureContent: { check: flag, default: false },
  genAiBridge: {
    check: flag,
    default: true,
    excludes: [
      {
        option: 'tracerProvider',
        accepted: 'nothing: give genAiBridge(obs) to the TracerProvider of the host as a span processor',
      },
    ],
  },
} as const;
