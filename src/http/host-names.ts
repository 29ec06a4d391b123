import { isIPv4, isIPv6 } from 'node:net';

/** `*`: any. */
export type HostList = '*' | readonly string[];

/**
 * The host in an authority (`host`, `host:port`, `[ipv6]:port`) so that equal hosts are equal texts: lower-case, without
 * port, brackets and the dot at the end. Undefined where it is no authority, or one with a user.
 *
 * Source: RFC 3986 §3.2, RFC 9110 §7.2.
 */
export function hostOf(authority: string): string | undefined {
  const [, ipv6, name] = /^(?:\[([\da-f:.]+)\]|([^\s:/?#@[\]\\]+))(?::\d*)?$/i.exec(authority) ?? [];
  if (ipv6 !== undefined) return isIPv6(ipv6) ? canonical(ipv6) : undefined;
  return name?.replace(/(?<=[^.])\.$/, '').toLowerCase();
}

/** An IPv6 address has many spellings; any other text is its own. */
function canonical(address: string): string {
  return isIPv6(address) && URL.canParse(`http://[${address}]`)
    ? new URL(`http://[${address}]`).hostname.slice(1, -1)
    : address.toLowerCase();
}

/** An address or a name as `hostOf` would give it: with or without brackets, and no port. */
export function normalHost(host: string): string {
  return hostOf(host) ?? canonical(host);
}

/** Whether it names this machine to itself alone: `localhost`, 127.0.0.0/8, `::1`. Takes what `normalHost` gives. */
export function isLoopback(host: string): boolean {
  if (host === 'localhost' || host === '::1') return true;
  return isIPv4(host) ? host.startsWith('127.') : host.startsWith('::ffff:7f');
}

/** Whether it is an address that stands for all of this machine. */
function isAnyAddress(host: string): boolean {
  return host === '0.0.0.0' || host === '::';
}

/** Where a request came in, for the hosts that it may name. */
export interface Reached {
  /** Whether the server is bound to an address of loopback. */
  readonly onLoopback: boolean;
  /** The address of this end of the connection. */
  readonly address?: string | undefined;
}

/**
 * Which hosts a request may name. A page in a browser of this machine can have its own name lead to 127.0.0.1, and read
 * what is served there (DNS rebinding); its requests carry that name.
 */
export class AllowedHosts {
  private readonly all: boolean;
  private readonly listed: ReadonlySet<string>;
  private readonly restricts: boolean;

  /** @param own - the host that the server was told to bind */
  constructor(list: HostList | undefined, own?: string) {
    this.all = list === '*' || list?.includes('*') === true;
    this.restricts = list !== undefined && list.length > 0;
    const names = [...(typeof list === 'object' ? list : []), ...(own === undefined ? [] : [own])];
    this.listed = new Set(names.map(normalHost).filter((name) => !isAnyAddress(name)));
  }

  /** Whether any request is refused for its host. */
  restrict({ onLoopback }: Reached): boolean {
    return !this.all && (onLoopback || this.restricts);
  }

  /**
   * @param host - as `hostOf` gives it. An address by which this server was reached is always fine: it leads nowhere else.
   */
  has(host: string, { address }: Reached): boolean {
    return this.listed.has(host) || isLoopback(host) || host === (address && normalHost(address));
  }
}
