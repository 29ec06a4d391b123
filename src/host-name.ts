import { isIP } from 'node:net';

/** Whether something can be bound as an address, IPv6 with or without brackets, or by a name. */
export function isHostName(value: unknown): value is string {
  if (typeof value !== 'string') return false;
  return isIP(value.replace(/^\[|\]$/g, '')) > 0 || /^[A-Za-z0-9][A-Za-z0-9.-]*$/.test(value);
}
