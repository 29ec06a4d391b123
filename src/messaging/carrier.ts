import type { TextMapGetter, TextMapSetter } from '@opentelemetry/api';

/**
 * What carries the context of a message: a plain object, as headers of Kafka (a value may be a Buffer) and AMQP; or
 * anything with `get` and `set`, as a Map, `Headers`, and the headers of NATS.
 */
export type MessageCarrier = object;

interface GetSet {
  get(key: string): unknown;
  set(key: string, value: string): unknown;
  keys?(): Iterable<unknown>;
}

/** Keys that are looked at for one in another case. */
const MOST_KEYS = 100;

/** Throws what the carrier throws. */
export const CARRIER_GETTER: TextMapGetter<object> = {
  keys: (carrier) => (hasGetSet(carrier) ? [...(carrier.keys?.() ?? [])].map(String) : Object.keys(carrier)),
  get(carrier, key) {
    const value = textOf(valueOf(carrier, key));
    if (value !== undefined) return value;
    // Some clients write a key as `Traceparent`, as headers of HTTP may be.
    for (const other of CARRIER_GETTER.keys(carrier).slice(0, MOST_KEYS))
      if (other !== key && other.toLowerCase() === key) return textOf(valueOf(carrier, other));
    return undefined;
  },
};

/** Throws what the carrier throws. */
export const CARRIER_SETTER: TextMapSetter<object> = {
  set(carrier, key, value) {
    if (hasGetSet(carrier)) carrier.set(key, value);
    else (carrier as Record<string, unknown>)[key] = value;
  },
};

function valueOf(carrier: object, key: string): unknown {
  if (hasGetSet(carrier)) return carrier.get(key);
  return Object.hasOwn(carrier, key) ? (carrier as Record<string, unknown>)[key] : undefined;
}

function hasGetSet(carrier: object): carrier is GetSet {
  const { get, set } = carrier as Partial<GetSet>;
  return typeof get === 'function' && typeof set === 'function';
}

/** Headers come back from a broker as bytes, and as lists where a key may be there twice; NATS answers '' for none. */
function textOf(value: unknown): string | undefined {
  const first: unknown = Array.isArray(value) ? value[0] : value;
  if (first instanceof Uint8Array) return new TextDecoder().decode(first);
  return typeof first === 'string' && first !== '' ? first : undefined;
}
