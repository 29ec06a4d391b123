import type { OtlpTarget } from './otlp-target.js';

/** Shorter texts are no secrets, and would blot out half a message. */
const SHORTEST = 6;

/** What takes the credentials of a target out of a text that a receiver may have echoed them in. */
export function hiddenIn({ headers, url, proxy }: OtlpTarget): (text: string) => string {
  const secrets = [
    ...Object.values(headers).flatMap((value) => [value, value.replace(/^\S+\s+/, '')]),
    ...url.searchParams.values(),
    ...(proxy ? [proxy.password, proxy.username] : []),
  ].filter((secret) => secret.length >= SHORTEST);
  secrets.sort((a, b) => b.length - a.length);
  return (text) => secrets.reduce((shown, secret) => shown.replaceAll(secret, '***'), text);
}
