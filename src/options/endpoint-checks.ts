import { fileProblems, isSecret, type Scheme } from '../http/credentials.js';
import { type EndpointTls, pairProblems, unreadable } from '../http/tls-identity.js';
import { type Check, hostName, isPlainObject, listOf } from './checks.js';

/** A check that says what is wrong, since the value must not be shown. */
function saying(accepts: string, faults: (value: unknown) => string[]): Check {
  return {
    code: 'format',
    accepts,
    test: (value) => faults(value).length === 0,
    why: (value) => faults(value).join('; '),
  };
}

export const endpointAuth = saying(
  'bearer: { token or tokenFile }, basic: { username, and password or passwordFile }, or both; a file must be readable ' +
    'and hold one secret a line',
  authFaults,
);

export const endpointTls = saying(
  'certFile and keyFile that belong together, in PEM, with passphrase or passphraseFile where the key is encrypted, and ' +
    'clientCaFile for client certificates',
  tlsFaults,
);

const hosts = listOf(
  { code: 'format', accepts: 'an IP address or host name without port', test: isListedHost },
  "'*', or an array of IP addresses and host names without ports",
);
export const hostList: Check = { ...hosts, test: (value) => value === '*' || hosts.test(value) };

/** What the address of a Unix socket holds on every system, less the end that it has before it is named. In bytes. */
const LONGEST_PATH = 95;

export const socketPath: Check = {
  code: 'format',
  accepts: `a path of at most ${LONGEST_PATH} bytes`,
  test: (value) =>
    typeof value === 'string' &&
    value !== '' &&
    !value.includes('\0') &&
    Buffer.byteLength(value) <= LONGEST_PATH,
};

export const socketMode: Check = {
  code: 'range',
  accepts: '0o600 (the owner) or 0o660 (its group too)',
  test: (value) => value === 0o600 || value === 0o660,
};

function isListedHost(host: unknown): boolean {
  return host === '*' || hostName.test(host) || (typeof host === 'string' && /^\w[\w.-]*$/.test(host));
}

function authFaults(auth: unknown): string[] {
  if (!isPlainObject(auth)) return [`${typeof auth} (not shown)`];
  const { bearer, basic } = auth;
  const unknown = unknownIn(auth, '', ['bearer', 'basic']);
  if (bearer === undefined && basic === undefined) return [...unknown, 'neither bearer nor basic'];
  const users: unknown[] = basic === undefined ? [] : [basic].flat();
  return [
    ...unknown,
    ...(bearer === undefined ? [] : bearerFaults(bearer)),
    ...(basic !== undefined && users.length === 0 ? ['basic, which is empty'] : []),
    ...users.flatMap(basicFaults),
  ];
}

function bearerFaults(bearer: unknown): string[] {
  if (!isPlainObject(bearer)) return [`bearer, which is no object (${typeof bearer}, not shown)`];
  return [
    ...unknownIn(bearer, 'bearer.', ['token', 'tokenFile']),
    ...secretFaults('bearer', bearer['token'], bearer['tokenFile'], 'token'),
  ];
}

function basicFaults(user: unknown): string[] {
  if (!isPlainObject(user)) return [`basic, which is no object (${typeof user}, not shown)`];
  const { username } = user;
  const named = typeof username === 'string' && /^[^:\p{Cc}]+$/u.test(username);
  return [
    ...unknownIn(user, 'basic.', ['username', 'password', 'passwordFile']),
    ...(named ? [] : ['basic.username, which is no text without ":" (not shown)']),
    ...secretFaults('basic', user['password'], user['passwordFile'], 'password'),
  ];
}

function secretFaults(scheme: Scheme, secret: unknown, file: unknown, name: string): string[] {
  if (secret === undefined && file === undefined) return [`${scheme} without ${name} and ${name}File`];
  const given: unknown[] = secret === undefined ? [] : [secret].flat();
  const odd = secret !== undefined && (given.length === 0 || !given.every((one) => isSecret(one, scheme)));
  const named = `${scheme}.${name}File`;
  return [
    ...(odd ? [`${scheme}.${name}, which is empty or not what a client can send (not shown)`] : []),
    ...(file === undefined
      ? []
      : isPath(file)
        ? fileProblems(scheme, named, file)
        : [`${named}, which is no path`]),
  ];
}

const TLS_FILES = ['certFile', 'keyFile', 'clientCaFile', 'passphraseFile'] as const;

function tlsFaults(tls: unknown): string[] {
  if (!isPlainObject(tls)) return [`${typeof tls} (not shown)`];
  const { passphrase, passphraseFile } = tls;
  const missing = (['certFile', 'keyFile'] as const).filter((file) => tls[file] === undefined);
  const faults = [
    ...missing.map((file) => `no ${file}`),
    ...TLS_FILES.flatMap((file) => {
      const path = tls[file];
      if (path === undefined) return [];
      return isPath(path) ? unreadable(file, path) : [`${file}, which is no path`];
    }),
    ...(passphrase === undefined || typeof passphrase === 'string' ? [] : ['passphrase, which is no string']),
    ...(passphrase !== undefined && passphraseFile !== undefined
      ? ['both passphrase and passphraseFile']
      : []),
  ];
  return [
    ...unknownIn(tls, '', [...TLS_FILES, 'passphrase']),
    ...(faults.length > 0 ? faults : pairProblems(tls as unknown as EndpointTls)),
  ];
}

function isPath(value: unknown): value is string {
  return typeof value === 'string' && value !== '' && !value.includes('\0');
}

function unknownIn(
  value: Readonly<Record<string, unknown>>,
  prefix: string,
  known: readonly string[],
): string[] {
  return Object.keys(value)
    .filter((name) => !known.includes(name))
    .map((name) => `the unknown option ${prefix}${name.slice(0, 30)}`);
}
