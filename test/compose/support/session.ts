// What the start of the run hands to the suite: by an environment variable, since jest is a process of its own.
import type { Sources } from './images.js';

export interface Session {
  /** Folder that goes with the run. */
  readonly folder: string;
  readonly socket: string;
  readonly compose: string;
  readonly sources: Sources;
}

export const SESSION = 'COMPOSE_SESSION';

export function session(): Session {
  const text = process.env[SESSION];
  if (text === undefined) throw new Error('npm run test:compose starts this suite');
  return JSON.parse(text) as Session;
}
